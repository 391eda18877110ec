//! Torus and mesh: k-ary n-cubes, and grids with edges.

use fabricsim_core::{Entry, Parameter, PortRef};

use super::super::TERMINALS;
use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible, MOST_LINKS, MOST_SWITCHES, check_size};
use super::super::location::Location;
use super::{abstract_link, add_terminals, by, listed, terminals_field, terminals_in_words};
use crate::grid::opposite;
use crate::{Grid, GridError};

const SIDES: Parameter = Parameter {
    name: "sides",
    help: "switches along each dimension, any number of dimensions: [8, 8]",
};

/// A torus (all dimensions wrap), a mesh (none does), or anything between: a [`Grid`] as a graph, its ports as there.
///
/// W. J. Dally, "Performance Analysis of k-ary n-cube Interconnection Networks", IEEE Trans. Computers 39(6), 1990;
/// W. J. Dally and B. Towles, "Principles and Practices of Interconnection Networks", 2004, chapter 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridFabric {
    grid: Grid,
}

impl GridFabric {
    /// The family of tori.
    pub const TORUS: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "Torus",
            help: "a grid of switches whose dimensions are rings: k-ary n-cube, sides may differ",
            parameters: &[
                SIDES,
                Parameter {
                    name: "wrap",
                    help: "for each dimension whether it is a ring (default all true)",
                },
                TERMINALS,
            ],
        },
        paper: "Dally, IEEE Trans. Computers 1990; Dally & Towles 2004, chapter 5",
        example: "Torus(sides: [8, 8])",
        grades: &[],
    };

    /// The family of meshes.
    pub const MESH: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "Mesh",
            help: "a grid of switches with edges in every dimension, sides may differ",
            parameters: &[SIDES, TERMINALS],
        },
        paper: "Dally & Towles 2004, chapter 5",
        example: "Mesh(sides: [8, 8])",
        grades: &[],
    };

    /// With `sides` switches along the dimensions, of which those in `wrap` are rings, and `terminals` on each switch.
    ///
    /// # Errors
    /// What [`Grid::new`] refuses, and grids too large for a graph.
    pub fn new(sides: Vec<u32>, wrap: Vec<bool>, terminals: u32) -> Result<Self, Impossible> {
        let name = if wrap.contains(&true) { "Torus" } else { "Mesh" };
        let asked = sides.clone();
        let grid =
            Grid::new(sides, wrap, terminals).map_err(|error| impossible(&error, name, &asked, terminals))?;
        let fabric = Self { grid };
        let switches = u64::from(fabric.grid.switches());
        check_size(
            "sides",
            Some(switches),
            Some(fabric.links() + u64::from(fabric.grid.terminals())),
            || largest_cube(name, asked.len()),
        )?;
        Ok(fabric)
    }

    /// Any grid that is small enough.
    ///
    /// # Errors
    /// Where it is too large for a graph.
    pub fn of_grid(grid: &Grid) -> Result<Self, Impossible> {
        Self::new(grid.sides().to_vec(), grid.wrap().to_vec(), grid.concentration())
    }

    /// The shape, with its numbering of ports and terminals.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    fn is_torus(&self) -> bool {
        self.grid.wrap().contains(&true)
    }

    fn dimensions(&self) -> impl Iterator<Item = (u64, bool)> {
        let sides = self.grid.sides().iter().enumerate();
        sides.map(|(dimension, &side)| (u64::from(side), self.grid.is_ring(dimension)))
    }

    fn links(&self) -> u64 {
        let switches = u64::from(self.grid.switches());
        let along = |(side, is_ring): (u64, bool)| switches / side * if is_ring { side } else { side - 1 };
        self.dimensions().map(along).sum()
    }

    fn radix(&self) -> u64 {
        let along = |(side, is_ring): (u64, bool)| if is_ring { 2 } else { (side - 1).min(2) };
        self.dimensions().map(along).sum::<u64>() + u64::from(self.grid.concentration())
    }

    fn distance_total(&self) -> u128 {
        let switches = u128::from(self.grid.switches());
        // Of all ordered pairs of positions along one dimension.
        let along = |(side, is_ring): (u64, bool)| {
            let side = u128::from(side);
            let pairs = match (is_ring, side % 2) {
                (true, 0) => side * side * side / 4,
                (true, _) => side * (side * side - 1) / 4,
                (false, _) => side * (side * side - 1) / 3,
            };
            (switches / side) * (switches / side) * pairs
        };
        let pairs: u128 = self.dimensions().map(along).sum();
        pairs * u128::from(self.grid.concentration()).pow(2)
    }

    /// Across the largest side, if that is even; not known where rings and lines are mixed.
    fn bisection(&self) -> Option<Form<u64>> {
        let wide = || self.dimensions().filter(|&(side, _)| side > 1);
        let largest = wide().map(|(side, _)| side).max()?;
        let across = u64::from(self.grid.switches()) / largest;
        if !largest.is_multiple_of(2) {
            return None;
        }
        match (
            wide().all(|(_, is_ring)| is_ring),
            wide().any(|(_, is_ring)| is_ring),
        ) {
            (true, _) => Form::new(2 * across, "2 N / k of the largest side k, even"),
            (false, false) => Form::new(across, "N / k of the largest side k, even"),
            (false, true) => None,
        }
    }
}

/// Why there is no such grid, and the nearest that there is.
fn impossible(error: &GridError, name: &str, sides: &[u32], terminals: u32) -> Impossible {
    let mended: Vec<u32> = sides.iter().map(|&side| side.max(1)).collect();
    let written = |sides: &[u32], terminals: u32| {
        format!("{name}(sides: {}{})", listed(sides), terminals_field(terminals))
    };
    let (parameter, nearest) = match *error {
        GridError::NoDimension => ("sides", written(&[8, 8], terminals.max(1))),
        GridError::EmptySide { .. } => ("sides", written(&mended, terminals.max(1))),
        GridError::WrapLength { .. } => ("wrap", written(&mended, terminals.max(1))),
        GridError::NoTerminal => ("terminals_per_switch", written(&mended, 1)),
        GridError::TooManyPorts {
            dimensions, ports, ..
        } if dimensions < 32 => {
            let fewer = terminals - (ports - 64) as u32;
            ("terminals_per_switch", written(&mended, fewer))
        }
        GridError::TooManyPorts { .. } => ("sides", largest_cube(name, 20)),
        GridError::TooLarge => ("sides", largest_cube(name, sides.len())),
    };
    Impossible::new(parameter, error.to_string()).nearest([nearest])
}

/// The largest grid of so many dimensions with equal sides.
fn largest_cube(name: &str, dimensions: usize) -> String {
    // More have too many links, be their sides 2.
    let dimensions = dimensions.min(17);
    let fits = |side: &u32| {
        let switches = u64::from(*side).pow(dimensions as u32);
        switches <= MOST_SWITCHES && switches * (dimensions as u64 + 1) <= MOST_LINKS
    };
    let side = (1..).take_while(fits).last().unwrap_or(1);
    format!("{name}(sides: {})", listed(&vec![side; dimensions]))
}

impl Family for GridFabric {
    fn entry(&self) -> &'static FamilyEntry {
        match self.is_torus() {
            true => &Self::TORUS,
            false => &Self::MESH,
        }
    }

    fn title(&self) -> String {
        let kind = match (self.is_torus(), self.grid.wrap().contains(&false)) {
            (true, false) => "torus",
            (true, true) => "torus with edges",
            (false, _) => "mesh",
        };
        let terminals = terminals_in_words(self.grid.concentration());
        format!("{} {kind}{terminals}", by(self.grid.sides()))
    }

    fn closed_forms(&self) -> ClosedForms {
        let diameter = self
            .dimensions()
            .map(|(side, is_ring)| if is_ring { side / 2 } else { side - 1 });
        let [links, of_diameter, of_mean] = match (self.is_torus(), self.grid.wrap().contains(&false)) {
            (true, false) => [
                "N a dimension",
                "sum of k/2 rounded down",
                "sum of k/4 (k even) or (k - 1/k)/4 (k odd)",
            ],
            (false, _) => ["sum of N (k - 1) / k", "sum of k - 1", "sum of (k - 1/k)/3"],
            (true, true) => [
                "N a ring, N (k - 1) / k a line",
                "sum of k/2 rounded down of rings, k - 1 of lines",
                "sum of k/4 or (k - 1/k)/4 of rings, (k - 1/k)/3 of lines",
            ],
        };
        ClosedForms {
            switches: Form::new(u64::from(self.grid.switches()), "N = product of the sides k"),
            terminals: Form::new(u64::from(self.grid.terminals()), "N c, c on each switch"),
            radix: Form::new(self.radix(), "c, and 2 a dimension, 1 where k is 2 without wrap"),
            links: Form::new(self.links(), links),
            diameter: Form::new(diameter.sum::<u64>() as u32, of_diameter),
            distance_total: Form::new(self.distance_total(), of_mean),
            bisection: self.bisection(),
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let grid = &self.grid;
        let mut builder = GraphBuilder::new(Units::Abstract);
        for switch in 0..grid.switches() {
            builder.switch(
                grid.switch_name(switch),
                Some(Location::Grid(grid.coordinates(switch))),
            )?;
        }
        for switch in 0..grid.switches() {
            for port in (0..grid.first_terminal_port()).step_by(2) {
                if let Some(neighbour) = grid.neighbour(switch, port) {
                    let other = (neighbour, u32::from(opposite(port)));
                    builder.link(abstract_link((switch, u32::from(port)), other))?;
                }
            }
        }
        for terminal in 0..grid.terminals() {
            let PortRef { switch, port } = grid.home(terminal);
            add_terminals(&mut builder, switch, u32::from(port), 1)?;
        }
        builder.build()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::End;
    use crate::samples::grids;

    proptest! {
        /// Ports and terminals are those that routings of the grid know.
        #[test]
        fn the_graph_is_the_grid(grid in grids()) {
            let graph = GridFabric::of_grid(&grid).unwrap().graph().unwrap();
            let mut linked = graph.neighbours();
            for (switch, links) in (0..).zip(&mut linked) {
                links.sort_unstable();
                let ports = 0..grid.first_terminal_port();
                let expected: Vec<(u32, End)> = ports
                    .filter_map(|port| {
                        let there = grid.neighbour(switch, port)?;
                        let back = u32::from(opposite(port));
                        Some((u32::from(port), End { switch: there, port: back }))
                    })
                    .collect();
                prop_assert_eq!(&*links, &*expected);
                prop_assert_eq!(&graph.switch(switch).name, &grid.switch_name(switch));
            }
            let homes = (0..grid.terminals()).map(|terminal| grid.home(terminal));
            let homes = homes.map(|home| End { switch: home.switch, port: home.port.into() });
            prop_assert!(homes.eq(graph.terminals().iter().copied()));
        }

        /// Distances that are searched for are those of the grid.
        #[test]
        fn distances_are_those_of_the_grid(grid in grids(), from in any::<u32>()) {
            let graph = GridFabric::of_grid(&grid).unwrap().graph().unwrap();
            let from = from % grid.switches();
            let expected = (0..grid.switches()).map(|to| Some(grid.distance(from, to)));
            prop_assert!(expected.eq(graph.distances_from(from)));
        }
    }
}
