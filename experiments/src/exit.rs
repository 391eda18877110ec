//! Exit codes of the process.

/// Done; points that saturated or ran out of cycles included.
pub const DONE: u8 = 0;
/// A run failed: a point deadlocked, stalled or could not be simulated, or results could not be written.
pub const RUN_FAILED: u8 = 1;
/// The experiment or the command line is wrong; nothing was simulated.
pub const WRONG_INPUT: u8 = 2;
/// Stopped by Ctrl-C: 128 + SIGINT, as shells have it; the same of SIGTERM.
pub const INTERRUPTED: u8 = 130;
