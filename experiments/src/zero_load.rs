//! Zero-load latency by distance.

use fabricsim_core::{Cycle, NetworkError, Path, PathLink, SwitchConfig, zero_load_latency};

use crate::experiment::LinkSpec;

/// The fabric of a lone packet: its switches, links and terminals, all alike.
#[derive(Clone, Copy, Debug)]
pub struct LikeLinks<'a> {
    /// The switches.
    pub switch: &'a SwitchConfig,
    /// The links between them.
    pub link: LinkSpec,
    /// Time of flight between terminals and switches \[cycles\].
    pub terminal_latency: u32,
}

impl LikeLinks<'_> {
    /// The way over so many links.
    fn path(&self, links: usize) -> Path {
        let link = PathLink {
            latency: self.link.latency,
            flit_time: self.link.flit_time,
            buffers: self.switch.port_buffers(),
        };
        Path {
            terminal_latency: self.terminal_latency,
            ..Path::of_like_links(links, link)
        }
    }
}

/// Distances that are asked of the engine, from 0.
const ASKED: usize = 24;

/// Steps from one distance to the next at the end of those that must be alike for the others to follow them.
const ALIKE: usize = 12;

/// The latency of a packet alone in a fabric whose links are all the same, by the links that it crosses.
///
/// The engine is asked for the short distances. After the first switches, where a packet is spread out by slow links
/// or short buffers, every further one adds the same; where that is not seen, the engine is asked for each.
#[derive(Clone, Debug)]
pub struct ZeroLoad {
    /// By distance.
    latencies: Vec<Cycle>,
    /// What each further link adds \[cycles\].
    step: Cycle,
}

impl ZeroLoad {
    /// For packets of `flits` flits that cross at most `farthest` links.
    ///
    /// # Errors
    /// Where the engine can't have such links.
    pub fn new(fabric: LikeLinks, flits: u16, farthest: u32) -> Result<Self, NetworkError> {
        let ask = |distance| zero_load_latency(fabric.switch, &fabric.path(distance), flits);
        let farthest = farthest as usize;
        let asked = ASKED.min(farthest + 1);
        let mut latencies = (0..asked).map(ask).collect::<Result<Vec<_>, _>>()?;
        let mut steps = latencies
            .windows(2)
            .rev()
            .map(|pair| pair[1] - pair[0])
            .take(ALIKE);
        let step = steps.next().unwrap_or(0);
        if !steps.all(|other| other == step) {
            for distance in asked..=farthest {
                latencies.push(ask(distance)?);
            }
        }
        Ok(Self { latencies, step })
    }

    /// The latency over so many links \[cycles\].
    pub fn over(&self, links: u32) -> Cycle {
        let last = self.latencies.len() - 1;
        match self.latencies.get(links as usize) {
            Some(&latency) => latency,
            None => self.latencies[last] + self.step * (u64::from(links) - last as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use fabricsim_core::FlitTime;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Where distances are skipped, the engine would have said the same.
        #[test]
        fn far_is_what_the_engine_says(
            virtual_channels in 1_u8..4,
            buffer_flits in 1_u16..10,
            routing_delay in 0_u8..3,
            credit_delay in 0_u8..3,
            latency in 1_u32..9,
            (denominator, more) in (1_u32..8, 0_u32..16),
            flits in 1_u16..40,
            farthest in 0_u32..90,
            terminal_latency in 0_u32..4,
        ) {
            let switch = SwitchConfig { virtual_channels, buffer_flits, routing_delay, credit_delay, ..SwitchConfig::default() };
            let flit_time = FlitTime { numerator: denominator + more, denominator };
            let link = LinkSpec { latency, flit_time };
            let fabric = LikeLinks { switch: &switch, link, terminal_latency };
            let zero_load = ZeroLoad::new(fabric, flits, farthest).unwrap();
            let engine = zero_load_latency(&switch, &fabric.path(farthest as usize), flits);
            prop_assert_eq!(zero_load.over(farthest), engine.unwrap());
        }
    }
}
