//! What a run says on standard output: verdicts first, units always, one line a point.

mod header;
mod lines;
mod saturation;
mod waiting;

pub use header::{argument, header, of_fabrics, switch};
pub use lines::Lines;
pub use saturation::saturation;
pub use waiting::waiting;

use std::io::{self, ErrorKind, Write};

/// Unit of rates.
const RATE: &str = "flits/terminal/cycle";

/// Prints a text to standard output, at once. That nobody reads any longer is no error.
///
/// # Errors
/// Where it can't be written for another reason.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Prints a text to standard error. Where that can't be written nobody is there to be told.
pub fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// `1 point`, `5 points`.
pub fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
