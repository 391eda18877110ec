//! HyperX.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible, check_size};
use super::super::location::Location;
use super::{abstract_link, add_terminals, by, check_terminals, listed, terminals_field, terminals_in_words};

/// A grid of switches, in each dimension of which all that differ in nothing else are linked to each other, each two
/// by K links.
///
/// Ports of a switch: dimension by dimension, K to each other position in order, then the terminals.
///
/// J. H. Ahn, N. Binkert, A. Davis, M. McLaren and R. S. Schreiber, "HyperX: Topology, Routing, and Packaging of
/// Efficient Large-Scale Networks", SC 2009, section 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HyperX {
    sides: Vec<u32>,
    /// K of each dimension.
    widths: Vec<u32>,
    terminals: u32,
    switches: u32,
}

impl HyperX {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "HyperX",
            help: "a grid of switches, all of a row linked to each other in every dimension",
            parameters: &[
                Parameter {
                    name: "sides",
                    help: "switches along each dimension: S of the paper",
                },
                Parameter {
                    name: "widths",
                    help: "for each dimension the links between two switches, K of the paper (default all 1)",
                },
                super::super::TERMINALS,
            ],
        },
        paper: "Ahn et al., SC 2009",
        example: "HyperX(sides: [4, 4], terminals_per_switch: 4)",
        grades: &[],
    };

    /// With `sides` switches along the dimensions, each two of a row joined by the dimension's width, 1 if `widths` is
    /// not given, and `terminals` on each switch.
    ///
    /// # Errors
    /// No dimension, a side or width of 0, not a width a dimension, no terminals, too many switches or links.
    pub fn new(sides: Vec<u32>, widths: Option<Vec<u32>>, terminals: u32) -> Result<Self, Impossible> {
        let written = |sides: &[u32], terminals| {
            format!("HyperX(sides: {}{})", listed(sides), terminals_field(terminals))
        };
        let mended: Vec<u32> = sides.iter().map(|&side| side.max(1)).collect();
        if sides.is_empty() {
            return Err(Impossible::new("sides", "a HyperX needs at least one dimension")
                .nearest([written(&[4, 4], terminals)]));
        }
        check_terminals("terminals_per_switch", terminals, written(&mended, 1))?;
        if let Some(dimension) = sides.iter().position(|&side| side == 0) {
            let reason = format!("dimension {dimension} has side 0; the least is 1");
            return Err(Impossible::new("sides", reason).nearest([written(&mended, terminals)]));
        }
        let widths = widths.unwrap_or_else(|| vec![1; sides.len()]);
        if widths.len() != sides.len() || widths.contains(&0) {
            let reason = format!("`widths` needs {} numbers above 0, one a dimension", sides.len());
            let ones = listed(&vec![1; sides.len()]);
            let terminals = terminals_field(terminals);
            let nearest = format!("HyperX(sides: {}, widths: {ones}{terminals})", listed(&sides));
            return Err(Impossible::new("widths", reason).nearest([nearest]));
        }
        let switches = sides
            .iter()
            .try_fold(1_u64, |product, &side| product.checked_mul(u64::from(side)));
        let ends = sides.iter().zip(&widths).try_fold(0_u64, |sum, (&side, &width)| {
            sum.checked_add(u64::from(side - 1).checked_mul(u64::from(width))?)
        });
        let links = switches.and_then(|switches| {
            let ends = ends?.checked_add(2 * u64::from(terminals))?;
            Some(switches.checked_mul(ends)? / 2)
        });
        check_size("sides", switches, links, || {
            let smaller: Vec<u32> = sides.iter().map(|&side| side.min(16)).take(4).collect();
            written(&smaller, 1)
        })?;
        let switches = switches.unwrap_or_default() as u32;
        Ok(Self {
            sides,
            widths,
            terminals,
            switches,
        })
    }

    /// The fabric of a family that is a HyperX by another name: links are one wide. The parameters have been checked.
    pub(super) fn one_wide(sides: Vec<u32>, terminals: u32) -> Self {
        Self {
            switches: sides.iter().product(),
            widths: vec![1; sides.len()],
            sides,
            terminals,
        }
    }

    /// Switches along each dimension; the first counts fastest in the numbers of switches.
    pub fn sides(&self) -> &[u32] {
        &self.sides
    }

    /// Links between two switches, for each dimension.
    pub fn widths(&self) -> &[u32] {
        &self.widths
    }

    fn rows(&self) -> impl Iterator<Item = (u64, u64)> {
        let sides = self.sides.iter().map(|&side| u64::from(side));
        sides.zip(self.widths.iter().map(|&width| u64::from(width)))
    }

    /// Across the smallest side, if that is even and all widths are one: the halves are first in lexicographic order,
    /// with the largest sides filled first (J. H. Lindsey, American Mathematical Monthly 71, 1964).
    fn bisection(&self) -> Option<Form<u64>> {
        let wide = || self.rows().filter(|&(side, _)| side > 1);
        let (smallest, width) = wide().min()?;
        let is_regular = wide().all(|(_, other)| other == width);
        (is_regular && smallest.is_multiple_of(2))
            .then(|| u64::from(self.switches) * smallest * width / 4)
            .and_then(|links| Form::new(links, "N K S / 4 of the smallest side S, even"))
    }
}

impl Family for HyperX {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        let widths = match self.widths.iter().all(|&width| width == 1) {
            true => String::new(),
            false => format!(", {} links wide", by(&self.widths)),
        };
        format!(
            "{} HyperX{widths}{}",
            by(&self.sides),
            terminals_in_words(self.terminals)
        )
    }

    fn closed_forms(&self) -> ClosedForms {
        let (n, t) = (u64::from(self.switches), u64::from(self.terminals));
        let ends: u64 = self.rows().map(|(side, width)| (side - 1) * width).sum();
        let along = |(side, _): (u64, u64)| u128::from(n) * u128::from(n / side * (side - 1));
        let pairs: u128 = self.rows().map(along).sum();
        ClosedForms {
            switches: Form::new(n, "N = product of the sides S"),
            terminals: Form::new(n * t, "N T, T on each switch"),
            radix: Form::new(t + ends, "T + sum of K (S - 1)"),
            links: Form::new(n * ends / 2, "N/2 x sum of K (S - 1)"),
            diameter: Form::new(
                self.rows().filter(|&(side, _)| side > 1).count() as u32,
                "number of dimensions",
            ),
            distance_total: Form::new(pairs * u128::from(t * t), "sum of 1 - 1/S"),
            bisection: self.bisection(),
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let mut builder = GraphBuilder::new(Units::Abstract);
        let first_terminal = self.rows().map(|(side, width)| (side - 1) * width).sum::<u64>() as u32;
        for switch in 0..self.switches {
            let mut rest = switch;
            let coordinates: Vec<u32> = self
                .sides
                .iter()
                .map(|&side| {
                    let coordinate = rest % side;
                    rest /= side;
                    coordinate
                })
                .collect();
            let name: Vec<String> = coordinates.iter().map(u32::to_string).collect();
            let name = format!("({})", name.join(","));
            builder.switch(name, Some(Location::Grid(coordinates)))?;
            add_terminals(&mut builder, switch, first_terminal, self.terminals)?;
        }
        let (mut stride, mut first_port) = (1, 0);
        for (&side, &width) in self.sides.iter().zip(&self.widths) {
            for switch in 0..self.switches {
                let here = switch / stride % side;
                for there in here + 1..side {
                    let other = switch + (there - here) * stride;
                    for lane in 0..width {
                        builder.link(abstract_link(
                            (switch, first_port + (there - 1) * width + lane),
                            (other, first_port + here * width + lane),
                        ))?;
                    }
                }
            }
            stride *= side;
            first_port += (side - 1) * width;
        }
        builder.build()
    }
}
