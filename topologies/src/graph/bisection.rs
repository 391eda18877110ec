//! The least links between two halves of a fabric, of small fabrics by trying all.

use super::distances::NotCounted;
use super::fabric_graph::FabricGraph;

/// Fabrics of more switches are not bisected: every half is tried.
pub const MOST_SWITCHES_BISECTED: u32 = 20;

impl FabricGraph {
    /// The least number of links that have to be cut so that two parts have half of the terminals each, give or take
    /// what one switch has: as near to halves as switches can be shared out. Exact, of at most
    /// [`MOST_SWITCHES_BISECTED`] switches.
    ///
    /// # Errors
    /// Where it can't be counted, or there are no two switches to part.
    pub fn bisection(&self) -> Result<u64, NotCounted> {
        let switches = self.switch_count();
        if self.terminals().len() < 2 || switches < 2 {
            return Err(NotCounted::TooFewTerminals);
        }
        if switches > MOST_SWITCHES_BISECTED {
            return Err(NotCounted::TooLarge);
        }
        if self.parts() > 1 {
            return Err(NotCounted::NotConnected);
        }
        Ok(Halves::new(self).least_cut())
    }
}

/// Two parts of a fabric, changed a switch at a time.
struct Halves {
    /// By switch: links to each other switch.
    links: Vec<Vec<i64>>,
    terminals: Vec<i64>,
    /// By switch: whether it is in the second part.
    second: Vec<bool>,
    /// Links between the parts.
    cut: i64,
    /// Terminals of the first part less those of the second.
    surplus: i64,
}

impl Halves {
    fn new(graph: &FabricGraph) -> Self {
        let switches = graph.switch_count() as usize;
        let mut links = vec![vec![0; switches]; switches];
        for link in graph.links() {
            let [a, b] = link.ends.map(|end| end.switch as usize);
            links[a][b] += 1;
            links[b][a] += 1;
        }
        let terminals: Vec<i64> = graph.terminals_by_switch().into_iter().map(i64::from).collect();
        Self {
            links,
            surplus: terminals.iter().sum(),
            terminals,
            second: vec![false; switches],
            cut: 0,
        }
    }

    /// Goes through all parts in the order of a Gray code; the last switch stays where it is, since both parts are alike.
    fn least_cut(mut self) -> u64 {
        let mut best = (i64::MAX, i64::MAX);
        for step in 1_u64..1 << (self.second.len() - 1) {
            self.change(step.trailing_zeros() as usize);
            best = best.min((self.surplus.abs(), self.cut));
        }
        best.1.unsigned_abs()
    }

    /// Moves a switch to the other part.
    fn change(&mut self, switch: usize) {
        let was = self.second[switch];
        self.second[switch] = !was;
        for (&links, &other) in self.links[switch].iter().zip(&self.second) {
            self.cut += if other == was { links } else { -links };
        }
        let sign = if was { 1 } else { -1 };
        self.surplus += sign * 2 * self.terminals[switch];
    }
}
