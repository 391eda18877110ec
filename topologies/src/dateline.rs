//! How rings are broken by classes of virtual channels.

/// How the two classes of virtual channels break the cycle of a ring. Class 0 is the lower half of the
/// virtual channels (the larger one if their number is odd), class 1 the upper half.
///
/// The link that closes the ring, between the last position and 0, is the dateline. The channel bound is the
/// same with either rule, and the dateline itself carries only one class in each direction; what differs is
/// how evenly the other links use the two, and with that how near to its bound a fabric comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dateline {
    /// Class 0 up to the dateline, class 1 on the dateline and after it (Dally & Seitz, "Deadlock-free
    /// message routing in multiprocessor interconnection networks", 1987). Links that no packet reaches after
    /// the dateline, about half of a ring, use class 0 alone.
    AtDateline,
    /// Chosen on entering the dimension and kept: class 1 if the position is above the destination's, else
    /// class 0 (BookSim2's `dim_order`). In the + direction those are the packets that will cross the
    /// dateline, in the - direction those that will not. More links use both classes than with
    /// [`Dateline::AtDateline`].
    OnEntry,
}

impl Dateline {
    /// Both rules, the default first.
    pub const ALL: [Self; 2] = [Self::AtDateline, Self::OnEntry];

    /// Its name in experiments.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtDateline => "AtDateline",
            Self::OnEntry => "OnEntry",
        }
    }
}
