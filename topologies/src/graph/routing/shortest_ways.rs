//! Every shortest way of a fabric, and how many classes of virtual channels they need.

use super::adjacency::Adjacency;

const UNREACHED: u32 = u32::MAX;

/// Searches for all shortest ways to one switch after the other.
pub(super) struct ShortestWays<'a> {
    adjacency: &'a Adjacency,
    distances: Vec<u32>,
    /// Switches in the order in which they are reached, the nearest first.
    reached: Vec<u32>,
}

impl<'a> ShortestWays<'a> {
    pub fn new(adjacency: &'a Adjacency) -> Self {
        Self {
            adjacency,
            distances: vec![UNREACHED; adjacency.switches()],
            reached: Vec::with_capacity(adjacency.switches()),
        }
    }

    /// Gives each switch the set of its ports that begin a shortest way to `home`; none to those without a way.
    pub fn to(&mut self, home: u32, ports: &mut [u64]) {
        ports.fill(0);
        self.distances.fill(UNREACHED);
        self.distances[home as usize] = 0;
        self.reached.clear();
        self.reached.push(home);
        let mut next = 0;
        while let Some(&here) = self.reached.get(next) {
            next += 1;
            let farther = self.distances[here as usize] + 1;
            for hop in self.adjacency.of(here) {
                let distance = &mut self.distances[hop.to as usize];
                if *distance == UNREACHED {
                    *distance = farther;
                    self.reached.push(hop.to);
                }
                if *distance == farther {
                    ports[hop.to as usize] |= 1 << hop.to_port;
                }
            }
        }
    }

    /// The switches that have a way, the nearest first.
    pub fn reached(&self) -> &[u32] {
        &self.reached
    }
}

/// Which link is asked for from which, and after how many others at most.
///
/// In classes by links crossed, of which the last holds all the rest, a packet asks within its class in the last one
/// only. So `classes` are enough where the dependencies of packets that have crossed `classes - 1` links or more before
/// have no cycle.
pub(super) struct Dependencies<'a> {
    adjacency: &'a Adjacency,
    /// By switch: packets begin there.
    is_source: Vec<bool>,
    /// By link: where the links of the switch that it leads to begin in `crossed`.
    first: Vec<usize>,
    /// By link, then by the next link of a shortest way: links crossed before the first of the two at most, and 1; 0
    /// where no packet takes them one after the other.
    crossed: Vec<u8>,
    /// By switch, for the present destination: links crossed before it at most, and 1; 0 where no packet comes by.
    before: Vec<u8>,
}

impl<'a> Dependencies<'a> {
    pub fn new(adjacency: &'a Adjacency, sources: &[u32]) -> Self {
        let mut is_source = vec![false; adjacency.switches()];
        for &source in sources {
            is_source[source as usize] = true;
        }
        let mut pairs = 0;
        let first = (0..adjacency.links()).map(|link| {
            pairs += adjacency.range(adjacency.hop(link).to).len();
            pairs - adjacency.range(adjacency.hop(link).to).len()
        });
        let first = first.collect();
        Self {
            adjacency,
            is_source,
            first,
            crossed: vec![0; pairs],
            before: vec![0; adjacency.switches()],
        }
    }

    /// Notes the packets to one destination, by all shortest ways.
    pub fn note(&mut self, ways: &ShortestWays, ports: &[u64]) {
        self.before.fill(0);
        // The farthest first: when a switch is looked at, all that is crossed before it is known.
        for &switch in ways.reached().iter().rev() {
            let here = &mut self.before[switch as usize];
            *here = (*here).max(self.is_source[switch as usize].into());
            let here = *here;
            if here == 0 {
                continue;
            }
            for link in self.adjacency.range(switch) {
                let hop = self.adjacency.hop(link);
                if ports[switch as usize] >> hop.port & 1 == 0 {
                    continue;
                }
                let there = &mut self.before[hop.to as usize];
                *there = (*there).max(here.saturating_add(1));
                let next = self.adjacency.of(hop.to);
                for (crossed, next) in self.crossed[self.first[link]..].iter_mut().zip(next) {
                    if ports[hop.to as usize] >> next.port & 1 == 1 {
                        *crossed = (*crossed).max(here);
                    }
                }
            }
        }
    }

    /// Notes packets that take one link after the other.
    pub fn note_way(&mut self, links: &[usize]) {
        for (before, pair) in links.windows(2).enumerate() {
            let (link, next) = (pair[0], pair[1]);
            let entry = self.first[link] + next - self.adjacency.range(self.adjacency.hop(link).to).start;
            let before = u8::try_from(before + 1).unwrap_or(u8::MAX);
            self.crossed[entry] = self.crossed[entry].max(before);
        }
    }

    /// The fewest classes without a cycle; 255 stands for all above too.
    pub fn fewest_classes(&self) -> u8 {
        let (mut least, mut enough) = (1, u8::MAX);
        while least < enough {
            let middle = least + (enough - least) / 2;
            match self.is_acyclic(middle) {
                true => enough = middle,
                false => least = middle + 1,
            }
        }
        enough
    }

    /// Whether the dependencies within the last of so many classes, at least one, have no cycle: links that none is left to wait for are
    /// taken away, until none is left.
    pub fn is_acyclic(&self, classes: u8) -> bool {
        let links = self.adjacency.links();
        let mut waited_for_by = vec![0_u32; links];
        for link in 0..links {
            self.for_each_next(link, classes, |next| waited_for_by[next] += 1);
        }
        let mut free: Vec<usize> = (0..links).filter(|&link| waited_for_by[link] == 0).collect();
        let mut taken = 0;
        while let Some(link) = free.pop() {
            taken += 1;
            self.for_each_next(link, classes, |next| {
                waited_for_by[next] -= 1;
                if waited_for_by[next] == 0 {
                    free.push(next);
                }
            });
        }
        taken == links
    }

    /// Calls back for every link that packets in the last of so many classes ask for from `link`.
    fn for_each_next(&self, link: usize, classes: u8, mut each: impl FnMut(usize)) {
        let next = self.adjacency.range(self.adjacency.hop(link).to);
        for (next, &crossed) in next.zip(&self.crossed[self.first[link]..]) {
            if crossed >= classes {
                each(next);
            }
        }
    }
}
