//! What a family knows of its fabrics without counting.

/// A quantity with the formula that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form<T> {
    /// The quantity.
    pub value: T,
    /// The formula, in the letters of the family's parameters.
    pub formula: &'static str,
}

impl<T> Form<T> {
    /// A value by a formula.
    pub(super) fn new(value: T, formula: &'static str) -> Option<Self> {
        Some(Self { value, formula })
    }
}

/// The quantities that have closed forms; `None` of those that have none. They equal what
/// [`FabricGraph`](super::FabricGraph) counts, which tests hold for all small parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClosedForms {
    /// Number of switches.
    pub switches: Option<Form<u64>>,
    /// Number of terminals.
    pub terminals: Option<Form<u64>>,
    /// Ports in use on the switch with the most, terminals included.
    pub radix: Option<Form<u64>>,
    /// Full-duplex links between switches.
    pub links: Option<Form<u64>>,
    /// Largest distance between the switches of terminals \[links\].
    pub diameter: Option<Form<u32>>,
    /// Sum of the distances of all ordered pairs of terminals; the formula is that of the mean, each terminal's
    /// distance 0 to itself included.
    pub distance_total: Option<Form<u128>>,
    /// Full-duplex links between two halves of the terminals, the least.
    pub bisection: Option<Form<u64>>,
}
