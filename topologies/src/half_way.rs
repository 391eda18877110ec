//! What to do at exactly half a ring.

/// The direction of a packet whose destination lies exactly half a ring away, where both are shortest.
/// Matters in rings of even side only. The figures are channel bounds of the 8x8 torus under dimension order as
/// fractions of its capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HalfWay {
    /// Either at random, as likely (BookSim2). Keeps all of the uniform capacity; transpose gets 0.286.
    Random,
    /// Always +. Loses 20 % of the uniform capacity (0.8), since the - links carry less; transpose gets 0.250.
    Plus,
    /// From an even coordinate +, from an odd one -. Keeps all of the uniform capacity, and transpose gets
    /// 0.250: reproduces the numbers published for dimension order (Singh et al. 2002, 2003).
    Parity,
}

impl HalfWay {
    /// Every option, the default first.
    pub const ALL: [Self; 3] = [Self::Random, Self::Plus, Self::Parity];

    /// Its name in experiments.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "Random",
            Self::Plus => "Plus",
            Self::Parity => "Parity",
        }
    }
}
