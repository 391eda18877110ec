//! Every place that packets of a routing can be at, and what they are told there.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use fabricsim_core::{Candidate, Candidates, Network, Outcomes, Place, PortRef, Routing};
use rayon::prelude::*;

/// Where a packet stands: all that its routing is told but the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Standing {
    /// The input port that it came in by.
    pub at: PortRef,
    /// The virtual channel of it.
    pub vc: u8,
    /// The tag that it came with.
    pub tag: u32,
}

impl Standing {
    /// As a routing is told.
    pub fn place(self) -> Place {
        Place {
            switch: self.at.switch,
            in_port: self.at.port,
            in_vc: self.vc,
        }
    }
}

/// What a routing answers to a packet that stands somewhere, for one outcome of its draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    pub standing: Standing,
    /// A number of the standing, from 0, that no other has on the way to the same destination.
    pub number: usize,
    /// That of a standing at which the answers are the same.
    pub same_as: usize,
    /// The number of a packet that comes in at the first port of the fabric in virtual channel 0 with the tag that this one
    /// goes on with; at others that and slot x virtual channels + virtual channel.
    pub next: usize,
    /// A number of the answer, from 0: that of each new one on the way to the same destination is one higher.
    pub answer: usize,
    /// A terminal from which the packet may have come.
    pub source: u32,
    pub dest: u32,
    /// The tag that the packet goes on with.
    pub tag: u32,
    pub ways: &'a [Candidate],
}

/// By input port: the virtual channels in which a packet with some tag may come in.
type Reached = Vec<u64>;

/// Follows packets, one destination after the other, by asking the routing that runs.
pub(crate) struct Walk<'a, R> {
    network: &'a Network,
    routing: &'a R,
    feeds: Feeds,
    /// By port.
    vcs: &'a [u8],
    /// The most of any port.
    most_vcs: usize,
    budget: Option<&'a Budget>,
    /// Questions that the budget has not been told yet.
    asked: u64,
    /// By number of tag.
    reached: Vec<Reached>,
    /// The entries of these that are not 0: by number of tag and slot.
    touched: Vec<(usize, usize)>,
    /// Of the packets for the present destination.
    tags: TagNumbers,
    /// Input ports with virtual channels whose packets have not been followed yet.
    pending: Vec<(PortRef, u32, u64)>,
    ways: Candidates,
    told: Told,
}

/// What was answered on the way to one destination.
#[derive(Default)]
struct Told {
    /// By number of standing: its answers, among all; empty where it was not asked.
    of: Vec<Range<u32>>,
    /// The numbers that have any.
    asked: Vec<usize>,
    /// The tag that a packet goes on with, and where its ways end among all: those of one answer after the other.
    answers: Vec<(u32, u32)>,
    ways: Vec<Candidate>,
}

impl Told {
    fn forget(&mut self) {
        for number in self.asked.drain(..) {
            self.of[number] = 0..0;
        }
        self.answers.clear();
        self.ways.clear();
    }

    /// The answers at a standing; `None` if it was not asked.
    fn at(&self, number: usize) -> Option<Range<u32>> {
        self.of.get(number).filter(|range| !range.is_empty()).cloned()
    }

    fn add(&mut self, tag: u32, ways: &[Candidate]) {
        self.ways.extend_from_slice(ways);
        self.answers.push((tag, self.ways.len() as u32));
    }

    /// Notes that the answers from `first` on are those at a standing.
    fn finish(&mut self, number: usize, first: u32) -> Range<u32> {
        let range = first..self.answers.len() as u32;
        if self.of.len() <= number {
            self.of.resize(number + 1, 0..0);
        }
        self.of[number] = range.clone();
        self.asked.push(number);
        range
    }

    /// An answer by its number: the tag, and the ways on.
    fn answer(&self, answer: u32) -> (u32, &[Candidate]) {
        let answer = answer as usize;
        let first = answer.checked_sub(1).map_or(0, |before| self.answers[before].1);
        let (tag, end) = self.answers[answer];
        (tag, &self.ways[first as usize..end as usize])
    }
}

impl<'a, R: Routing> Walk<'a, R> {
    /// Of packets that may be injected into any of the virtual channels, given by port.
    pub fn new(network: &'a Network, routing: &'a R, vcs: &'a [u8]) -> Self {
        Self {
            network,
            routing,
            feeds: Feeds::new(network),
            vcs,
            most_vcs: vcs.iter().copied().max().unwrap_or(1).into(),
            budget: None,
            asked: 0,
            reached: vec![vec![0; inputs(network)]],
            touched: Vec::new(),
            tags: TagNumbers::default(),
            pending: Vec::new(),
            ways: Candidates::new(),
            told: Told::default(),
        }
    }

    /// The same, broken off where it asks more than `budget` allows.
    pub fn within(self, budget: &'a Budget) -> Self {
        Self {
            budget: Some(budget),
            ..self
        }
    }

    /// Follows the packets from every terminal to `dest` by all that they may be told, each place once, and shows every
    /// answer to `see`; those to one place come one after the other.
    pub fn packets_to(&mut self, dest: u32, see: impl FnMut(&Answer)) {
        self.packets(0..self.network.terminals().len() as u32, dest, see);
    }

    /// As [`Walk::packets_to`], from some terminals only.
    pub fn packets(
        &mut self,
        sources: impl IntoIterator<Item = u32>,
        dest: u32,
        mut see: impl FnMut(&Answer),
    ) {
        self.forget();
        for source in sources {
            let at = self.network.terminals()[source as usize];
            self.reach(at, 0, range(0, self.vcs[usize::from(at.port)]));
            while let Some((at, tag, channels)) = self.pending.pop() {
                for vc in members(channels) {
                    self.show(Standing { at, vc, tag }, (source, dest), &mut see);
                }
                if self.asked >= QUESTIONS_UNTOLD && self.is_over_budget() {
                    return;
                }
            }
        }
        self.is_over_budget();
    }

    fn forget(&mut self) {
        self.pending.clear();
        self.told.forget();
        self.tags.forget();
        for (tag, slot) in self.touched.drain(..) {
            self.reached[tag][slot] = 0;
        }
    }

    fn is_over_budget(&mut self) -> bool {
        let asked = std::mem::take(&mut self.asked);
        self.budget.is_some_and(|budget| budget.spend(asked))
    }

    /// Shows the answers at a standing, which are asked for unless they are known.
    fn show(&mut self, standing: Standing, (source, dest): (u32, u32), see: &mut impl FnMut(&Answer)) {
        let at = standing.place();
        let same = self.routing.same_place(at);
        debug_assert_eq!(same.switch, at.switch);
        let (number, same_as) = (self.number(at, standing.tag), self.number(same, standing.tag));
        let answers = match self.told.at(same_as) {
            Some(answers) => answers,
            None => self.ask(at, standing.tag, dest, same_as),
        };
        for answer in answers {
            let (tag, _) = self.told.answer(answer);
            let next = self.first_number(tag);
            let (_, ways) = self.told.answer(answer);
            see(&Answer {
                standing,
                number,
                same_as,
                next,
                answer: answer as usize,
                source,
                dest,
                tag,
                ways,
            });
        }
    }

    /// Asks, and notes where packets go on from there.
    fn ask(&mut self, at: Place, tag: u32, dest: u32, number: usize) -> Range<u32> {
        let first = self.told.answers.len() as u32;
        let mut outcomes = Outcomes::default();
        let mut ways = std::mem::take(&mut self.ways);
        while let Some((tag, _)) = outcomes.next(|draw| {
            ways.clear();
            let mut tag = tag;
            self.routing.route(at, dest, &mut tag, draw, &mut ways);
            tag
        }) {
            self.asked += 1;
            for way in ways.iter() {
                // A way without a link is to a terminal, which waits for nobody.
                if let Some(to) = self.feeds.of(self.feeds.slot(at.switch, way.port)) {
                    self.reach(to, tag, range(way.first_vc, way.vcs));
                }
            }
            self.told.add(tag, &ways);
        }
        self.ways = ways;
        self.told.finish(number, first)
    }

    fn number(&mut self, at: Place, tag: u32) -> usize {
        let slot = self.feeds.slot(at.switch, at.in_port);
        self.first_number(tag) + slot * self.most_vcs + usize::from(at.in_vc)
    }

    /// Notes that a packet can come in at `at` by `channels`.
    fn reach(&mut self, at: PortRef, tag: u32, channels: u64) {
        let slot = self.feeds.slot(at.switch, at.port);
        let number = self.tag_number(tag);
        let reached = &mut self.reached[number][slot];
        let new = channels & !*reached;
        if new != 0 {
            if *reached == 0 {
                self.touched.push((number, slot));
            }
            *reached |= new;
            self.pending.push((at, tag, new));
        }
    }

    /// The first number of standings with this tag.
    fn first_number(&mut self, tag: u32) -> usize {
        self.tag_number(tag) * inputs(self.network) * self.most_vcs
    }

    fn tag_number(&mut self, tag: u32) -> usize {
        let number = self.tags.of(tag);
        if number == self.reached.len() {
            self.add_table();
        }
        number
    }

    fn add_table(&mut self) {
        let inputs = inputs(self.network);
        self.reached.push(vec![0; inputs]);
        if let Some(budget) = self.budget.filter(|_| self.reached.len() * inputs > MOST_PLACES) {
            budget.exhaust();
            self.asked = QUESTIONS_UNTOLD;
        }
    }
}

/// Numbers tags from 0, in the order in which they come.
#[derive(Default)]
pub(crate) struct TagNumbers {
    numbers: HashMap<u32, usize>,
    /// The tag that came last, and its number.
    last: Option<(u32, usize)>,
}

impl TagNumbers {
    pub fn of(&mut self, tag: u32) -> usize {
        if let Some((last, number)) = self.last
            && last == tag
        {
            return number;
        }
        let next = self.numbers.len();
        let number = *self.numbers.entry(tag).or_insert(next);
        self.last = Some((tag, number));
        number
    }

    /// Begins anew.
    pub fn forget(&mut self) {
        self.numbers.clear();
        self.last = None;
    }
}

/// Where links lead: what of a network a walk looks up again and again, in little space.
struct Feeds {
    ports: usize,
    /// By slot of an output port: the input port at the other end; [`NO_PORT`] where there is none.
    to: Vec<PortRef>,
}

/// Stands for no port.
const NO_PORT: PortRef = PortRef {
    switch: u32::MAX,
    port: u8::MAX,
};

impl Feeds {
    fn new(network: &Network) -> Self {
        let mut to = vec![NO_PORT; inputs(network)];
        for link in network.links() {
            to[slot(network, link.from)] = link.to;
        }
        Self {
            ports: network.ports().into(),
            to,
        }
    }

    fn slot(&self, switch: u32, port: u8) -> usize {
        switch as usize * self.ports + usize::from(port)
    }

    fn of(&self, slot: usize) -> Option<PortRef> {
        Some(self.to[slot]).filter(|&to| to != NO_PORT)
    }
}

/// How much several walks may ask together. Whether it is enough does not depend on how they share it.
pub(crate) struct Budget {
    asked: AtomicU64,
    most: u64,
}

/// A budget is told of questions when there are so many: soon, and seldom.
const QUESTIONS_UNTOLD: u64 = 1 << 14;

/// The most input ports times tags on the way to one destination that fit any budget: 128 MB for each thread.
const MOST_PLACES: usize = 1 << 24;

impl Budget {
    pub fn new(most: u64) -> Self {
        Self {
            asked: AtomicU64::new(0),
            most,
        }
    }

    /// More was asked than it allows, so that not everything was seen.
    pub fn is_exceeded(&self) -> bool {
        self.asked.load(Ordering::Relaxed) > self.most
    }

    /// Whether it is exceeded with these questions.
    fn spend(&self, questions: u64) -> bool {
        self.asked.fetch_add(questions, Ordering::Relaxed) + questions > self.most
    }

    fn exhaust(&self) {
        self.asked.fetch_max(self.most + 1, Ordering::Relaxed);
    }
}

/// The terminals that stand for all as sources and destinations: one of each switch that has any, where the routing says
/// that they are alike, else all.
pub(crate) fn representatives(network: &Network, routing: &impl Routing) -> Vec<u32> {
    let mut seen = vec![false; network.switches() as usize];
    let alike = routing.terminals_are_alike();
    let terminals = (0..).zip(network.terminals());
    let first = terminals.filter(|(_, at)| !std::mem::replace(&mut seen[at.switch as usize], true) || !alike);
    first.map(|(terminal, _)| terminal).collect()
}

/// Shares `destinations` out among the threads of the present pool, one of `each` to a thread. What these gather must not
/// depend on which of them got which destination.
pub(crate) fn share_out<T: Send>(each: &mut [T], destinations: &[u32], follow: impl Fn(&mut T, u32) + Sync) {
    let threads = each.len();
    each.par_iter_mut().enumerate().for_each(|(thread, state)| {
        for &dest in destinations.iter().skip(thread).step_by(threads) {
            follow(state, dest);
        }
    });
}

/// Input ports of a network, used or not.
pub(crate) fn inputs(network: &Network) -> usize {
    network.switches() as usize * usize::from(network.ports())
}

/// The number of a port among those of all switches.
pub(crate) fn slot(network: &Network, at: PortRef) -> usize {
    at.switch as usize * usize::from(network.ports()) + usize::from(at.port)
}

/// The virtual channels `first..first + vcs` as a set.
pub(crate) fn range(first: u8, vcs: u8) -> u64 {
    let low = u64::MAX.checked_shr(u64::BITS - u32::from(vcs)).unwrap_or(0);
    low << first
}

pub(crate) fn members(mut channels: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let first = (channels != 0).then(|| channels.trailing_zeros() as u8)?;
        channels &= channels - 1;
        Some(first)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_virtual_channels() {
        assert_eq!(range(0, 0), 0);
        assert_eq!(range(0, 64), u64::MAX);
        assert_eq!(range(62, 2), 0b11 << 62);
        assert!(members(range(3, 2)).eq([3, 4]));
    }
}
