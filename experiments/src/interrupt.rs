//! Ctrl-C as a request to stop: finished points are kept, running ones are broken off at their next epoch.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the user has asked to stop.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Takes over Ctrl-C (SIGINT) for the rest of the process. The second one ends it at once, should the clean way
/// take too long.
///
/// # Errors
/// Where the system has no such signal to give.
pub fn listen() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(crate::exit::INTERRUPTED.into());
        }
    })
}

/// Whether Ctrl-C was pressed since [`listen`].
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
