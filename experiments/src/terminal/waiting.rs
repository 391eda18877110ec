//! What the tool is busy with before it simulates, on a line of standard error where that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str = "  {spinner} {msg}   {elapsed}";

/// How often it shows that it is alive.
const PERIOD: Duration = Duration::from_millis(200);

/// Does some work, which tells each of its steps before it begins; what it is at and for how long stands on the line
/// meanwhile.
pub fn waiting<T>(work: impl FnOnce(&dyn Fn(String)) -> T) -> T {
    // The template is fixed and tested; the default style would do as well.
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_spinner());
    let line = ProgressBar::new_spinner().with_style(style);
    if !line.is_hidden() {
        line.enable_steady_tick(PERIOD);
    }
    let done = work(&|step| {
        line.reset_elapsed();
        line.set_message(step);
    });
    line.finish_and_clear();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_has_a_template() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
    }
}
