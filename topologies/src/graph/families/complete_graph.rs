//! Complete graph.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible, MOST_LINKS, check_size};
use super::super::location::Location;
use super::{HyperX, abstract_link, add_terminals, check_terminals, terminals_field, terminals_in_words};

/// A link between every two switches. Ports 0 to N - 2 lead to the others in order.
///
/// W. J. Dally and B. Towles, "Principles and Practices of Interconnection Networks", 2004, section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompleteGraph {
    switches: u32,
    terminals: u32,
}

impl CompleteGraph {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "CompleteGraph",
            help: "a link between every two switches",
            parameters: &[
                Parameter {
                    name: "switches",
                    help: "number of switches, at least 2",
                },
                super::super::TERMINALS,
            ],
        },
        paper: "Dally & Towles 2004, section 3.1",
        example: "CompleteGraph(switches: 8)",
        grades: &[],
    };

    /// With `terminals` on each switch.
    ///
    /// # Errors
    /// Fewer than 2 switches, no terminals, too many links.
    pub fn new(switches: u32, terminals: u32) -> Result<Self, Impossible> {
        let nearest = |switches, terminals| {
            format!(
                "CompleteGraph(switches: {switches}{})",
                terminals_field(terminals)
            )
        };
        check_terminals("terminals_per_switch", terminals, nearest(switches.max(2), 1))?;
        if switches < 2 {
            let reason = format!("a complete graph of {switches} has no link: it takes at least 2 switches");
            return Err(Impossible::new("switches", reason).nearest([nearest(2, terminals)]));
        }
        let n = u64::from(switches);
        let links = (n * (n - 1) / 2).saturating_add(n * u64::from(terminals));
        // With a terminal each, N (N + 1) / 2 links.
        let most = (2 * MOST_LINKS).isqrt() - 2;
        check_size("switches", Some(n), Some(links), || {
            nearest(switches.min(most as u32), 1)
        })?;
        Ok(Self { switches, terminals })
    }

    /// The same fabric by its other name: a HyperX of one row.
    pub fn as_hyperx(&self) -> HyperX {
        HyperX::one_wide(vec![self.switches], self.terminals)
    }
}

impl Family for CompleteGraph {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        let terminals = terminals_in_words(self.terminals);
        format!("complete graph of {}{terminals}", self.switches)
    }

    fn closed_forms(&self) -> ClosedForms {
        let (n, c) = (u64::from(self.switches), u64::from(self.terminals));
        ClosedForms {
            switches: Form::new(n, "N"),
            terminals: Form::new(n * c, "N c, c on each switch"),
            radix: Form::new(n - 1 + c, "N - 1 + c"),
            links: Form::new(n * (n - 1) / 2, "N (N - 1) / 2"),
            diameter: Form::new(1, "1"),
            distance_total: Form::new(u128::from(n * (n - 1)) * u128::from(c * c), "1 - 1/N"),
            bisection: Form::new((n / 2) * n.div_ceil(2), "N²/4 rounded down"),
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let mut builder = GraphBuilder::new(Units::Abstract);
        for switch in 0..self.switches {
            builder.switch(format!("s{switch}"), Some(Location::Circle(switch)))?;
            add_terminals(&mut builder, switch, self.switches - 1, self.terminals)?;
        }
        for high in 0..self.switches {
            for low in 0..high {
                builder.link(abstract_link((low, high - 1), (high, low)))?;
            }
        }
        builder.build()
    }
}
