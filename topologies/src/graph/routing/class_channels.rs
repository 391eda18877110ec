//! Virtual channels in classes that a packet goes through in order.

use crate::channels::VcRange;

/// The virtual channels of a port shared out among classes, each a successive part; the first classes have one more
/// where they can't be equal.
#[derive(Clone, Debug)]
pub(super) struct ClassChannels {
    parts: Vec<VcRange>,
    /// By virtual channel: its class.
    of_vc: [u8; 64],
}

impl ClassChannels {
    /// At least one class, and as many virtual channels or more.
    pub fn new(classes: u8, virtual_channels: u8) -> Self {
        debug_assert!((1..=virtual_channels).contains(&classes));
        let (least, larger) = (virtual_channels / classes, virtual_channels % classes);
        Self::of_sizes((0..classes).map(|class| least + u8::from(class < larger)))
    }

    /// Classes of so many virtual channels, together at most 64.
    pub fn of_sizes(sizes: impl Iterator<Item = u8>) -> Self {
        let mut of_vc = [0; 64];
        let mut first = 0;
        let parts = (0..).zip(sizes).map(|(class, vcs)| {
            of_vc[usize::from(first)..usize::from(first + vcs)].fill(class);
            first += vcs;
            VcRange {
                first: first - vcs,
                vcs,
            }
        });
        Self {
            parts: parts.collect(),
            of_vc,
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> u8 {
        self.parts.len() as u8
    }

    /// The virtual channels of a class; of a higher one than there are those of the last.
    #[inline(always)]
    pub fn of(&self, class: u8) -> VcRange {
        self.parts[usize::from(class).min(self.parts.len() - 1)]
    }

    /// The class of a virtual channel.
    #[inline(always)]
    pub fn class(&self, vc: u8) -> u8 {
        self.of_vc[usize::from(vc & 63)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_classes_are_the_larger() {
        let channels = ClassChannels::new(3, 8);
        let parts: Vec<(u8, u8)> = (0..3)
            .map(|class| channels.of(class))
            .map(|part| (part.first, part.vcs))
            .collect();
        assert_eq!(parts, [(0, 3), (3, 3), (6, 2)]);
        assert_eq!(channels.of(7), channels.of(2));
        let classes: Vec<u8> = (0..8).map(|vc| channels.class(vc)).collect();
        assert_eq!(classes, [0, 0, 0, 1, 1, 1, 2, 2]);
    }
}
