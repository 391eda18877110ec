//! Ring.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible, MOST_SWITCHES, check_size};
use super::super::location::Location;
use super::{abstract_link, add_terminals, check_terminals, terminals_field, terminals_in_words};

/// Switches in a circle: a torus of one dimension. Port 0 leads to the next, port 1 to the one before.
///
/// W. J. Dally and B. Towles, "Principles and Practices of Interconnection Networks", 2004, section 5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    switches: u32,
    terminals: u32,
}

impl Ring {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "Ring",
            help: "switches in a circle: a torus of one dimension",
            parameters: &[
                Parameter {
                    name: "switches",
                    help: "number of switches, at least 3",
                },
                super::super::TERMINALS,
            ],
        },
        paper: "Dally & Towles 2004, section 5.1",
        example: "Ring(switches: 12)",
        grades: &[],
    };

    /// With `terminals` on each switch.
    ///
    /// # Errors
    /// Fewer than 3 switches, no terminals, too many switches.
    pub fn new(switches: u32, terminals: u32) -> Result<Self, Impossible> {
        let nearest =
            |switches, terminals| format!("Ring(switches: {switches}{})", terminals_field(terminals));
        check_terminals("terminals_per_switch", terminals, nearest(switches.max(3), 1))?;
        if switches < 3 {
            let reason = format!("a ring of {switches} is none: it takes at least 3 switches");
            return Err(Impossible::new("switches", reason).nearest([nearest(3, terminals)]));
        }
        let size = u64::from(switches);
        let links = size * (1 + u64::from(terminals));
        check_size("switches", Some(size), Some(links), || {
            nearest(switches.min(MOST_SWITCHES as u32), 1)
        })?;
        Ok(Self { switches, terminals })
    }
}

impl Family for Ring {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        format!("ring of {}{}", self.switches, terminals_in_words(self.terminals))
    }

    fn closed_forms(&self) -> ClosedForms {
        let (n, c) = (u128::from(self.switches), u128::from(self.terminals));
        let pairs = if n % 2 == 0 {
            n * n * n / 4
        } else {
            n * (n * n - 1) / 4
        };
        ClosedForms {
            switches: Form::new(n as u64, "N"),
            terminals: Form::new((n * c) as u64, "N c, c on each switch"),
            radix: Form::new(2 + c as u64, "2 + c"),
            links: Form::new(n as u64, "N"),
            diameter: Form::new(self.switches / 2, "N/2 rounded down"),
            distance_total: Form::new(pairs * c * c, "N/4 (N even) or (N - 1/N)/4 (N odd)"),
            // Of an odd number the switch in the middle is as near to either half.
            bisection: Form::new(2, "2"),
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let mut builder = GraphBuilder::new(Units::Abstract);
        for switch in 0..self.switches {
            builder.switch(format!("s{switch}"), Some(Location::Circle(switch)))?;
            add_terminals(&mut builder, switch, 2, self.terminals)?;
        }
        for switch in 0..self.switches {
            builder.link(abstract_link((switch, 0), ((switch + 1) % self.switches, 1)))?;
        }
        builder.build()
    }
}
