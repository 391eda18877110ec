//! Deadlocks that a run met: which packets wait for which, told in the terminal, in a table and in a picture.

mod explanation;
mod names;
mod picture;
mod prevention;
mod roll_call;
mod waiting;

pub use explanation::explanation;
pub use picture::{Deadlock, PICTURES, draw};
pub use roll_call::identify;
pub use waiting::{Blocker, Packet, Waiting, Wanted};
