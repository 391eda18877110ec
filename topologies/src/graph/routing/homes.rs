//! The switches that packets go to.

use crate::graph::WiredGraph;

/// Where a terminal sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub switch: u32,
    /// Of the switch, among those with terminals.
    pub number: u32,
    pub port: u8,
}

/// The switches with terminals, numbered: tables have a column for each of them only.
#[derive(Clone, Debug)]
pub(super) struct Homes {
    of_terminal: Vec<Home>,
    switches: Vec<u32>,
}

impl Homes {
    pub fn new(wired: &WiredGraph) -> Self {
        let terminals = wired.network().terminals();
        let mut switches: Vec<u32> = terminals.iter().map(|at| at.switch).collect();
        switches.sort_unstable();
        switches.dedup();
        let home = |at: &fabricsim_core::PortRef| Home {
            switch: at.switch,
            number: switches.partition_point(|&switch| switch < at.switch) as u32,
            port: at.port,
        };
        Self {
            of_terminal: terminals.iter().map(home).collect(),
            switches,
        }
    }

    #[inline(always)]
    pub fn of(&self, terminal: u32) -> Home {
        self.of_terminal[terminal as usize]
    }

    /// In order of their numbers.
    pub fn switches(&self) -> &[u32] {
        &self.switches
    }

    pub fn bytes(&self) -> u64 {
        (size_of::<Home>() * self.of_terminal.len() + 4 * self.switches.len()) as u64
    }
}
