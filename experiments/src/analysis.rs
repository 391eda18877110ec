//! What is known of a point before it is simulated: zero-load latency and bounds.

use fabricsim_core::{Cycle, FlitTime, NetworkError, PortRef};
use fabricsim_topologies::{ChannelLoads, Demand, Grid, NotComputed, distances};
use fabricsim_traffic::{Destinations, Flow};

use crate::fabric::Fabric;
use crate::route_latency::{Latencies, Routes};
use crate::zero_load::{LikeLinks, ZeroLoad};

/// What a load in whole units, or a bound summed up of many shares, may be off by, relative to it.
const ROUNDED: f64 = 1e-6;

/// Static figures of one traffic on one fabric. They do not depend on the total load, only on how the flows share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// Mean packet latency without any other packet, over the pattern \[cycles\].
    pub zero_load_mean: f64,
    /// The same of the packet that takes longest \[cycles\].
    pub zero_load_worst: Cycle,
    /// Whether these two are of a sample of the packets: links differ, and the fabric is large.
    pub is_sampled: bool,
    /// Mean number of links that a packet crosses.
    pub mean_distance: f64,
    /// 1 / the largest channel load \[flits/terminal/cycle\].
    pub channel_bound: Bound,
    /// The least of that and of what a terminal can inject \[flits/terminal/cycle\].
    pub capacity_bound: Bound,
}

/// A bound on what a terminal can send, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// In flits/terminal/cycle.
    Rate(f64),
    /// No packet crosses a link between switches, so that none can be full.
    NoLinkUsed,
    /// The routing chooses by congestion: there are no expected loads.
    Adaptive,
    /// There are expected loads, but they would take too long.
    NotComputed(NotComputed),
}

impl Bound {
    /// The rate \[flits/terminal/cycle\], if there is one.
    pub fn rate(self) -> Option<f64> {
        match self {
            Self::Rate(rate) => Some(rate),
            Self::NoLinkUsed | Self::Adaptive | Self::NotComputed(_) => None,
        }
    }

    /// Why there is none.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Rate(_) => None,
            Self::NoLinkUsed => Some("no packet crosses a link between switches"),
            Self::Adaptive => Some("the routing is adaptive: its channel loads depend on congestion"),
            Self::NotComputed(reason) => Some(reason.why),
        }
    }
}

/// One flow as the analysis sees it.
struct Share {
    demand: Demand,
    packet_flits: u16,
    /// Of the flits that a terminal sends.
    of_flits: f64,
    /// Of the packets that a terminal sends.
    of_packets: f64,
}

impl Analysis {
    /// Analyses `flows` on `fabric`. Flows without load have no weight, unless none has any: then all have the same.
    ///
    /// # Errors
    /// Where the engine can't have such a network.
    pub fn new(fabric: &Fabric, flows: &[Flow]) -> Result<Self, NetworkError> {
        let shares = shares(flows);
        let looks: Vec<Look> = shares
            .iter()
            .map(|share| Look::new(fabric, share))
            .collect::<Result<_, _>>()?;
        let both = || shares.iter().zip(&looks);
        let of_packets = |of: &dyn Fn(&Latencies) -> f64| -> f64 {
            both()
                .map(|(share, look)| share.of_packets * of(&look.latencies))
                .sum()
        };
        let (channel_bound, capacity_bound) = bounds(fabric, both());
        Ok(Self {
            zero_load_mean: of_packets(&|latencies| latencies.mean),
            zero_load_worst: looks.iter().map(|look| look.latencies.worst).max().unwrap_or(0),
            is_sampled: looks.iter().any(|look| look.latencies.is_sampled),
            mean_distance: of_packets(&|latencies| latencies.mean_distance),
            channel_bound,
            capacity_bound,
        })
    }

    /// So much \[flits/terminal/cycle\] is more than some channel, or a terminal's link, can carry.
    pub fn is_overloaded_by(&self, offered: f64) -> bool {
        self.capacity_bound
            .rate()
            .is_some_and(|bound| offered > bound * (1.0 + ROUNDED))
    }
}

fn shares(flows: &[Flow]) -> Vec<Share> {
    let silent = flows.iter().all(|flow| flow.load == 0.0);
    let load = |flow: &Flow| if silent { 1.0 } else { flow.load };
    let all_flits: f64 = flows.iter().map(load).sum();
    // Of shares, since a load may be so small that nothing is left of a part of it.
    let packets = |flow: &Flow| load(flow) / all_flits / f64::from(flow.flits);
    let all_packets: f64 = flows.iter().map(packets).sum();
    let sending = flows.iter().filter(|flow| load(flow) > 0.0);
    sending
        .map(|flow| Share {
            demand: demand(&flow.destinations),
            packet_flits: flow.flits,
            of_flits: load(flow) / all_flits,
            of_packets: packets(flow) / all_packets,
        })
        .collect()
}

fn demand(destinations: &Destinations) -> Demand {
    match destinations {
        Destinations::Uniform { include_self, .. } => Demand::Uniform {
            include_self: *include_self,
        },
        Destinations::Table(table) => Demand::Permutation(table.to_vec()),
        &Destinations::Block { block, offset, .. } => Demand::Block { block, offset },
    }
}

/// What is known of one flow.
struct Look {
    latencies: Latencies,
    /// `None` where the routing is adaptive.
    loads: Option<Result<ChannelLoads, NotComputed>>,
}

impl Look {
    fn new(fabric: &Fabric, share: &Share) -> Result<Self, NetworkError> {
        match fabric.spec.routed_grid() {
            Some(grid) => Self::on_grid(fabric, grid, share),
            None => Self::on_graph(fabric, share),
        }
    }

    fn on_grid(fabric: &Fabric, grid: &Grid, share: &Share) -> Result<Self, NetworkError> {
        let distances = distances(grid, fabric.legs(), &[(1.0, share.demand.clone())]);
        let latencies = match fabric.spec.is_uniform() {
            true => over(&distances, fabric, share)?,
            false => Latencies {
                // That of a sample is less exact.
                mean_distance: mean(&distances, f64::from),
                ..Routes::new(fabric).latencies(&share.demand, share.packet_flits)?
            },
        };
        Ok(Self {
            latencies,
            loads: fabric.loads_on_grid(&share.demand),
        })
    }

    fn on_graph(fabric: &Fabric, share: &Share) -> Result<Self, NetworkError> {
        let walked = fabric.walked(&share.demand);
        let latencies = match &walked {
            Some(Ok(walked)) if fabric.spec.is_uniform() => over(&walked.distances, fabric, share)?,
            _ => Routes::new(fabric).latencies(&share.demand, share.packet_flits)?,
        };
        Ok(Self {
            latencies,
            loads: walked.map(|walked| walked.map(|walked| walked.loads)),
        })
    }
}

/// Latencies where all links are alike, by the links crossed with their probabilities, in order.
fn over(distances: &[(u32, f64)], fabric: &Fabric, share: &Share) -> Result<Latencies, NetworkError> {
    let farthest = distances.last().map_or(0, |&(distance, _)| distance);
    let links = LikeLinks {
        switch: &fabric.spec.switch,
        link: fabric.spec.link,
        terminal_latency: fabric.spec.terminal_latency,
    };
    let zero_load = ZeroLoad::new(links, share.packet_flits, farthest)?;
    Ok(Latencies {
        mean: mean(distances, |distance| zero_load.over(distance) as f64),
        worst: zero_load.over(farthest),
        mean_distance: mean(distances, f64::from),
        is_sampled: false,
    })
}

fn mean(distances: &[(u32, f64)], of: impl Fn(u32) -> f64) -> f64 {
    let weighed = distances
        .iter()
        .map(|&(distance, probability)| probability * of(distance));
    weighed.sum()
}

/// The channel and the capacity bound.
fn bounds<'a>(fabric: &Fabric, looks: impl Iterator<Item = (&'a Share, &'a Look)>) -> (Bound, Bound) {
    let mut parts = Vec::new();
    for (share, look) in looks {
        match &look.loads {
            None => return (Bound::Adaptive, Bound::Adaptive),
            Some(Err(reason)) => return (Bound::NotComputed(*reason), Bound::NotComputed(*reason)),
            Some(Ok(loads)) => parts.push((share.of_flits, loads)),
        }
    }
    let network = fabric.network();
    let flit_time = |from: PortRef| network.link(from).map_or(FlitTime::ONE, |link| link.flit_time);
    let loads = ChannelLoads::mixed(parts);
    let Some(channel) = loads.and_then(|loads| loads.channel_bound_of(flit_time)) else {
        return (Bound::NoLinkUsed, Bound::Rate(1.0));
    };
    (Bound::Rate(channel), Bound::Rate(channel.min(1.0)))
}

#[cfg(test)]
mod tests {
    use fabricsim_core::SwitchConfig;
    use fabricsim_topologies::Grid;
    use fabricsim_traffic::{Injection, Pattern};

    use super::*;
    use crate::experiment::{
        Dateline, FabricSpec, HalfWay, LinkExceptions, LinkSpec, Queueing, Routing, Topology,
    };

    fn fabric(sides: &[u32]) -> Fabric {
        Fabric::new(FabricSpec {
            topology: Topology::Torus(Grid::torus(sides.to_vec(), 1).unwrap()),
            routing: Routing::DimensionOrder,
            half_way: Some(HalfWay::Random),
            dateline: Some(Dateline::AtDateline),
            selection: None,
            spread: None,
            message_classes: 1,
            switch: SwitchConfig::default(),
            queueing: Queueing::VirtualChannels,
            ports: Vec::new(),
            link: LinkSpec {
                latency: 2,
                flit_time: FlitTime::ONE,
            },
            links: LinkExceptions::default(),
            terminal_latency: 1,
        })
        .unwrap()
    }

    fn flow(fabric: &Fabric, pattern: Pattern, flits: u16, load: f64) -> Flow {
        Flow {
            destinations: pattern.destinations(fabric.spec.topology.shape()).unwrap(),
            injection: Injection::Bernoulli,
            flits,
            class: 0,
            load,
        }
    }

    /// Half of the least number there is would be nothing.
    #[test]
    fn the_least_load_has_a_latency() {
        let fabric = fabric(&[4, 4]);
        let of = |load| {
            let flows = [flow(&fabric, Pattern::Uniform { include_self: true }, 4, load)];
            Analysis::new(&fabric, &flows).unwrap().zero_load_mean
        };
        assert_eq!(of(5e-324), of(0.1));
    }

    /// BookSim2's formula for a torus with links of 2 cycles: 6 cycles a switch visited, and 1.
    #[test]
    fn uniform_on_the_textbook_torus() {
        let fabric = fabric(&[8, 8]);
        let flows = [flow(&fabric, Pattern::Uniform { include_self: true }, 1, 0.1)];
        let analysis = Analysis::new(&fabric, &flows).unwrap();
        assert!((analysis.mean_distance - 4.0).abs() < 1e-12);
        assert!(
            (analysis.zero_load_mean - (6.0 * 5.0 + 1.0)).abs() < 1e-9,
            "{analysis:?}"
        );
        assert_eq!(analysis.zero_load_worst, 6 * 9 + 1);
        assert_eq!(analysis.channel_bound.rate(), Some(1.0));
        assert_eq!(analysis.capacity_bound.rate(), Some(1.0));
    }

    #[test]
    fn flows_weigh_by_packets_in_latency_and_by_flits_in_loads() {
        let fabric = fabric(&[8, 8]);
        // Tornado crosses 3 + 3 links, the neighbour is at 1 + 1. As many packets, four times the flits.
        let flows = [
            flow(&fabric, Pattern::Tornado, 4, 0.4),
            flow(&fabric, Pattern::Neighbor, 1, 0.1),
        ];
        let analysis = Analysis::new(&fabric, &flows).unwrap();
        assert!((analysis.mean_distance - 4.0).abs() < 1e-12);
        let bound = analysis.channel_bound.rate().unwrap();
        assert!((bound - 1.0 / (0.8 * 3.0 + 0.2)).abs() < 1e-12, "{bound}");
        // 6 H + 1 and 3 more flits of the tornado.
        let expected = ((6.0 * 7.0 + 1.0 + 3.0) + (6.0 * 3.0 + 1.0)) / 2.0;
        assert!((analysis.zero_load_mean - expected).abs() < 1e-9, "{analysis:?}");
    }

    #[test]
    fn a_single_switch_has_no_channel_bound() {
        let fabric = fabric(&[1]);
        let flows = [flow(&fabric, Pattern::Uniform { include_self: true }, 1, 0.0)];
        let analysis = Analysis::new(&fabric, &flows).unwrap();
        assert_eq!(analysis.channel_bound, Bound::NoLinkUsed);
        assert_eq!(analysis.capacity_bound, Bound::Rate(1.0));
    }
}
