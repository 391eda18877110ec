//! A crossbar that takes several cycles and only one batch of flits at a time, as BookSim2's does.

use crate::{Cycle, SwitchConfig};

/// The batch that is in a crossbar, or the next one. Passes are counted from cycle 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossbarBatch {
    /// Pass in which it enters.
    start: u64,
    /// First pass in which another can.
    next: u64,
}

impl CrossbarBatch {
    /// A flit won the switch and may enter from `pass` on; the cycle in which it is at its output link.
    pub fn enter(&mut self, pass: u64, config: &SwitchConfig) -> Cycle {
        let passes = u64::from(config.internal_speedup);
        let traversal = Cycle::from(config.traversal_delay());
        if pass > self.start {
            // The last batch has entered without it.
            self.start = pass.max(self.next);
            let end = self.start / passes + traversal - 1;
            self.next = end * passes + 1;
        }
        self.start / passes + traversal - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flits_gather_while_a_batch_is_inside() {
        let config = SwitchConfig {
            st_final_delay: 3,
            ..SwitchConfig::default()
        };
        let mut crossbar = CrossbarBatch::default();
        // Enters in cycle 10 and leaves at the end of cycle 12; those of 11 to 13 enter together in 13.
        let at_link: Vec<_> = [10, 10, 11, 12, 13, 14, 30]
            .map(|pass| crossbar.enter(pass, &config))
            .into();
        assert_eq!(at_link, [12, 12, 15, 15, 15, 18, 32]);
    }
}
