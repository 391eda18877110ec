//! The packets that a terminal creates.

use crate::Cycle;

/// The creation time of a packet that will never be.
pub const NEVER: Cycle = Cycle::MAX;

/// A packet at its creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Terminal that it goes to.
    pub dest: u32,
    /// Its length, in flits, at least 1.
    pub flits: u16,
    /// Its message class (virtual network), from 0.
    pub class: u8,
}

/// What a terminal has created up to some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Packets.
    pub packets: u64,
    /// Their flits.
    pub flits: u64,
}

/// The traffic of one terminal: an endless (or ending) stream of packets in order of creation.
///
/// It is the terminal's whole source queue: nothing is stored for a packet before it is injected, so a
/// saturated source takes no more memory than an idle one.
pub trait Source: Send {
    /// When the next packet is created; [`NEVER`] if there is none. Never decreases.
    fn next_creation(&self) -> Cycle;

    /// Takes that packet off the stream.
    fn create(&mut self) -> Packet;

    /// All that is created before `end`, what [`Source::create`] already took included. Does not
    /// move the stream, so that a backlogged source can be asked about the present; it may remember how far it looked.
    fn created_before(&mut self, end: Cycle) -> Census;
}
