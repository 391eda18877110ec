//! The shape of a torus or a mesh: sides, wrap, numbering, wiring, names.

use fabricsim_core::{FlitTime, Link, MAX_PORTS, Network, NetworkError, PortRef};
use thiserror::Error;

/// Names of the first dimensions; those after them are `d3`, `d4`, …
const AXIS_NAMES: [&str; 3] = ["x", "y", "z"];

/// Why a grid can't be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum GridError {
    #[error("a grid needs at least one dimension")]
    NoDimension,
    #[error("dimension {dimension} has side 0; the least is 1")]
    EmptySide { dimension: usize },
    #[error("`wrap` has {wrap} entries for {sides} dimensions")]
    WrapLength { sides: usize, wrap: usize },
    #[error("a switch needs at least one terminal")]
    NoTerminal,
    #[error(
        "{dimensions} dimensions and {concentration} terminals give a switch {ports} ports; \
         at most {MAX_PORTS} are possible"
    )]
    TooManyPorts {
        dimensions: usize,
        concentration: u32,
        ports: u64,
    },
    #[error("the grid has more terminals than can be numbered (2^32 - 1)")]
    TooLarge,
}

/// A torus (all dimensions wrap), a mesh (none does) or anything between, of any number of dimensions and any
/// sides.
///
/// *Switches* are numbered with dimension 0 fastest: `x + kx * (y + ky * …)`, as BookSim2's `kncube` does.
///
/// *Ports*: `2d` leads in the + direction of dimension d, `2d + 1` in the - direction, `2n…` are the
/// terminals. A port is the output towards the neighbour on that side and the input from the same neighbour,
/// so that output `2d` of a switch feeds input `2d + 1` of its + neighbour. Ports over the edge of a mesh
/// stay unused.
///
/// *Terminals* are numbered by switch: terminal `switch * concentration + local` sits at port `2n + local`.
///
/// A wrapped dimension of side 2 has two links each way between a pair: one by the + ports, one by the -
/// ports. A dimension of side 1 has no links, whether it wraps or not: a grid of sides `[1]` is a single
/// switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    sides: Vec<u32>,
    wrap: Vec<bool>,
    concentration: u32,
    /// Switches from one position of a dimension to the next.
    strides: Vec<u32>,
    switches: u32,
}

impl Grid {
    /// A grid with `sides` switches along its dimensions, of which those in `wrap` are rings, and
    /// `concentration` terminals on every switch. Costs nothing: neither switches nor links are stored.
    ///
    /// # Errors
    /// Every [`GridError`]; sides, wrap, ports and size are checked in this order.
    pub fn new(sides: Vec<u32>, wrap: Vec<bool>, concentration: u32) -> Result<Self, GridError> {
        if sides.is_empty() {
            return Err(GridError::NoDimension);
        }
        if let Some(dimension) = sides.iter().position(|&side| side == 0) {
            return Err(GridError::EmptySide { dimension });
        }
        if wrap.len() != sides.len() {
            return Err(GridError::WrapLength {
                sides: sides.len(),
                wrap: wrap.len(),
            });
        }
        check_ports(sides.len(), concentration)?;
        let mut strides = Vec::with_capacity(sides.len());
        let mut switches = 1_u32;
        for &side in &sides {
            strides.push(switches);
            switches = switches.checked_mul(side).ok_or(GridError::TooLarge)?;
        }
        switches.checked_mul(concentration).ok_or(GridError::TooLarge)?;
        Ok(Self {
            sides,
            wrap,
            concentration,
            strides,
            switches,
        })
    }

    /// A grid that wraps in every dimension.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn torus(sides: Vec<u32>, concentration: u32) -> Result<Self, GridError> {
        let wrap = vec![true; sides.len()];
        Self::new(sides, wrap, concentration)
    }

    /// A grid that wraps in no dimension.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn mesh(sides: Vec<u32>, concentration: u32) -> Result<Self, GridError> {
        let wrap = vec![false; sides.len()];
        Self::new(sides, wrap, concentration)
    }

    /// Switches along each dimension.
    pub fn sides(&self) -> &[u32] {
        &self.sides
    }

    /// Which dimensions wrap, as given.
    pub fn wrap(&self) -> &[bool] {
        &self.wrap
    }

    /// Terminals on every switch.
    pub fn concentration(&self) -> u32 {
        self.concentration
    }

    /// Number of dimensions.
    pub fn dimensions(&self) -> usize {
        self.sides.len()
    }

    /// Number of switches.
    pub fn switches(&self) -> u32 {
        self.switches
    }

    /// Number of terminals.
    pub fn terminals(&self) -> u32 {
        self.switches * self.concentration
    }

    /// Ports of every switch, used or not.
    pub fn ports(&self) -> u8 {
        self.first_terminal_port() + self.concentration as u8
    }

    /// The port of a switch's first terminal; the ports below lead to neighbours.
    pub fn first_terminal_port(&self) -> u8 {
        2 * self.dimensions() as u8
    }

    /// Whether a dimension is a ring of links: it wraps, and there is somewhere to go.
    pub fn is_ring(&self, dimension: usize) -> bool {
        self.wrap[dimension] && self.sides[dimension] > 1
    }

    /// Switches from one position of a dimension to the next.
    pub fn stride(&self, dimension: usize) -> u32 {
        self.strides[dimension]
    }

    /// Position of a switch along one dimension.
    pub fn coordinate(&self, switch: u32, dimension: usize) -> u32 {
        switch / self.strides[dimension] % self.sides[dimension]
    }

    /// Position of a switch along every dimension.
    pub fn coordinates(&self, switch: u32) -> Vec<u32> {
        (0..self.dimensions())
            .map(|d| self.coordinate(switch, d))
            .collect()
    }

    /// The switch at a position; `None` if it lies outside.
    pub fn switch_at(&self, coordinates: &[u32]) -> Option<u32> {
        let inside =
            coordinates.len() == self.dimensions() && coordinates.iter().zip(&self.sides).all(|(c, k)| c < k);
        inside.then(|| coordinates.iter().zip(&self.strides).map(|(c, s)| c * s).sum())
    }

    /// The switch that a port leads to; `None` for a terminal's port and over the edge of a mesh.
    pub fn neighbour(&self, switch: u32, port: u8) -> Option<u32> {
        let dimension = dimension_of(port);
        if dimension >= self.dimensions() {
            return None;
        }
        let (stride, last) = (self.strides[dimension], self.sides[dimension] - 1);
        let at = self.coordinate(switch, dimension);
        let forward = port.is_multiple_of(2);
        let edge = if forward { last } else { 0 };
        match (at == edge, forward) {
            (true, _) if !self.is_ring(dimension) => None,
            (true, true) => Some(switch - last * stride),
            (true, false) => Some(switch + last * stride),
            (false, true) => Some(switch + stride),
            (false, false) => Some(switch - stride),
        }
    }

    /// Where a terminal is attached.
    pub fn home(&self, terminal: u32) -> PortRef {
        PortRef {
            switch: terminal / self.concentration,
            port: self.first_terminal_port() + (terminal % self.concentration) as u8,
        }
    }

    /// Links between two switches by a shortest way.
    pub fn distance(&self, from: u32, to: u32) -> u32 {
        (0..self.dimensions())
            .map(|d| {
                let straight = self.coordinate(from, d).abs_diff(self.coordinate(to, d));
                if self.is_ring(d) {
                    straight.min(self.sides[d] - straight)
                } else {
                    straight
                }
            })
            .sum()
    }

    /// What people call a switch: `(3,0)`.
    pub fn switch_name(&self, switch: u32) -> String {
        let coordinates: Vec<String> = self.coordinates(switch).iter().map(u32::to_string).collect();
        format!("({})", coordinates.join(","))
    }

    /// What people call a port: `+x`, `-y`, `+d4` towards a neighbour, `t0` to a terminal.
    pub fn port_name(&self, port: u8) -> String {
        let dimension = dimension_of(port);
        if dimension >= self.dimensions() {
            return format!("t{}", port - self.first_terminal_port());
        }
        let sign = if port.is_multiple_of(2) { '+' } else { '-' };
        format!("{sign}{}", axis_name(dimension))
    }

    /// The fabric: every link with this `latency` \[cycles\] and `flit_time`.
    ///
    /// # Errors
    /// [`NetworkError::LinkFasterThanSwitch`]; the other reasons are ruled out by [`Grid::new`].
    pub fn network(&self, latency: u32, flit_time: FlitTime) -> Result<Network, NetworkError> {
        self.wired(1, |_| (latency, flit_time))
    }

    /// The fabric with terminals `terminal_latency` \[cycles\] away from their switches and links that may differ: `link` is
    /// asked for the latency \[cycles\] and flit time of each, by the output port that drives it.
    ///
    /// # Errors
    /// As [`Grid::network`].
    pub fn wired(
        &self,
        terminal_latency: u32,
        link: impl Fn(PortRef) -> (u32, FlitTime),
    ) -> Result<Network, NetworkError> {
        let mut builder = Network::builder(self.switches, usize::from(self.ports()))?;
        for switch in 0..self.switches {
            for port in 0..self.first_terminal_port() {
                let Some(neighbour) = self.neighbour(switch, port) else {
                    continue;
                };
                let from = PortRef { switch, port };
                let (latency, flit_time) = link(from);
                builder.link(Link {
                    from,
                    to: PortRef {
                        switch: neighbour,
                        port: opposite(port),
                    },
                    latency,
                    flit_time,
                })?;
            }
        }
        for terminal in 0..self.terminals() {
            builder.terminal(self.home(terminal))?;
        }
        builder.terminal_latency(terminal_latency);
        builder.build()
    }
}

/// What people call a dimension: `x`, `y`, `z`, `d3`, …
pub(crate) fn axis_name(dimension: usize) -> String {
    match AXIS_NAMES.get(dimension) {
        Some(&name) => name.to_owned(),
        None => format!("d{dimension}"),
    }
}

/// The dimension of a link's port; of a terminal's port a number that is none.
#[inline(always)]
pub(crate) fn dimension_of(port: u8) -> usize {
    usize::from(port / 2)
}

/// The port of the same dimension in the other direction.
pub(crate) fn opposite(port: u8) -> u8 {
    port ^ 1
}

fn check_ports(dimensions: usize, concentration: u32) -> Result<(), GridError> {
    if concentration == 0 {
        return Err(GridError::NoTerminal);
    }
    let ports = 2 * dimensions as u64 + u64::from(concentration);
    if ports > MAX_PORTS as u64 {
        return Err(GridError::TooManyPorts {
            dimensions,
            concentration,
            ports,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;
    use crate::samples::grids;

    #[test]
    fn numbering_ports_and_names_are_those_of_the_field() {
        let grid = Grid::torus(vec![8, 4, 3, 2, 2], 2).unwrap();
        let switch = grid.switch_at(&[3, 1, 2, 0, 1]).unwrap();
        assert_eq!(switch, 3 + 8 * (1 + 4 * (2 + 3 * 2)));
        assert_eq!(grid.coordinates(switch), [3, 1, 2, 0, 1]);
        assert_eq!(grid.switch_name(switch), "(3,1,2,0,1)");
        assert_eq!(grid.neighbour(switch, 2), grid.switch_at(&[3, 2, 2, 0, 1]));
        assert_eq!(grid.neighbour(switch, 4), grid.switch_at(&[3, 1, 0, 0, 1]));
        assert_eq!(grid.neighbour(switch, 6), grid.neighbour(switch, 7));
        assert_eq!(grid.switch_at(&[8, 0, 0, 0, 0]), None);
        assert_eq!(grid.switch_at(&[0, 0]), None);
        let names: Vec<String> = (0..grid.ports()).map(|port| grid.port_name(port)).collect();
        assert_eq!(
            names,
            [
                "+x", "-x", "+y", "-y", "+z", "-z", "+d3", "-d3", "+d4", "-d4", "t0", "t1"
            ]
        );
        assert_eq!(grid.home(2 * switch + 1), PortRef { switch, port: 11 });
    }

    #[test]
    fn impossible_grids_are_refused() {
        let error =
            |sides: &[u32], wrap: &[bool], c| Grid::new(sides.to_vec(), wrap.to_vec(), c).unwrap_err();
        assert_eq!(error(&[], &[], 1), GridError::NoDimension);
        assert_eq!(
            error(&[4, 0], &[true; 2], 1),
            GridError::EmptySide { dimension: 1 }
        );
        assert_eq!(error(&[4], &[], 1), GridError::WrapLength { sides: 1, wrap: 0 });
        assert_eq!(error(&[4], &[true], 0), GridError::NoTerminal);
        let too_many = GridError::TooManyPorts {
            dimensions: 2,
            concentration: 61,
            ports: 65,
        };
        assert_eq!(error(&[4, 4], &[true; 2], 61), too_many);
        assert_eq!(error(&[65_536, 65_536], &[true; 2], 1), GridError::TooLarge);
        assert_eq!(error(&[65_536, 32_768], &[true; 2], 2), GridError::TooLarge);
        assert!(Grid::mesh(vec![1], 62).is_ok_and(|grid| grid.ports() == 64));
    }

    #[test]
    fn a_link_faster_than_the_switch_is_refused() {
        let flit_time = FlitTime {
            numerator: 1,
            denominator: 2,
        };
        let network = Grid::torus(vec![2], 1).unwrap().network(1, flit_time);
        assert_eq!(
            network.unwrap_err(),
            NetworkError::LinkFasterThanSwitch { from: 0, to: 1 }
        );
    }

    #[test]
    fn links_and_terminals_are_wired_as_asked() {
        let grid = Grid::mesh(vec![3, 2], 1).unwrap();
        let slow = FlitTime {
            numerator: 4,
            denominator: 3,
        };
        let link = |from: PortRef| match from.port {
            0 | 1 => (1 + from.switch, slow),
            _ => (9, FlitTime::ONE),
        };
        let network = grid.wired(0, link).unwrap();
        assert_eq!(network.terminal_latency(), 0);
        for found in network.links() {
            assert_eq!((found.latency, found.flit_time), link(found.from));
        }
    }

    fn breadth_first_distances(grid: &Grid, from: u32) -> Vec<u32> {
        let mut distance = vec![u32::MAX; grid.switches() as usize];
        distance[from as usize] = 0;
        let mut queue = VecDeque::from([from]);
        while let Some(switch) = queue.pop_front() {
            for next in (0..grid.ports()).filter_map(|port| grid.neighbour(switch, port)) {
                if distance[next as usize] == u32::MAX {
                    distance[next as usize] = distance[switch as usize] + 1;
                    queue.push_back(next);
                }
            }
        }
        distance
    }

    proptest! {
        #[test]
        fn every_link_has_its_reverse_and_every_terminal_its_port(grid in grids()) {
            let network = grid.network(3, FlitTime::ONE).unwrap();
            for link in network.links() {
                let back = network.link(link.to).unwrap();
                prop_assert_eq!(back.to, link.from);
                prop_assert_eq!(grid.neighbour(link.from.switch, link.from.port), Some(link.to.switch));
                prop_assert_eq!(link.latency, 3);
            }
            let expected: usize = (0..grid.dimensions())
                .map(|d| {
                    let (side, all) = (grid.sides()[d] as usize, grid.switches() as usize);
                    let pairs_a_line = if grid.is_ring(d) { side } else { side - 1 };
                    2 * all / side * pairs_a_line
                })
                .sum();
            prop_assert_eq!(network.links().count(), expected);
            let homes: Vec<PortRef> = (0..grid.terminals()).map(|t| grid.home(t)).collect();
            prop_assert_eq!(network.terminals(), &homes[..]);
        }

        #[test]
        fn distance_is_that_of_a_breadth_first_search(grid in grids(), seed: u32) {
            let from = seed % grid.switches();
            let searched = breadth_first_distances(&grid, from);
            for to in 0..grid.switches() {
                prop_assert_eq!(grid.distance(from, to), searched[to as usize]);
                prop_assert_eq!(grid.switch_at(&grid.coordinates(to)), Some(to));
            }
        }
    }
}
