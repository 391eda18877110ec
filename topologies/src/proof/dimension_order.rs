//! Dimension order cannot deadlock where its channel dependency graph has no cycle.

use fabricsim_core::PortRef;

use super::{ALL_THE_SAME, Proof, Provable, every_route, over_every_route, path};
use crate::grid::{axis_name, dimension_of};
use crate::{Channel, ChannelDependencyGraph, DimensionOrder, Grid, GridChannels};

/// Up to this many queries of the routing every packet of a grid is followed: a 32x32 torus with 8 virtual
/// channels, half a second.
const EVERY_ROUTE_LIMIT: u64 = 1 << 25;

/// The longest line whose every route is followed.
const LINE_LIMIT: u32 = 2048;

impl Provable for DimensionOrder {
    /// Looks for a cycle of channels in what dimension order really does (see [`ChannelDependencyGraph`]).
    ///
    /// Up to about a thousand switches every packet is followed. A larger grid is reduced by what dimension order
    /// is:
    ///
    /// * packets turn from lower to higher dimensions only, so a cycle of channels would lie in one line of
    ///   switches, in one dimension;
    /// * within a dimension a route depends on that coordinate alone, so all lines of a dimension, and of
    ///   dimensions of the same side, wrap and classes, are alike: one is looked at, by the same code on a grid whose
    ///   other sides are 1;
    /// * the virtual channels of a class are alike: one stands for each;
    /// * the routing only compares coordinates, with each other and with the ends of the line, so a line above
    ///   2051 switches has the pattern of one that is shorter by a multiple of four.
    fn prove(&self) -> Proof {
        if queries_of_every_route(self) <= EVERY_ROUTE_LIMIT {
            prove_by_every_route(self)
        } else {
            prove_by_lines(self, LINE_LIMIT)
        }
    }
}

/// About how often the routing is asked when every packet is followed: for each destination at every terminal
/// and at every switch for every dimension, in each virtual channel.
fn queries_of_every_route(routing: &DimensionOrder) -> u64 {
    let grid = routing.grid();
    let terminals = u64::from(grid.terminals());
    let places = terminals + u64::from(grid.switches()) * grid.dimensions() as u64;
    let queries = terminals.saturating_mul(places);
    queries.saturating_mul(routing.channels().most().into())
}

fn prove_by_every_route(routing: &DimensionOrder) -> Proof {
    let graph = dependencies(routing);
    match graph.cycle() {
        Some(cycle) => deadlock(routing, cycle.channels),
        None => Proof::Proved {
            argument: over_every_route(routing.grid(), &graph),
        },
    }
}

fn prove_by_lines(routing: &DimensionOrder, limit: u32) -> Proof {
    match findings(routing, limit) {
        Ok(findings) => Proof::Proved {
            argument: format!(
                "packets turn from lower to higher dimensions only, so a cycle would lie in one line: {findings}"
            ),
        },
        Err(cycle) => deadlock(routing, cycle),
    }
}

/// What there is to say of the lines of a grid, or a ring of channels.
pub(super) fn of_lines(routing: &DimensionOrder) -> Result<String, Vec<Channel>> {
    findings(routing, LINE_LIMIT)
}

fn findings(routing: &DimensionOrder, limit: u32) -> Result<String, Vec<Channel>> {
    let mut findings = Vec::new();
    for line in lines(routing) {
        let graph = dependencies(&line.routing(routing, limit));
        if let Some(cycle) = graph.cycle() {
            return Err(whole_ring(routing, cycle.channels[0].from.port));
        }
        findings.push(line.finding(&graph, limit));
    }
    Ok(findings.join("; "))
}

fn dependencies(routing: &DimensionOrder) -> ChannelDependencyGraph {
    every_route(routing.grid(), routing, routing.channels())
}

/// One line of switches, for all dimensions that are alike.
struct Line {
    side: u32,
    is_ring: bool,
    has_classes: bool,
    /// At least one.
    dimensions: Vec<usize>,
}

/// The kinds of lines that a grid has, those without links left out.
fn lines(routing: &DimensionOrder) -> Vec<Line> {
    let grid = routing.grid();
    let mut lines: Vec<Line> = Vec::new();
    for (dimension, &side) in grid.sides().iter().enumerate().filter(|&(_, &side)| side > 1) {
        let kind = (
            side,
            grid.is_ring(dimension),
            routing.dateline(dimension).is_some(),
        );
        match lines
            .iter_mut()
            .find(|l| (l.side, l.is_ring, l.has_classes) == kind)
        {
            Some(line) => line.dimensions.push(dimension),
            None => lines.push(Line {
                side,
                is_ring: kind.1,
                has_classes: kind.2,
                dimensions: vec![dimension],
            }),
        }
    }
    lines
}

impl Line {
    /// The side that is looked at: a long line is shortened by a multiple of four, so that parities and ties
    /// stay.
    fn looked_at(&self, limit: u32) -> u32 {
        if self.side > limit + 3 {
            limit + (self.side - limit) % 4
        } else {
            self.side
        }
    }

    /// The routing of the line alone, with a virtual channel for each class.
    fn routing(&self, of: &DimensionOrder, limit: u32) -> DimensionOrder {
        let grid = of.grid();
        let mut sides = vec![1; grid.dimensions()];
        sides[self.dimensions[0]] = self.looked_at(limit);
        let line = Grid::new(sides, grid.wrap().to_vec(), 1).expect("a line of a grid is a grid");
        let classes = if self.has_classes { 2 } else { 1 };
        let channels = GridChannels::alike(&line, classes);
        DimensionOrder::new(&line, &channels, of.dateline(self.dimensions[0]), of.half_way())
    }

    fn finding(&self, graph: &ChannelDependencyGraph, limit: u32) -> String {
        let kind = if self.is_ring { "ring" } else { "line" };
        let axes: Vec<String> = self.dimensions.iter().map(|&d| axis_name(d)).collect();
        let looked_at = self.looked_at(limit);
        let stand_in = if looked_at == self.side {
            String::new()
        } else {
            format!(", shown on one of {looked_at} with the same pattern,")
        };
        format!(
            "the {kind} of {} ({}){stand_in} has over all its routes {} channels with {} dependencies and no cycle",
            self.side,
            axes.join(", "),
            graph.channels(),
            graph.dependencies(),
        )
    }
}

/// The channels of the ring through switch 0 by `port`, in order of travel. Only rings without classes have a
/// cycle, so that a channel is all the virtual channels of a link.
fn whole_ring(routing: &DimensionOrder, port: u8) -> Vec<Channel> {
    let channel = |switch| Channel {
        from: PortRef { switch, port },
        first_vc: 0,
        vcs: routing.channels().by_dimension[dimension_of(port)],
    };
    let next = |&switch: &u32| routing.grid().neighbour(switch, port).filter(|&next| next != 0);
    std::iter::successors(Some(0), next).map(channel).collect()
}

/// What is wrong with dimension order where rings have a cycle.
fn deadlock(routing: &DimensionOrder, cycle: Vec<Channel>) -> Proof {
    let grid = routing.grid();
    let dimension = dimension_of(cycle[0].from.port);
    let (channels, break_it) = match routing.channels().by_dimension[dimension] {
        1 => (
            "1 virtual channel".to_owned(),
            "2 virtual channels break it at the dateline, `BubbleDimensionOrder` needs 1",
        ),
        many => (
            format!("{many} virtual channels and no dateline"),
            "`dateline: AtDateline` breaks it with two classes of virtual channels",
        ),
    };
    Proof::Deadlock {
        summary: format!(
            "dimension order on a torus with {channels}: {} closes a cycle of channels",
            ring_name(grid, cycle[0].from),
        ),
        path: path(grid, &cycle),
        help: format!("{break_it}; {ALL_THE_SAME}"),
        packets: Vec::new(),
        cycle,
    }
}

/// `ring y=0 in +x`: the ring that a port leads along.
fn ring_name(grid: &Grid, at: PortRef) -> String {
    let along = dimension_of(at.port);
    let place: Vec<String> = (0..grid.dimensions())
        .filter(|&d| d != along)
        .map(|d| format!("{}={}", axis_name(d), grid.coordinate(at.switch, d)))
        .collect();
    let direction = grid.port_name(at.port);
    if place.is_empty() {
        return format!("the ring in {direction}");
    }
    format!("ring {} in {direction}", place.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::prove;
    use super::*;
    use crate::samples::{answers, port_ref, routings};
    use crate::{Dateline, HalfWay};

    fn torus(sides: &[u32], vcs: u8, dateline: Option<Dateline>) -> DimensionOrder {
        let grid = Grid::torus(sides.to_vec(), 1).unwrap();
        DimensionOrder::new(&grid, &GridChannels::alike(&grid, vcs), dateline, HalfWay::Random)
    }

    fn is_proved(proof: &Proof) -> bool {
        matches!(proof, Proof::Proved { .. })
    }

    #[test]
    fn a_torus_with_one_channel_is_refused_with_a_ring() {
        let Proof::Deadlock {
            summary,
            cycle,
            path,
            help,
            ..
        } = prove(&torus(&[8, 8], 1, Some(Dateline::AtDateline)))
        else {
            panic!("a ring of 8 with 1 virtual channel can deadlock");
        };
        assert_eq!(
            summary,
            "dimension order on a torus with 1 virtual channel: ring y=0 in +x closes a cycle of channels"
        );
        assert_eq!(
            path,
            "(0,0) → (1,0) → (2,0) → (3,0) → (4,0) → (5,0) → (6,0) → (7,0) → (0,0)"
        );
        assert_eq!(
            help,
            "2 virtual channels break it at the dateline, `BubbleDimensionOrder` needs 1; `allow_deadlock: true` runs it all the same"
        );
        let expected: Vec<Channel> = (0..8)
            .map(|switch| Channel {
                from: port_ref(switch, 0),
                first_vc: 0,
                vcs: 1,
            })
            .collect();
        assert_eq!(cycle, expected);
    }

    #[test]
    fn channels_without_a_dateline_are_refused_on_large_grids_too() {
        let Proof::Deadlock {
            summary,
            cycle,
            path,
            help,
            ..
        } = prove(&torus(&[3, 5000], 4, None))
        else {
            panic!("a ring of 5000 without classes can deadlock");
        };
        assert_eq!(
            summary,
            "dimension order on a torus with 4 virtual channels and no dateline: \
             ring x=0 in +y closes a cycle of channels"
        );
        assert_eq!(path, "(0,0) → (0,1) → (0,2) → … → (0,4999) → (0,0)");
        assert!(help.starts_with("`dateline: AtDateline` breaks it"));
        assert_eq!(cycle.len(), 5000);
        assert_eq!(cycle[4999].from, port_ref(3 * 4999, 2));
    }

    #[test]
    fn rings_of_three_and_of_four_with_ties_by_parity_need_no_classes() {
        let proved = |side, half_way| {
            let grid = Grid::torus(vec![side, side], 1).unwrap();
            is_proved(&prove(&DimensionOrder::new(
                &grid,
                &GridChannels::alike(&grid, 1),
                None,
                half_way,
            )))
        };
        for half_way in HalfWay::ALL {
            assert!(proved(2, half_way) && proved(3, half_way) && !proved(5, half_way));
        }
        // By parity, only packets from even coordinates take two hops in +, only those from odd ones in -: no
        // channel waits for one that waits itself.
        let of_four = HalfWay::ALL.map(|half_way| (half_way, proved(4, half_way)));
        let expected = [
            (HalfWay::Random, false),
            (HalfWay::Plus, false),
            (HalfWay::Parity, true),
        ];
        assert_eq!(of_four, expected);
    }

    #[test]
    fn a_single_ring_is_named_without_coordinates() {
        let Proof::Deadlock { summary, .. } = prove(&torus(&[4], 1, None)) else {
            panic!("a ring of 4 with 1 virtual channel can deadlock");
        };
        assert!(summary.ends_with(": the ring in +x closes a cycle of channels"));
    }

    #[test]
    fn the_argument_says_what_was_looked_at() {
        let argument = |routing: &DimensionOrder| match prove(routing) {
            Proof::Proved { argument } => argument,
            refused => panic!("{refused:?}"),
        };
        assert_eq!(
            argument(&torus(&[3], 1, None)),
            "over every route between 3 terminals, 6 channels with 0 dependencies have no cycle"
        );
        let large = argument(&torus(&[64, 64], 8, Some(Dateline::OnEntry)));
        assert!(
            large.contains(": the ring of 64 (x, y) has over all its routes "),
            "{large}"
        );
        let long = argument(&torus(&[2, 2055], 2, Some(Dateline::AtDateline)));
        assert!(
            long.contains("the ring of 2055 (y), shown on one of 2051 "),
            "{long}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn classes_are_proved_and_lone_channels_in_short_rings_only(routing in routings()) {
            let grid = routing.grid();
            let longest = if routing.half_way() == HalfWay::Parity { 4 } else { 3 };
            let short = (0..grid.dimensions()).all(|d| !grid.is_ring(d) || grid.sides()[d] <= longest);
            let classes = |d| !grid.is_ring(d) || routing.dateline(d).is_some();
            let free = (0..grid.dimensions()).all(classes) || short;
            prop_assert_eq!(is_proved(&prove(&routing)), free);
        }

        #[test]
        fn lines_say_the_same_as_every_route(routing in routings()) {
            let (by_lines, by_every_route) = (prove_by_lines(&routing, 2048), prove_by_every_route(&routing));
            prop_assert_eq!(is_proved(&by_lines), is_proved(&by_every_route));
        }

        #[test]
        fn a_shortened_line_says_the_same(
            side in 4_u32..=40,
            vcs in 1_u8..=2,
            wrap: bool,
            dateline in prop::sample::select(Dateline::ALL.to_vec()),
            half_way in prop::sample::select(HalfWay::ALL.to_vec()),
        ) {
            let grid = Grid::new(vec![side], vec![wrap], 1).unwrap();
            let routing = DimensionOrder::new(&grid, &GridChannels::alike(&grid, vcs), Some(dateline), half_way);
            let whole = prove_by_every_route(&routing);
            let shortened = prove_by_lines(&routing, 8);
            prop_assert_eq!(is_proved(&whole), is_proved(&shortened));
            if !is_proved(&whole) {
                prop_assert_eq!(whole, shortened);
            }
        }

        #[test]
        fn a_line_alone_is_routed_as_in_its_grid(routing in routings(), seed: u32) {
            let grid = routing.grid();
            let vcs = routing.channels().most();
            let upper = vcs.div_ceil(2);
            for line in lines(&routing) {
                let dimension = line.dimensions[0];
                let class_of = |vc| u8::from(line.has_classes && vc >= upper);
                let alone = line.routing(&routing, 2048);
                let base = seed % grid.switches();
                let stride = grid.stride(dimension);
                let at = |coordinate| base - grid.coordinate(base, dimension) * stride + coordinate * stride;
                let plus = 2 * dimension as u8;
                let places = places_of_line(line.side, [plus, plus + 1, grid.first_terminal_port()]);
                for (from, to, in_port) in places {
                    for in_vc in [0, vcs - 1] {
                        let dest = at(to) * grid.concentration();
                        let answers_whole = answers(&routing, port_ref(at(from), in_port), in_vc, dest);
                        let answers_part = answers(&alone, port_ref(from, in_port), class_of(in_vc), to);
                        prop_assert_eq!(answers_whole.len(), answers_part.len());
                        for ((whole, p), (part, q)) in answers_whole.iter().zip(&answers_part) {
                            prop_assert_eq!((whole.port, p), (part.port, q));
                            prop_assert_eq!(class_of(whole.first_vc), part.first_vc);
                        }
                    }
                }
            }
        }
    }

    /// Every (from, to, input port) with from and to apart.
    fn places_of_line(side: u32, in_ports: [u8; 3]) -> Vec<(u32, u32, u8)> {
        let pairs = (0..side).flat_map(|from| (0..side).map(move |to| (from, to)));
        pairs
            .filter(|(from, to)| from != to)
            .flat_map(|(from, to)| in_ports.map(|in_port| (from, to, in_port)))
            .collect()
    }
}
