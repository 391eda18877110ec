//! One port of a switch.

use crate::allocator::{HasPointer, Pointer};
use crate::mask::Mask;

/// One port, both ways.
#[derive(Clone, Copy, Debug, Default)]
pub struct PortState<const W: usize> {
    /// Input virtual channels whose packets hold a virtual channel of its output.
    pub holders: Mask<W>,
    /// Flits that go, or have gone, on its output's link since the measured window was opened.
    pub flits: u64,
    /// Of switch allocation.
    pub pointer: Pointer,
    /// The unit at which its input begins to look for a bid.
    pub next_unit: u16,
}

impl<const W: usize> HasPointer for PortState<W> {
    #[inline(always)]
    fn pointer(&self) -> Pointer {
        self.pointer
    }

    #[inline(always)]
    fn pointer_mut(&mut self) -> &mut Pointer {
        &mut self.pointer
    }
}
