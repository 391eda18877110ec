//! Expected loads of ROMM: by way of every switch of the quadrant between source and destination.

use super::dimension_order::entries;
use super::{ChannelLoads, Demand, NotComputed, Oblivious, check_permutation, period};
use crate::compass::Compass;
use crate::{Grid, HalfWay, Romm};

/// Links of quadrants that are added up, at most: a second or two.
const MOST_LINKS: f64 = 3e8;

impl Oblivious for Romm {
    fn grid(&self) -> &Grid {
        self.grid()
    }

    fn half_way(&self) -> HalfWay {
        self.0.compass().half_way()
    }

    /// Pair by pair; of uniform demand only from the sources that symmetry leaves.
    fn loads(&self, demand: &Demand) -> Result<ChannelLoads, NotComputed> {
        match demand {
            Demand::Uniform { include_self } => uniform_loads(self.0.compass(), *include_self),
            Demand::Permutation(destinations) => permutation_loads(self.0.compass(), destinations),
            &Demand::Block { block, offset } => {
                let mut mean = ChannelLoads::none(self.grid());
                let terminals = self.grid().terminals();
                for destinations in Demand::permutations_of_blocks(terminals, block, offset) {
                    let loads = permutation_loads(self.0.compass(), &destinations)?;
                    mean.add(&loads, 1.0 / f64::from(block));
                }
                Ok(mean)
            }
        }
    }
}

fn permutation_loads(compass: &Compass, destinations: &[u32]) -> Result<ChannelLoads, NotComputed> {
    let grid = compass.grid();
    check_permutation(grid, destinations);
    let pairs = || {
        (0..)
            .zip(destinations)
            .map(|(terminal, &dest)| (compass.home(terminal), compass.home(dest)))
    };
    let links: f64 = pairs()
        .map(|(source, home)| links_between(compass, source, home))
        .sum();
    check_work(links)?;
    let mut result = ChannelLoads::none(grid);
    for (source, home) in pairs() {
        add_quadrants(compass, source, home, 1.0, &mut result);
    }
    Ok(result)
}

/// The loads from one source are those from another, moved, if the routing can't tell the two apart: on a ring all
/// positions are alike, or all of a parity.
fn uniform_loads(compass: &Compass, include_self: bool) -> Result<ChannelLoads, NotComputed> {
    let grid = compass.grid();
    let choices = grid.terminals() - u32::from(!include_self);
    let mut result = ChannelLoads::none(grid);
    if choices == 0 {
        return Ok(result);
    }
    let periods: Vec<u32> = (0..grid.dimensions())
        .map(|d| period(grid, compass.half_way(), d))
        .collect();
    let is_first = |&switch: &u32| (0..).zip(&periods).all(|(d, &p)| grid.coordinate(switch, d) < p);
    let sources: Vec<u32> = (0..grid.switches()).filter(is_first).collect();
    let links: f64 = (0..grid.switches())
        .map(|home| links_between(compass, 0, home))
        .sum();
    check_work(links * sources.len() as f64)?;
    let mut from_first = ChannelLoads::none(grid);
    for &source in &sources {
        for home in 0..grid.switches() {
            add_quadrants(compass, source, home, 1.0, &mut from_first);
        }
    }
    // A link carries what all links that look like it carry from the sources that were looked at.
    let like = |switch: u32| {
        let first = |(d, &period): (usize, &u32)| grid.coordinate(switch, d) % period * grid.stride(d);
        periods.iter().enumerate().map(first).sum::<u32>() as usize
    };
    let ports = result.ports;
    let mut sums = vec![0.0; result.loads.len()];
    for switch in 0..grid.switches() {
        for port in 0..ports {
            sums[like(switch) * ports + port] += from_first.loads[switch as usize * ports + port];
        }
    }
    let concentration = f64::from(grid.concentration());
    let weight = concentration * concentration / f64::from(choices);
    for switch in 0..grid.switches() {
        for port in 0..ports {
            result.loads[switch as usize * ports + port] = weight * sums[like(switch) * ports + port];
        }
    }
    Ok(result)
}

fn check_work(links: f64) -> Result<(), NotComputed> {
    if links <= MOST_LINKS {
        return Ok(());
    }
    let why = "not computed: too many links lie between sources and destinations";
    Err(NotComputed { why })
}

/// About how many links lie between two switches.
fn links_between(compass: &Compass, source: u32, home: u32) -> f64 {
    let (here, there) = (compass.position(source), compass.position(home));
    let sides = compass
        .axes()
        .iter()
        .map(|axis| f64::from(axis.distance(axis.coordinate(here), axis.coordinate(there))) + 1.0);
    sides.product::<f64>() * compass.grid().dimensions() as f64
}

/// The way of a packet along one dimension.
#[derive(Clone, Copy)]
struct Span {
    dimension: usize,
    from: u32,
    port: u8,
    links: u32,
}

/// Adds a packet from one switch to another, for every choice of directions.
fn add_quadrants(compass: &Compass, source: u32, home: u32, weight: f64, loads: &mut ChannelLoads) {
    let (here, there) = (compass.position(source), compass.position(home));
    let mut choices: Vec<(Vec<Span>, f64)> = vec![(Vec::new(), weight)];
    for axis in compass.axes() {
        let (from, to) = (axis.coordinate(here), axis.coordinate(there));
        if from == to {
            continue;
        }
        let links = axis.distance(from, to);
        let extended = choices.iter().flat_map(|(spans, weight)| {
            entries(compass, axis, from, to)
                .into_iter()
                .map(move |(port, probability)| {
                    let mut spans = spans.clone();
                    let dimension = axis.dimension();
                    spans.push(Span {
                        dimension,
                        from,
                        port,
                        links,
                    });
                    (spans, weight * probability)
                })
        });
        choices = extended.collect();
    }
    for (spans, weight) in choices {
        let quadrant = Quadrant {
            compass,
            source,
            spans,
        };
        quadrant.add(weight, loads);
    }
}

/// The switches between a source and a destination, in fixed directions.
struct Quadrant<'a> {
    compass: &'a Compass,
    source: u32,
    spans: Vec<Span>,
}

impl Quadrant<'_> {
    /// Adds a packet by way of a random switch of the quadrant. In its first phase it crosses a link of a dimension if
    /// the random switch lies beyond it there, with the random switch's place in the dimensions before; in the second if
    /// it does not, with the random switch's place in the dimensions after.
    fn add(&self, weight: f64, loads: &mut ChannelLoads) {
        for (i, span) in self.spans.iter().enumerate() {
            let places = f64::from(span.links + 1);
            for passed in 0..span.links {
                let switch = self.moved(self.source, span, passed);
                let (before, after) = (&self.spans[..i], &self.spans[i + 1..]);
                let beyond = f64::from(span.links - passed) / places;
                self.spread(before, switch, span.port, weight * beyond, loads);
                let arrived = before
                    .iter()
                    .fold(switch, |at, other| self.moved(at, other, other.links));
                self.spread(after, arrived, span.port, weight * (1.0 - beyond), loads);
            }
        }
    }

    /// Adds to the link by `port` at every place that `free` dimensions may have, each as likely.
    fn spread(&self, free: &[Span], switch: u32, port: u8, weight: f64, loads: &mut ChannelLoads) {
        let Some((span, rest)) = free.split_first() else {
            loads.loads[switch as usize * loads.ports + usize::from(port)] += weight;
            return;
        };
        let share = weight / f64::from(span.links + 1);
        for passed in 0..=span.links {
            self.spread(rest, self.moved(switch, span, passed), port, share, loads);
        }
    }

    /// A switch that is at the start of a span, moved along it.
    fn moved(&self, switch: u32, span: &Span, links: u32) -> u32 {
        let axis = &self.compass.axes()[span.dimension];
        let stride = self.compass.grid().stride(span.dimension);
        switch - span.from * stride + axis.after(span.from, span.port, links) * stride
    }
}
