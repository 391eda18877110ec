//! The `fabricsim` program; see the library for what it does.

use std::process::ExitCode;

use clap::Parser;
use fabricsim::cli::Cli;
use fabricsim::commands::{Ending, Failure, execute};
use fabricsim::exit;
use fabricsim::terminal::complain;

fn main() -> ExitCode {
    // A wrong command line ends here, with exit code 2.
    let cli = Cli::parse();
    let code = match execute(&cli) {
        Ok(Ending::Done) => exit::DONE,
        Ok(Ending::SomeFailed) => exit::RUN_FAILED,
        Ok(Ending::Interrupted) => exit::INTERRUPTED,
        Ok(Ending::Exit(code)) => code,
        Err(failure) => {
            complain(&format!("{failure}\n"));
            match failure {
                Failure::Refused(_) | Failure::Wrong(_) => exit::WRONG_INPUT,
                Failure::Failed(_) => exit::RUN_FAILED,
            }
        }
    };
    ExitCode::from(code)
}
