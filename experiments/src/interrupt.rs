//! Ctrl-C, or what a batch system sends before it kills, as a request to stop: finished points are kept, running ones are
//! broken off at their next epoch.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Whether the process was asked to stop.
static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Takes over SIGINT and SIGTERM for the rest of the process. The second of them ends it at once, should the clean way take
/// too long. (SIGHUP is left alone: `nohup` has it ignored.)
///
/// # Errors
/// Where the system has no such signal to give.
pub fn listen() -> io::Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first finds that nobody has asked yet.
        flag::register_conditional_shutdown(signal, crate::exit::INTERRUPTED.into(), ASKED.clone())?;
        flag::register(signal, ASKED.clone())?;
    }
    Ok(())
}

/// Whether that was asked since [`listen`].
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
