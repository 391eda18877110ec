//! How the tiles of a fabric exchange what crosses their borders, each as far ahead in time as the others allow.
//!
//! A fabric is cut into tiles. Each is simulated by one thread at a time and holds what no other tile touches. Whatever
//! goes from one to another, a flit into a link or a credit back, is a [`Letter`] in the [`mailbox`] of that pair and
//! direction: one writer, one reader.
//!
//! # Protocol
//!
//! The *lookahead* L of a border is the least number of cycles, at least 1, from that in which a letter is sent to that
//! in which it takes effect. The *clock* of a tile is the first cycle that it has not simulated. A tile
//!
//! 1. reads the [`Clock`] of each neighbour. It may simulate cycle *c* if *c* < clock + L for all of them;
//! 2. drains its inboxes;
//! 3. simulates cycles as far as it may, and puts letters;
//! 4. publishes its mailboxes, and then its clock;
//! 5. rings the [`Doorbell`] of the threads that may be waiting for that clock.
//!
//! There is no barrier: a tile waits for its neighbours alone, and they may be up to L cycles behind it or ahead of it.
//!
//! # Why nothing comes too late
//!
//! A clock that reads *k* was published after all letters of the cycles before *k*, so that the drain that follows the
//! reading finds them. Letters that it misses were sent in cycle *k* or later, take effect in *k* + L or later, and until
//! it drains again the tile goes no further than *k* + L - 1.
//!
//! The drain may find more than those: letters of cycles after *k*, or as many of them as the neighbour has published by
//! then. So the reader files what it takes by the cycle in which it is due, never by when it was found. What is due in a
//! cycle is complete before the cycle is simulated, and letters of one cycle and kind concern different virtual channels,
//! so that their order does not matter: the outcome does not depend on which thread was the faster.
//!
//! # Why a mailbox does not overflow
//!
//! A tile that simulates cycle *c* has read a clock above *c* - L from the reader of its letters. That reader had by then
//! simulated *c* - L, hence had read a clock above *c* - 2L from the tile, and had drained all letters of cycles up to
//! *c* - 2L. Only those of 2L cycles can be in the mailbox, *c* included: its capacity is 2L times the letters of a cycle,
//! where a border has the same lookahead in both directions. The sum of the two takes the place of 2L where not.
//!
//! # What is proven
//!
//! `tests/loom` runs these very source files under [loom](https://docs.rs/loom), which tries the interleavings and what
//! each load may see: letters come once, in order and whole; none comes too late; mailboxes of the capacity above do not
//! overflow; no wake-up is lost.

mod clock;
mod doorbell;
mod mail;
mod mailbox;
mod outgoing;
mod signals;
mod spins;
mod sync;
#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use doorbell::Doorbell;
pub(crate) use mail::Mail;
pub use mailbox::{Inbox, Letter, Outbox, bytes as mailbox_bytes, mailbox};
pub(crate) use outgoing::{Address, Outgoing};
pub(crate) use signals::Signals;
