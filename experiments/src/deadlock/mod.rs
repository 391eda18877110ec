//! Deadlocks that a run met: which packets wait for which, told in the terminal, in a table and in a picture; and the picture
//! of one that is shown beforehand.

mod cycle_picture;
mod explanation;
mod names;
mod picture;
mod prevention;
mod reach;
mod roll_call;
mod shown;
mod waiting;

pub use explanation::{by_packet, explanation};
pub use picture::{Deadlock, PICTURES, draw};
pub use reach::can_have_come;
pub use roll_call::identify;
pub use shown::draw_shown;
pub use waiting::{Blocker, Packet, Waiting, Wanted};
