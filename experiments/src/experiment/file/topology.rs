//! The topologies that a file may name, and the fabrics that they are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fabricsim_topologies::graph::{
    self, AnyFamily, CalxedaRack, CardChain, CardGrid, CompleteGraph, Dragonfly, EnergyCard,
    FlattenedButterfly, GridFabric, HyperX, Hypercube, Impossible, KAryNTree, Ring,
};
use fabricsim_topologies::{Grid, GridError};
use ron::ser::PrettyConfig;
use serde::{Deserialize, Serialize};

use crate::experiment::checker::Checker;
use crate::experiment::topology::{self, GraphTopology};
use crate::experiment::{Refused, syntax};
use crate::topology::read_fabric;

/// The shape of a fabric: a family with its parameters, or a file. Names, fields and defaults are those of the
/// registry of families.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Topology {
    Torus {
        sides: Vec<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        wrap: Option<Vec<bool>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        terminals_per_switch: Option<i64>,
    },
    Mesh {
        sides: Vec<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        terminals_per_switch: Option<i64>,
    },
    Ring {
        switches: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        terminals_per_switch: Option<i64>,
    },
    Hypercube {
        dimensions: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        terminals_per_switch: Option<i64>,
    },
    CompleteGraph {
        switches: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        terminals_per_switch: Option<i64>,
    },
    KAryNTree {
        k: i64,
        n: i64,
    },
    Dragonfly {
        p: i64,
        a: i64,
        h: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        groups: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        arrangement: Option<Arrangement>,
    },
    FlattenedButterfly {
        k: i64,
        n: i64,
    },
    HyperX {
        sides: Vec<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        widths: Option<Vec<i64>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        terminals_per_switch: Option<i64>,
    },
    EnergyCard,
    CardChain {
        cards: i64,
    },
    CardTorus {
        sides: Vec<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        uplinks: Option<i64>,
    },
    CardMesh {
        sides: Vec<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        uplinks: Option<i64>,
    },
    Viridis,
    Redstone,
    CalxedaRack {
        chassis: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        of: Option<Product>,
        #[serde(skip_serializing_if = "Option::is_none")]
        top_of_rack: Option<i64>,
    },
    /// The fabric in a file, or in a folder of link maps; a path from the experiment's own folder on.
    File {
        path: PathBuf,
    },
}

/// Which global port of a dragonfly's group leads to which other group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Arrangement {
    #[default]
    PalmTree,
    Absolute,
}

/// A chassis that was sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Product {
    #[default]
    Viridis,
    Redstone,
}

impl From<Arrangement> for graph::Arrangement {
    fn from(name: Arrangement) -> Self {
        match name {
            Arrangement::PalmTree => Self::PalmTree,
            Arrangement::Absolute => Self::Absolute,
        }
    }
}

impl From<Product> for graph::Product {
    fn from(name: Product) -> Self {
        match name {
            Product::Viridis => Self::Viridis,
            Product::Redstone => Self::Redstone,
        }
    }
}

impl Topology {
    /// As experiments write it, on one line: `Dragonfly(p: 2, a: 4, h: 2)`.
    pub(in crate::experiment) fn expression(&self) -> String {
        let one_line = PrettyConfig::new().depth_limit(0).new_line("");
        // Names, numbers and lists: nothing in it that RON could refuse.
        syntax::options()
            .to_string_pretty(self, one_line)
            .unwrap_or_default()
    }

    /// What it names at `path`, an axis item's too; `None` where there is nothing such.
    pub(in crate::experiment) fn resolve(
        &self,
        path: &str,
        checker: &mut Checker,
    ) -> Option<topology::Topology> {
        match self {
            Self::Torus { .. } => self.grid(path, checker).map(topology::Topology::Torus),
            Self::Mesh { .. } => self.grid(path, checker).map(topology::Topology::Mesh),
            Self::File { path: file } => self.of_file(file, path, checker),
            _ => self.of_family(path, checker),
        }
    }

    fn of_family(&self, path: &str, checker: &mut Checker) -> Option<topology::Topology> {
        let family = self.family(path, checker)?;
        match GraphTopology::of_family(self.expression(), family) {
            Ok(graph) => Some(topology::Topology::Graph(Arc::new(graph))),
            Err(error) => {
                checker.add(checker.source.at(path, error.to_string()));
                None
            }
        }
    }

    fn of_file(&self, file: &Path, path: &str, checker: &mut Checker) -> Option<topology::Topology> {
        let folder = Path::new(checker.source.file()).parent().unwrap_or(Path::new(""));
        match read_fabric(&folder.join(file)) {
            Ok(graph) => {
                let graph = GraphTopology::of_file(self.expression(), file, graph);
                Some(topology::Topology::Graph(Arc::new(graph)))
            }
            Err(refused) => {
                tell_file(&refused, path, checker);
                None
            }
        }
    }

    /// The family that it names at `path`; `None` where there is none such, and of a file.
    pub(in crate::experiment) fn family(&self, path: &str, checker: &mut Checker) -> Option<AnyFamily> {
        let mut read = Reader { path, checker };
        let family: Result<AnyFamily, Impossible> = match self {
            Self::Torus { .. } | Self::Mesh { .. } => {
                let (sides, wrap, terminals) = self.as_grid()?;
                let (sides, terminals) = (read.list("sides", sides), read.terminals(terminals));
                GridFabric::new(sides, wrap, terminals).map(AnyFamily::from)
            }
            Self::Ring {
                switches,
                terminals_per_switch,
            } => Ring::new(
                read.number("switches", *switches),
                read.terminals(terminals_per_switch),
            )
            .map(AnyFamily::from),
            Self::Hypercube {
                dimensions,
                terminals_per_switch,
            } => Hypercube::new(
                read.number("dimensions", *dimensions),
                read.terminals(terminals_per_switch),
            )
            .map(AnyFamily::from),
            Self::CompleteGraph {
                switches,
                terminals_per_switch,
            } => CompleteGraph::new(
                read.number("switches", *switches),
                read.terminals(terminals_per_switch),
            )
            .map(AnyFamily::from),
            Self::KAryNTree { k, n } => {
                KAryNTree::new(read.number("k", *k), read.number("n", *n)).map(AnyFamily::from)
            }
            Self::Dragonfly {
                p,
                a,
                h,
                groups,
                arrangement,
            } => {
                let [p, a, h] = [("p", p), ("a", a), ("h", h)].map(|(name, &value)| read.number(name, value));
                let groups = groups.map(|groups| read.number("groups", groups));
                let arrangement = arrangement.unwrap_or_default().into();
                Dragonfly::new(p, a, h, groups, arrangement).map(AnyFamily::from)
            }
            Self::FlattenedButterfly { k, n } => {
                FlattenedButterfly::new(read.number("k", *k), read.number("n", *n)).map(AnyFamily::from)
            }
            Self::HyperX {
                sides,
                widths,
                terminals_per_switch,
            } => {
                let widths = widths.as_ref().map(|widths| read.list("widths", widths));
                let (sides, terminals) = (read.list("sides", sides), read.terminals(terminals_per_switch));
                HyperX::new(sides, widths, terminals).map(AnyFamily::from)
            }
            Self::EnergyCard => Ok(EnergyCard.into()),
            Self::CardChain { cards } => CardChain::new(read.number("cards", *cards)).map(AnyFamily::from),
            Self::CardTorus { sides, uplinks } => {
                let (sides, uplinks) = (read.list("sides", sides), read.uplinks(uplinks));
                CardGrid::torus(&sides, uplinks).map(AnyFamily::from)
            }
            Self::CardMesh { sides, uplinks } => {
                let (sides, uplinks) = (read.list("sides", sides), read.uplinks(uplinks));
                CardGrid::mesh(&sides, uplinks).map(AnyFamily::from)
            }
            Self::Viridis => Ok(CardGrid::product(graph::Product::Viridis).into()),
            Self::Redstone => Ok(CardGrid::product(graph::Product::Redstone).into()),
            Self::CalxedaRack {
                chassis,
                of,
                top_of_rack,
            } => {
                let chassis = read.number("chassis", *chassis);
                let top_of_rack = top_of_rack.map_or(1, |switches| read.number("top_of_rack", switches));
                CalxedaRack::new(chassis, of.unwrap_or_default().into(), top_of_rack).map(AnyFamily::from)
            }
            Self::File { .. } => return None,
        };
        match family {
            Ok(family) => Some(family),
            Err(impossible) => {
                read.refuse(&impossible);
                None
            }
        }
    }

    /// Sides, wrap and terminals a switch; `None` of what is no grid.
    fn as_grid(&self) -> Option<(&[i64], Vec<bool>, &Option<i64>)> {
        match self {
            Self::Torus {
                sides,
                wrap,
                terminals_per_switch,
            } => {
                let wrap = wrap.clone().unwrap_or_else(|| vec![true; sides.len()]);
                Some((sides, wrap, terminals_per_switch))
            }
            Self::Mesh {
                sides,
                terminals_per_switch,
            } => Some((sides, vec![false; sides.len()], terminals_per_switch)),
            _ => None,
        }
    }

    fn grid(&self, path: &str, checker: &mut Checker) -> Option<Grid> {
        let (sides, wrap, terminals_per_switch) = self.as_grid()?;
        let sides = sides.iter().enumerate().map(|(i, &side)| {
            checker.whole(
                &format!("{path}.sides[{i}]"),
                &format!("sides[{i}]"),
                side,
                1..=u32::MAX,
            )
        });
        let sides = sides.collect();
        let terminals = terminals_per_switch.map_or(1, |count| {
            checker.whole(
                &format!("{path}.terminals_per_switch"),
                "terminals_per_switch",
                count,
                1..=u32::MAX,
            )
        });
        let grid = Grid::new(sides, wrap, terminals).map_err(|error| {
            let field = match error {
                GridError::WrapLength { .. } => "wrap",
                GridError::NoTerminal => "terminals_per_switch",
                GridError::TooManyPorts { concentration, .. } if concentration > 1 => "terminals_per_switch",
                _ => "sides",
            };
            let diagnostic = checker.source.at(&format!("{path}.{field}"), error.to_string());
            checker.add(match error {
                GridError::WrapLength { sides, .. } => {
                    diagnostic.label(format!("needs {sides}, one a dimension"))
                }
                GridError::NoDimension => diagnostic.label("for example `[8, 8]`"),
                _ => diagnostic,
            });
        });
        grid.ok()
    }
}

/// A mistake in the file of a fabric has its place there; that there is no such file is one of the experiment.
fn tell_file(refused: &Refused, path: &str, checker: &mut Checker) {
    for diagnostic in refused.diagnostics() {
        checker.add(match diagnostic.place {
            Some(_) => diagnostic.clone(),
            None => checker.source.at(&format!("{path}.path"), &diagnostic.message),
        });
    }
}

/// Reads the parameters of a family at a path, empty of a text that is nothing else.
struct Reader<'a, 'b, 'c> {
    path: &'a str,
    checker: &'b mut Checker<'c>,
}

impl Reader<'_, '_, '_> {
    fn place(&self, name: &str) -> String {
        match self.path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// Whether 0 is possible is for the family to say.
    fn number(&mut self, name: &str, value: i64) -> u32 {
        let place = self.place(name);
        self.checker.whole(&place, name, value, 0..=u32::MAX)
    }

    fn list(&mut self, name: &str, values: &[i64]) -> Vec<u32> {
        let numbered = values.iter().enumerate();
        numbered
            .map(|(i, &value)| self.number(&format!("{name}[{i}]"), value))
            .collect()
    }

    fn terminals(&mut self, written: &Option<i64>) -> u32 {
        written.map_or(1, |count| self.number("terminals_per_switch", count))
    }

    fn uplinks(&mut self, written: &Option<i64>) -> u32 {
        written.map_or(0, |count| self.number("uplinks", count))
    }

    fn refuse(&mut self, impossible: &Impossible) {
        let place = self.place(impossible.parameter);
        let diagnostic = self.checker.source.at(&place, &impossible.reason);
        let nearest: Vec<String> = impossible
            .nearest
            .iter()
            .map(|near| format!("`{near}`"))
            .collect();
        self.checker.add(match nearest.is_empty() {
            true => diagnostic,
            false => diagnostic.help(format!("the nearest possible: {}", nearest.join(", "))),
        });
    }
}
