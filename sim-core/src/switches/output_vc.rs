//! One virtual channel of an output port.

use super::NONE;
use crate::allocator::{HasPointer, Pointer};

/// One virtual channel of one output port.
#[derive(Clone, Copy, Debug)]
pub struct OutputVc {
    /// Free places in the buffer at the far end.
    pub credits: u16,
    /// The input virtual channel whose packet holds it, or [`NONE`].
    pub holder: u16,
    /// Of virtual-channel allocation: that of the input virtual channel of the same number, too.
    pub pointer: Pointer,
}

impl OutputVc {
    /// Of a port without a link.
    pub fn unconnected() -> Self {
        Self {
            credits: 0,
            holder: NONE,
            pointer: Pointer::default(),
        }
    }
}

impl HasPointer for OutputVc {
    #[inline(always)]
    fn pointer(&self) -> Pointer {
        self.pointer
    }

    #[inline(always)]
    fn pointer_mut(&mut self) -> &mut Pointer {
        &mut self.pointer
    }
}
