//! Hypercube.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible, check_size};
use super::super::location::Location;
use super::{HyperX, abstract_link, add_terminals, check_terminals, terminals_field, terminals_in_words};

/// The largest whose links can be built.
const MOST_DIMENSIONS: u32 = 18;

/// Switches whose numbers differ in one bit are linked; port d leads to where bit d differs.
///
/// H. Sullivan and T. R. Bashkow, "A Large Scale, Homogeneous, Fully Distributed Parallel Machine", ISCA 1977;
/// Y. Saad and M. H. Schultz, "Topological Properties of Hypercubes", IEEE Trans. Computers 37(7), 1988.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hypercube {
    dimensions: u32,
    terminals: u32,
}

impl Hypercube {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "Hypercube",
            help: "2^n switches, linked where one bit of their numbers differs",
            parameters: &[
                Parameter {
                    name: "dimensions",
                    help: "n, at least 1",
                },
                super::super::TERMINALS,
            ],
        },
        paper: "Sullivan & Bashkow, ISCA 1977; Saad & Schultz, IEEE Trans. Computers 1988",
        example: "Hypercube(dimensions: 6)",
        grades: &[],
    };

    /// With `terminals` on each switch.
    ///
    /// # Errors
    /// No dimension, no terminals, too many switches.
    pub fn new(dimensions: u32, terminals: u32) -> Result<Self, Impossible> {
        let nearest = |dimensions, terminals| {
            format!(
                "Hypercube(dimensions: {dimensions}{})",
                terminals_field(terminals)
            )
        };
        check_terminals("terminals_per_switch", terminals, nearest(dimensions.max(1), 1))?;
        if dimensions == 0 {
            let reason = "a hypercube needs at least one dimension";
            return Err(Impossible::new("dimensions", reason).nearest([nearest(1, terminals)]));
        }
        let switches = 1_u64.checked_shl(dimensions);
        // Of links; that of a terminal counts twice.
        let ends = u64::from(dimensions) + 2 * u64::from(terminals);
        let links = switches.and_then(|switches| (switches / 2).checked_mul(ends));
        check_size("dimensions", switches, links, || {
            nearest(dimensions.min(MOST_DIMENSIONS), 1)
        })?;
        Ok(Self {
            dimensions,
            terminals,
        })
    }

    /// The same fabric by its other name: a HyperX of two switches a row.
    pub fn as_hyperx(&self) -> HyperX {
        HyperX::one_wide(vec![2; self.dimensions as usize], self.terminals)
    }

    fn switches(&self) -> u32 {
        1 << self.dimensions
    }
}

impl Family for Hypercube {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        let terminals = terminals_in_words(self.terminals);
        format!("hypercube of {} dimensions{terminals}", self.dimensions)
    }

    fn closed_forms(&self) -> ClosedForms {
        let (n, c, switches) = (
            u64::from(self.dimensions),
            u64::from(self.terminals),
            u64::from(self.switches()),
        );
        let total = u128::from(switches) * u128::from(n * switches / 2) * u128::from(c * c);
        ClosedForms {
            switches: Form::new(switches, "2^n"),
            terminals: Form::new(switches * c, "2^n c, c on each switch"),
            radix: Form::new(n + c, "n + c"),
            links: Form::new(n * switches / 2, "n 2^(n-1)"),
            diameter: Form::new(self.dimensions, "n"),
            distance_total: Form::new(total, "n/2"),
            bisection: Form::new(switches / 2, "2^(n-1)"),
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let mut builder = GraphBuilder::new(Units::Abstract);
        for switch in 0..self.switches() {
            let bits = (0..self.dimensions).map(|bit| switch >> bit & 1).collect();
            builder.switch(format!("s{switch}"), Some(Location::Grid(bits)))?;
            add_terminals(&mut builder, switch, self.dimensions, self.terminals)?;
        }
        for switch in 0..self.switches() {
            for bit in (0..self.dimensions).filter(|bit| switch >> bit & 1 == 0) {
                builder.link(abstract_link((switch, bit), (switch | 1 << bit, bit)))?;
            }
        }
        builder.build()
    }
}
