//! The bare names that experiments may write: one variant, one spelling, in files, tables and messages.

use std::fmt;

use fabricsim_core as core;
use serde::{Deserialize, Serialize};

/// An enum of bare names that knows all of them and shows each as it is written.
macro_rules! bare_names {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every name, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name as experiments write it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }
    };
}

bare_names! {
    /// Defaults that go together. A value in the file always wins.
    pub enum Preset {
        /// The reference simulator's: `dateline: OnEntry`, `half_way: Random`, `vc_reallocation: NonAtomic`, `long_stages: Batched`; all
        /// else as without a preset.
        BookSim,
        /// The fabric of the Calxeda ECX-1000: physical, 200 ns a hop, 10 Gb/s a link, Ethernet frames.
        CalxedaEcx1000,
    }
}

bare_names! {
    /// How packets find their way.
    pub enum Routing {
        /// Dimension after dimension, each by the shorter way round (Dally & Towles, section 8.4.2).
        DimensionOrder,
        /// By way of a random switch (Valiant & Brebner 1981).
        Valiant,
        /// By way of a random switch on a shortest way (Nesson & Johnsson 1995).
        Romm,
        /// x first or y first at random (Seo et al. 2005).
        O1Turn,
        /// Every shortest way, with an escape (Duato 1993).
        MinimalAdaptive,
        /// Dimension order that leaves a hole in every ring (Carrión et al. 1997).
        BubbleDimensionOrder,
        /// Every shortest way, with rings that keep a hole as escape (Puente et al. 2001).
        AdaptiveBubble,
        /// Adaptive on meshes, to the west first (Glass & Ni 1992).
        WestFirst,
        /// Adaptive on meshes, to the north last (Glass & Ni 1992).
        NorthLast,
        /// Adaptive on meshes, in negative directions first (Glass & Ni 1992).
        NegativeFirst,
        /// Adaptive on meshes, turning by the parity of the column (Chiu 2000).
        OddEven,
        /// Every shortest way of any fabric; classes of virtual channels by links crossed (Merlin & Schweitzer 1980).
        ShortestPath,
        /// Up a tree that spans the fabric and down again, by every shortest such way (Schroeder et al. 1991).
        UpDown,
        /// Up a fat tree at random to the nearest common ancestor, and down.
        NearestCommonAncestor,
        /// Up a fat tree where there are most credits to the nearest common ancestor, and down.
        AdaptiveNearestCommonAncestor,
        /// Up a fat tree by the digits of the destination, and down (Zahavi 2010).
        DModK,
        /// At most a local, a global and a local link of a dragonfly (Kim et al. 2008).
        Minimal,
        /// The minimal way of a dragonfly or one by way of a random group, by the queues of the switch (Kim et al. 2008).
        UgalL,
        /// By the weights of Calxeda's routing tables, with up*/down* as escape.
        WeightedTables,
    }
}

impl Routing {
    /// Whether it chooses by congestion.
    pub fn is_adaptive(self) -> bool {
        match self {
            Self::DimensionOrder
            | Self::Valiant
            | Self::Romm
            | Self::O1Turn
            | Self::BubbleDimensionOrder
            | Self::ShortestPath
            | Self::UpDown
            | Self::NearestCommonAncestor
            | Self::DModK
            | Self::Minimal
            // Once it has chosen, a packet has one way.
            | Self::UgalL => false,
            Self::MinimalAdaptive
            | Self::AdaptiveBubble
            | Self::WestFirst
            | Self::NorthLast
            | Self::NegativeFirst
            | Self::OddEven
            | Self::AdaptiveNearestCommonAncestor
            | Self::WeightedTables => true,
        }
    }

    /// Whether it spreads packets over ways that are as good, by a rule that can be chosen.
    pub fn spreads(self) -> bool {
        matches!(self, Self::ShortestPath | Self::UpDown)
    }

    /// Whether it takes any fabric as a graph.
    pub fn takes_any_graph(self) -> bool {
        matches!(self, Self::ShortestPath | Self::UpDown)
    }

    /// Whether a dateline rule breaks its rings.
    pub fn has_dateline(self) -> bool {
        matches!(
            self,
            Self::DimensionOrder | Self::Valiant | Self::Romm | Self::O1Turn
        )
    }
}

bare_names! {
    /// Which of several ways on that are open a packet asks for.
    pub enum Selection {
        /// The port with the most credits, an escape where no other is open.
        MostCredits,
        /// All of them: the allocator chooses.
        AnyFree,
    }
}

impl From<Spread> for fabricsim_topologies::graph::Spread {
    fn from(name: Spread) -> Self {
        match name {
            Spread::Packet => Self::Packet,
            Spread::Flow => Self::Flow,
        }
    }
}

impl From<Selection> for core::Selection {
    fn from(name: Selection) -> Self {
        match name {
            Selection::MostCredits => Self::MostCredits,
            Selection::AnyFree => Self::AnyFree,
        }
    }
}

bare_names! {
    /// What takes one of several ways that are as good.
    pub enum Spread {
        /// Each packet at each switch, at random.
        Packet,
        /// All packets between two terminals the same, by a hash of the two: as ECMP does.
        Flow,
    }
}

bare_names! {
    /// The direction taken at exactly half a ring, where both are as short.
    pub enum HalfWay {
        /// Either, each as likely, drawn for every packet and dimension.
        Random,
        /// Always onwards.
        Plus,
        /// By the parity of the source's coordinate.
        Parity,
    }
}

bare_names! {
    /// When a packet on a ring changes its class of virtual channels, which breaks the cycle.
    pub enum Dateline {
        /// As it crosses the wrap-around link (Dally & Towles, section 14.2.3).
        AtDateline,
        /// Fixed as it enters the ring, by whether it will cross the wrap-around link (BookSim2).
        OnEntry,
    }
}

/// Where the packets of a terminal go. `Uniform` and `Adversarial` draw a destination for each; the others are
/// permutations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Pattern {
    /// Every terminal as likely.
    Uniform,
    /// ceil(k/2) - 1 switches onwards in every dimension of k switches.
    Tornado,
    /// First and second half of the coordinates swapped.
    Transpose,
    /// Every bit of the terminal's number inverted.
    BitComplement,
    /// The bits of the terminal's number in reverse.
    BitReverse,
    /// The bits of the terminal's number rotated left by one.
    Shuffle,
    /// One switch onwards in every dimension.
    Neighbor,
    /// Every terminal of another block as likely: of a dragonfly's group, elsewhere of a switch.
    Adversarial {
        /// How many blocks on.
        offset: u32,
    },
}

bare_names! {
    /// How the creation of packets is spread over time.
    pub enum Injection {
        /// A packet in each cycle with one probability.
        Bernoulli,
        /// Exponential gaps in continuous time.
        Poisson,
        /// Even gaps, from a random phase.
        Periodic,
    }
}

bare_names! {
    /// When an output virtual channel may be given to a new packet.
    pub enum VcReallocation {
        /// As soon as the tail of the packet before has won the switch.
        NonAtomic,
        /// When there is room for the whole packet; for one longer than the buffer, when it is empty.
        WholePacketFits,
        /// When it is empty, all its credits back.
        Atomic,
    }
}

bare_names! {
    /// How route computation and switch traversal take new flits where they last several cycles.
    pub enum LongStages {
        /// Every cycle, as in the textbook.
        Pipelined,
        /// All that wait, when those before have left, as BookSim2 does.
        Batched,
    }
}

bare_names! {
    /// Where packets wait in a switch.
    pub enum Queueing {
        /// In the virtual channels of the input ports.
        VirtualChannels,
        /// In one queue at each input port.
        Fifo,
        /// In a queue for each output at every input port, of a single switch.
        VirtualOutputQueues,
        /// At the output ports: the switch is as much faster than its links as it has ports.
        OutputQueues,
    }
}

bare_names! {
    /// When a packet goes on from a switch.
    pub enum Switching {
        /// Flit by flit, as there are credits.
        Wormhole,
        /// Once its head is there and the next buffer has room for all of it.
        CutThrough,
        /// Once its tail is there and the next buffer has room for all of it.
        StoreAndForward,
    }
}

impl From<Switching> for core::Switching {
    fn from(name: Switching) -> Self {
        match name {
            Switching::Wormhole => Self::Wormhole,
            Switching::CutThrough => Self::CutThrough,
            Switching::StoreAndForward => Self::StoreAndForward,
        }
    }
}

impl From<core::Switching> for Switching {
    fn from(engine: core::Switching) -> Self {
        match engine {
            core::Switching::Wormhole => Self::Wormhole,
            core::Switching::CutThrough => Self::CutThrough,
            core::Switching::StoreAndForward => Self::StoreAndForward,
        }
    }
}

impl From<LongStages> for core::LongStages {
    fn from(name: LongStages) -> Self {
        match name {
            LongStages::Pipelined => Self::Pipelined,
            LongStages::Batched => Self::Batched,
        }
    }
}

impl From<core::LongStages> for LongStages {
    fn from(engine: core::LongStages) -> Self {
        match engine {
            core::LongStages::Pipelined => Self::Pipelined,
            core::LongStages::Batched => Self::Batched,
        }
    }
}

impl From<VcReallocation> for core::VcReallocation {
    fn from(name: VcReallocation) -> Self {
        match name {
            VcReallocation::NonAtomic => Self::NonAtomic,
            VcReallocation::WholePacketFits => Self::WholePacketFits,
            VcReallocation::Atomic => Self::Atomic,
        }
    }
}

impl From<core::VcReallocation> for VcReallocation {
    fn from(engine: core::VcReallocation) -> Self {
        match engine {
            core::VcReallocation::NonAtomic => Self::NonAtomic,
            core::VcReallocation::WholePacketFits => Self::WholePacketFits,
            core::VcReallocation::Atomic => Self::Atomic,
        }
    }
}

impl From<Injection> for fabricsim_traffic::Injection {
    fn from(name: Injection) -> Self {
        match name {
            Injection::Bernoulli => Self::Bernoulli,
            Injection::Poisson => Self::Poisson,
            Injection::Periodic => Self::Periodic,
        }
    }
}

impl From<HalfWay> for fabricsim_topologies::HalfWay {
    fn from(name: HalfWay) -> Self {
        match name {
            HalfWay::Random => Self::Random,
            HalfWay::Plus => Self::Plus,
            HalfWay::Parity => Self::Parity,
        }
    }
}

impl From<Dateline> for fabricsim_topologies::Dateline {
    fn from(name: Dateline) -> Self {
        match name {
            Dateline::AtDateline => Self::AtDateline,
            Dateline::OnEntry => Self::OnEntry,
        }
    }
}

impl fmt::Display for Pattern {
    /// As experiments write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adversarial { offset } => f.pad(&format!("{}(offset: {offset})", self.name())),
            _ => f.pad(self.name()),
        }
    }
}

impl Pattern {
    /// Its name.
    pub fn name(self) -> &'static str {
        self.with_self(true).name()
    }

    /// The pattern as `fabricsim-traffic` knows it; `include_self` has a meaning for `Uniform` alone.
    pub fn with_self(self, include_self: bool) -> fabricsim_traffic::Pattern {
        use fabricsim_traffic::Pattern as Traffic;
        match self {
            Self::Uniform => Traffic::Uniform { include_self },
            Self::Tornado => Traffic::Tornado,
            Self::Transpose => Traffic::Transpose,
            Self::BitComplement => Traffic::BitComplement,
            Self::BitReverse => Traffic::BitReverse,
            Self::Shuffle => Traffic::Shuffle,
            Self::Neighbor => Traffic::Neighbor,
            Self::Adversarial { offset } => Traffic::Adversarial { offset },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_other_packages() {
        for &half_way in HalfWay::ALL {
            assert_eq!(
                half_way.name(),
                fabricsim_topologies::HalfWay::from(half_way).name()
            );
        }
        for &dateline in Dateline::ALL {
            assert_eq!(
                dateline.name(),
                fabricsim_topologies::Dateline::from(dateline).name()
            );
        }
        for &injection in Injection::ALL {
            assert_eq!(
                injection.name(),
                fabricsim_traffic::Injection::from(injection).name()
            );
        }
        assert_eq!(Injection::ALL.len(), fabricsim_traffic::Injection::ALL.len());
    }

    #[test]
    fn rules_survive_the_engine_and_back() {
        for &name in VcReallocation::ALL {
            assert_eq!(VcReallocation::from(core::VcReallocation::from(name)), name);
        }
        for &name in LongStages::ALL {
            assert_eq!(LongStages::from(core::LongStages::from(name)), name);
        }
    }
}
