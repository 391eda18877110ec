//! The topology of a point, resolved: a grid, or a fabric as a graph.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fabricsim_topologies::Grid;
use fabricsim_topologies::graph::{
    AnyFamily, End, FabricGraph, Family, Format, GraphError, GridFabric, Impossible,
};
use fabricsim_traffic::Shape;
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::spec::digest;

/// The shape of a fabric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topology {
    /// A grid, some or all of whose dimensions are rings.
    Torus(Grid),
    /// A grid without rings.
    Mesh(Grid),
    /// Any other.
    Graph(Arc<GraphTopology>),
}

impl Topology {
    /// Sides, wrap, terminals and numbering; `None` of what is no grid.
    pub fn grid(&self) -> Option<&Grid> {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => Some(grid),
            Self::Graph(_) => None,
        }
    }

    /// Number of switches.
    pub fn switches(&self) -> u32 {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => grid.switches(),
            Self::Graph(graph) => graph.graph.switch_count(),
        }
    }

    /// Number of terminals.
    pub fn terminals(&self) -> u32 {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => grid.terminals(),
            Self::Graph(graph) => graph.graph.terminals().len() as u32,
        }
    }

    /// Number of switches with terminals.
    pub fn homes(&self) -> u32 {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => grid.switches(),
            Self::Graph(graph) => graph.homes,
        }
    }

    /// Ports of every switch, used or not.
    pub fn ports(&self) -> u8 {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => grid.ports(),
            Self::Graph(graph) => graph.ports,
        }
    }

    /// As patterns see it: other fabrics than grids are a row of terminals.
    pub fn shape(&self) -> Shape<'_> {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => Shape {
                sides: grid.sides(),
                concentration: grid.concentration(),
                block: grid.concentration(),
            },
            Self::Graph(graph) => Shape {
                sides: &graph.row,
                concentration: 1,
                block: graph.block,
            },
        }
    }

    /// What people call a switch: `(3,0)`, `g1s2`.
    pub fn switch_name(&self, switch: u32) -> String {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => grid.switch_name(switch),
            Self::Graph(graph) => graph.graph.switch(switch).name.clone(),
        }
    }

    /// What people call a port by its number: `+x`, `t1` on a grid, `port 5` elsewhere.
    pub fn port_name(&self, number: u32) -> String {
        match (self.grid(), u8::try_from(number)) {
            (Some(grid), Ok(port)) => grid.port_name(port),
            _ => format!("port {number}"),
        }
    }

    /// As a graph.
    ///
    /// # Errors
    /// Of a grid too large for one.
    pub fn to_graph(&self) -> Result<FabricGraph, NoGraph> {
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => Ok(GridFabric::of_grid(grid)?.graph()?),
            Self::Graph(graph) => Ok(graph.graph.clone()),
        }
    }

    /// Whether some dimension is a ring.
    pub fn has_ring(&self) -> bool {
        let is_ring = |grid: &Grid| (0..grid.dimensions()).any(|dimension| grid.is_ring(dimension));
        self.grid().is_some_and(is_ring)
    }
}

/// Why a grid is no graph.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum NoGraph {
    #[error(transparent)]
    TooLarge(#[from] Impossible),
    #[error(transparent)]
    Unwired(#[from] GraphError),
}

/// A fabric as a graph.
pub struct GraphTopology {
    /// As experiments write it: `Dragonfly(p: 2, a: 4, h: 2)`.
    pub expression: String,
    /// In a few words: `dragonfly of 9 groups`.
    title: String,
    /// Equal for equal fabrics, however they are written.
    canonical: String,
    /// Of which family it is, if of one.
    pub family: Option<AnyFamily>,
    /// Where it was read from, if of no family.
    file: Option<PathBuf>,
    /// What it is.
    pub graph: FabricGraph,
    ports: u8,
    homes: u32,
    /// Terminals of a group of a dragonfly, elsewhere of a switch: what patterns take as a block. 1 where switches differ.
    block: u32,
    /// Its terminals, as the one side of a grid.
    row: [u32; 1],
}

impl GraphTopology {
    /// A fabric of a family, which the file writes as `expression`.
    ///
    /// # Errors
    /// Where the family wires none.
    pub(super) fn of_family(expression: String, family: AnyFamily) -> Result<Self, GraphError> {
        let graph = family.graph()?;
        let fabric = Self::new(expression, graph);
        let block = match &family {
            AnyFamily::Dragonfly(dragonfly) => dragonfly.a() * dragonfly.p(),
            _ => fabric.block,
        };
        Ok(Self {
            block,
            title: family.title(),
            canonical: format!("{family:?}"),
            family: Some(family),
            ..fabric
        })
    }

    /// The fabric of a file.
    pub(super) fn of_file(expression: String, file: &Path, graph: FabricGraph) -> Self {
        Self {
            title: format!("fabric of {}", file.display()),
            canonical: digest(&graphml(&graph)),
            file: Some(file.to_owned()),
            ..Self::new(expression, graph)
        }
    }

    /// Whether a file says what its links are like.
    pub fn is_of_file(&self) -> bool {
        self.file.is_some()
    }

    /// As a file has it that says all of it.
    pub fn graphml(&self) -> String {
        graphml(&self.graph)
    }

    /// The file that it was read from, as the experiment writes it.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    fn new(expression: String, graph: FabricGraph) -> Self {
        let homes = graph.terminals_by_switch().into_iter().filter(|&count| count > 0);
        Self {
            expression,
            title: String::new(),
            canonical: String::new(),
            family: None,
            file: None,
            // The engine refuses more than 64.
            ports: u8::try_from(graph.inner_radix()).unwrap_or(u8::MAX),
            homes: homes.count() as u32,
            block: alike(graph.terminals()),
            row: [graph.terminals().len() as u32],
            graph,
        }
    }
}

/// There is no fabric that GraphML can't have.
fn graphml(graph: &FabricGraph) -> String {
    Format::GraphMl.write(graph).unwrap_or_default()
}

/// Terminals of each switch that has any, where all have as many, in a row; else 1.
fn alike(terminals: &[End]) -> u32 {
    let of_switch = |a: &End, b: &End| a.switch == b.switch;
    let mut counts = terminals.chunk_by(of_switch).map(<[End]>::len);
    let first = counts.next().unwrap_or(1);
    match counts.all(|count| count == first) {
        true => first as u32,
        false => 1,
    }
}

impl PartialEq for GraphTopology {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for GraphTopology {}

impl fmt::Debug for GraphTopology {
    /// What it equals by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

impl fmt::Display for Topology {
    /// `8x8 torus`, `4x4 mesh with 2 terminals a switch`, `8x4 torus wrapping 10` (x is a ring, y is not).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (grid, family) = match self {
            Self::Torus(grid) => (grid, "torus"),
            Self::Mesh(grid) => (grid, "mesh"),
            Self::Graph(graph) => return f.write_str(&graph.title),
        };
        let sides: Vec<String> = grid.sides().iter().map(u32::to_string).collect();
        write!(f, "{} {family}", sides.join("x"))?;
        if matches!(self, Self::Torus(_)) && grid.wrap().contains(&false) {
            let wrap: String = grid.wrap().iter().map(|&w| if w { '1' } else { '0' }).collect();
            write!(f, " wrapping {wrap}")?;
        }
        match grid.concentration() {
            1 => Ok(()),
            terminals => write!(f, " with {terminals} terminals a switch"),
        }
    }
}

impl Serialize for Topology {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// A torus without rings is a mesh, and has its results.
        #[derive(Serialize)]
        struct GridForm<'a> {
            sides: &'a [u32],
            wrap: &'a [bool],
            terminals_per_switch: u32,
        }
        match self {
            Self::Torus(grid) | Self::Mesh(grid) => GridForm {
                sides: grid.sides(),
                wrap: grid.wrap(),
                terminals_per_switch: grid.concentration(),
            }
            .serialize(serializer),
            Self::Graph(graph) => graph.canonical.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use fabricsim_topologies::graph::Dragonfly;

    use super::*;

    fn torus(wrap: [bool; 2], concentration: u32) -> Topology {
        Topology::Torus(Grid::new(vec![8, 4], wrap.to_vec(), concentration).unwrap())
    }

    #[test]
    fn topologies_have_names() {
        assert_eq!(torus([true, true], 1).to_string(), "8x4 torus");
        assert_eq!(
            torus([true, false], 2).to_string(),
            "8x4 torus wrapping 10 with 2 terminals a switch"
        );
        let mesh = Topology::Mesh(Grid::mesh(vec![3, 3, 3], 1).unwrap());
        assert_eq!(mesh.to_string(), "3x3x3 mesh");
    }

    #[test]
    fn graphs_are_counted_and_equal_however_they_are_written() {
        let of = |groups, expression: &str| {
            let arrangement = fabricsim_topologies::graph::Arrangement::PalmTree;
            let family = Dragonfly::new(2, 4, 2, groups, arrangement).unwrap();
            GraphTopology::of_family(expression.to_owned(), family.into()).unwrap()
        };
        let (short, long) = (of(None, "short"), of(Some(9), "long"));
        assert_eq!(short, long);
        assert_ne!(short, of(Some(8), "short"));
        let topology = Topology::Graph(Arc::new(short));
        assert_eq!(
            (topology.switches(), topology.terminals(), topology.ports()),
            (36, 72, 7)
        );
        assert!(topology.grid().is_none() && !topology.has_ring());
        assert_eq!((topology.shape().sides, topology.shape().block), (&[72][..], 8));
    }
}
