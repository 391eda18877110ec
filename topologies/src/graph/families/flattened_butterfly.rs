//! Flattened butterfly.

use fabricsim_core::{Entry, Parameter};

use super::super::builder::GraphError;
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::FabricGraph;
use super::super::family::{Family, FamilyEntry, Impossible};
use super::HyperX;

/// As many stages are too many of any k.
const MOST_STAGES: u32 = 64;

/// The k-ary n-flat: the rows of a k-ary n-fly, each made one switch: k^(n-1) switches of k terminals, linked to all
/// others of a row in each of n - 1 dimensions. Ports as of a [`HyperX`].
///
/// J. Kim, W. J. Dally and D. Abts, "Flattened Butterfly: A Cost-Efficient Topology for High-Radix Networks", ISCA
/// 2007, section 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlattenedButterfly {
    k: u32,
    n: u32,
    /// The same fabric by its other name.
    hyperx: HyperX,
}

impl FlattenedButterfly {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "FlattenedButterfly",
            help: "k-ary n-flat: k^(n-1) switches of k terminals, rows of n - 1 dimensions linked",
            parameters: &[
                Parameter {
                    name: "k",
                    help: "switches along each dimension, and terminals on a switch; at least 2",
                },
                Parameter {
                    name: "n",
                    help: "stages of the butterfly, one more than dimensions; at least 2",
                },
            ],
        },
        paper: "Kim, Dally & Abts, ISCA 2007",
        example: "FlattenedButterfly(k: 8, n: 2)",
        grades: &[],
    };

    /// The k-ary n-flat.
    ///
    /// # Errors
    /// k or n below 2, too many switches or links.
    pub fn new(k: u32, n: u32) -> Result<Self, Impossible> {
        let written = |k: u32, n: u32| format!("FlattenedButterfly(k: {k}, n: {n})");
        for (name, value) in [("k", k), ("n", n)] {
            if value < 2 {
                let reason = format!("{name} is {value}, but must be at least 2");
                return Err(Impossible::new(name, reason).nearest([written(k.max(2), n.max(2))]));
            }
        }
        let hyperx = switches_of(k, n).map_err(|error| {
            let smaller = (2..n.min(MOST_STAGES)).rev().find(|&n| switches_of(k, n).is_ok());
            let nearest = smaller.map_or_else(|| written(k.min(1024), 2), |n| written(k, n));
            Impossible::new("n", error.reason).nearest([nearest])
        })?;
        Ok(Self { k, n, hyperx })
    }

    /// The same fabric by its other name.
    pub fn as_hyperx(&self) -> &HyperX {
        &self.hyperx
    }
}

/// The switches as a HyperX.
fn switches_of(k: u32, n: u32) -> Result<HyperX, Impossible> {
    let dimensions = n.min(MOST_STAGES) - 1;
    HyperX::new(vec![k; dimensions as usize], None, k)
}

impl Family for FlattenedButterfly {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        format!("{}-ary {}-flat", self.k, self.n)
    }

    fn closed_forms(&self) -> ClosedForms {
        let (k, n) = (u64::from(self.k), u64::from(self.n));
        let of_hyperx = self.hyperx.closed_forms();
        let switches = k.pow(self.n - 1);
        ClosedForms {
            switches: Form::new(switches, "k^(n-1)"),
            terminals: Form::new(switches * k, "k^n"),
            radix: Form::new(n * (k - 1) + 1, "n (k - 1) + 1"),
            links: Form::new(switches * (n - 1) * (k - 1) / 2, "k^(n-1) (n-1) (k-1) / 2"),
            diameter: Form::new(self.n - 1, "n - 1"),
            distance_total: of_hyperx
                .distance_total
                .and_then(|form| Form::new(form.value, "(n - 1) (1 - 1/k)")),
            bisection: of_hyperx
                .bisection
                .and_then(|form| Form::new(form.value, "k^n / 4, k even")),
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        self.hyperx.graph()
    }
}
