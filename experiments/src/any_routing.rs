//! The routing of a fabric, whichever it is.

use std::ops::Range;
use std::sync::Arc;

use fabricsim_core::{Candidates, Draw, Packet, Place, Routing, Selection};
use fabricsim_topologies::graph::{
    AnyFamily, DragonflyMinimal, DragonflyUgalL, DragonflyValiant, HyperX, HyperXDimensionOrder,
    NearestCommonAncestor, NotRoutable, ShortestPath, Spread, Up, UpDown, WeightedTables, WiredGraph,
};
use fabricsim_topologies::{
    AdaptiveBubble, BubbleDimensionOrder, ChannelLoads, ChannelNeeds, Dateline, Demand, DimensionOrder, Grid,
    GridChannels, HalfWay, MinimalAdaptive, NotComputed, O1Turn, OddEven, Proof, Romm, TurnModel, Turns,
    Valiant, VirtualOutputQueues, WorstCase, channel_loads, prove, worst_case_on_grid,
};

use crate::experiment::{self, FabricSpec, Queueing, Topology};

/// Writes the enum, and asks each variant the same.
macro_rules! routings {
    ($($variant:ident($routing:ty),)+) => {
        /// The routing of a fabric: a variant an algorithm, so that the engine calls no virtual function.
        #[derive(Debug)]
        #[allow(missing_docs)]
        pub enum AnyRouting {
            $($variant($routing),)+
        }

        impl AnyRouting {
            /// Whether it can deadlock, in the virtual channels of one message class.
            pub fn prove(&self) -> Proof {
                match self {
                    $(Self::$variant(routing) => prove(routing),)+
                }
            }
        }

        impl Routing for AnyRouting {
            #[inline(always)]
            fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
                match self {
                    $(Self::$variant(routing) => routing.route(at, dest, tag, draw, out),)+
                }
            }

            fn max_candidates(&self) -> usize {
                match self {
                    $(Self::$variant(routing) => routing.max_candidates(),)+
                }
            }

            fn selection(&self) -> Selection {
                match self {
                    $(Self::$variant(routing) => routing.selection(),)+
                }
            }

            fn terminals_are_alike(&self) -> bool {
                match self {
                    $(Self::$variant(routing) => routing.terminals_are_alike(),)+
                }
            }

            fn same_place(&self, at: Place) -> Place {
                match self {
                    $(Self::$variant(routing) => routing.same_place(at),)+
                }
            }

            #[inline]
            fn injection_vcs(&self, packet: &Packet, all: u8) -> Range<u8> {
                match self {
                    $(Self::$variant(routing) => routing.injection_vcs(packet, all),)+
                }
            }
        }
    };
}

/// Asks the routings of grids that are oblivious; `None` of the others.
macro_rules! of_oblivious {
    ($of:expr, |$routing:ident| $answer:expr) => {
        match $of {
            AnyRouting::DimensionOrder($routing) => Some($answer),
            AnyRouting::VirtualOutputQueues($routing) => Some($answer),
            AnyRouting::BubbleDimensionOrder($routing) => Some($answer),
            AnyRouting::Valiant($routing) => Some($answer),
            AnyRouting::Romm($routing) => Some($answer),
            AnyRouting::O1Turn($routing) => Some($answer),
            _ => None,
        }
    };
}

routings! {
    DimensionOrder(DimensionOrder),
    Valiant(Valiant),
    Romm(Romm),
    O1Turn(O1Turn),
    MinimalAdaptive(MinimalAdaptive),
    BubbleDimensionOrder(BubbleDimensionOrder),
    AdaptiveBubble(AdaptiveBubble),
    TurnModel(TurnModel),
    OddEven(OddEven),
    VirtualOutputQueues(VirtualOutputQueues),
    ShortestPath(ShortestPath),
    UpDown(UpDown),
    HyperXDimensionOrder(HyperXDimensionOrder),
    NearestCommonAncestor(NearestCommonAncestor),
    DragonflyMinimal(DragonflyMinimal),
    DragonflyValiant(DragonflyValiant),
    DragonflyUgalL(DragonflyUgalL),
    WeightedTables(WeightedTables),
}

/// The virtual channels that a routing needs on a grid, in each message class; `None` where it has other answers to too few.
pub fn channel_needs(routing: experiment::Routing) -> Option<ChannelNeeds> {
    use experiment::Routing as Name;
    match routing {
        Name::Valiant => Some(Valiant::NEEDS),
        Name::Romm => Some(Romm::NEEDS),
        Name::O1Turn => Some(O1Turn::NEEDS),
        Name::MinimalAdaptive => Some(MinimalAdaptive::NEEDS),
        Name::AdaptiveBubble => Some(AdaptiveBubble::NEEDS),
        // The others are proved with one, or a cycle is shown.
        _ => None,
    }
}

/// The fewest virtual channels that a routing can have on a graph, in each message class. Whether these are enough is proved.
pub fn channels_on_graphs(routing: experiment::Routing) -> u8 {
    use experiment::Routing as Name;
    match routing {
        Name::Minimal => DragonflyMinimal::NEEDS,
        Name::Valiant => DragonflyValiant::NEEDS,
        Name::UgalL => DragonflyUgalL::NEEDS,
        Name::WeightedTables => WeightedTables::NEEDS,
        _ => 1,
    }
}

/// The routings that a topology may have.
pub fn routings_of(topology: &Topology) -> Vec<experiment::Routing> {
    use experiment::Routing as Name;
    let graph = match topology {
        Topology::Graph(graph) => graph,
        Topology::Torus(_) | Topology::Mesh(_) => {
            let of_graphs = [
                Name::NearestCommonAncestor,
                Name::AdaptiveNearestCommonAncestor,
                Name::DModK,
                Name::Minimal,
                Name::UgalL,
                Name::WeightedTables,
            ];
            let mut all = Name::ALL.to_vec();
            all.retain(|routing| !of_graphs.contains(routing));
            return all;
        }
    };
    let of_family: &[Name] = match &graph.family {
        Some(
            AnyFamily::HyperX(_)
            | AnyFamily::FlattenedButterfly(_)
            | AnyFamily::Hypercube(_)
            | AnyFamily::CompleteGraph(_),
        ) => &[Name::DimensionOrder],
        Some(AnyFamily::KAryNTree(_)) => &[
            Name::NearestCommonAncestor,
            Name::AdaptiveNearestCommonAncestor,
            Name::DModK,
        ],
        Some(AnyFamily::Dragonfly(_)) => &[Name::Minimal, Name::Valiant, Name::UgalL],
        Some(AnyFamily::EnergyCard(_) | AnyFamily::CardChain(_) | AnyFamily::CardGrid(_)) | None => {
            &[Name::WeightedTables]
        }
        Some(AnyFamily::GridFabric(_) | AnyFamily::Ring(_) | AnyFamily::CalxedaRack(_)) => &[],
    };
    [of_family, &[Name::ShortestPath, Name::UpDown]].concat()
}

impl AnyRouting {
    /// By the coordinates of a grid, for the virtual channels of one message class.
    pub fn on_grid(spec: &FabricSpec, grid: &Grid, channels: &GridChannels) -> Result<Self, NotRoutable> {
        use experiment::Routing as Name;
        // Where there is no ring nothing is half-way, and there is no dateline.
        let half_way = spec.half_way.map_or(HalfWay::Random, HalfWay::from);
        let dateline = spec.dateline.map_or(Dateline::AtDateline, Dateline::from);
        let selection = spec.selection.map_or(Selection::MostCredits, Selection::from);
        let turns = |turns| Self::TurnModel(TurnModel::new(grid, channels, turns, selection));
        Ok(match spec.routing {
            Name::DimensionOrder => {
                let dateline = spec.dateline.map(Dateline::from);
                let routing = DimensionOrder::new(grid, channels, dateline, half_way);
                match spec.queueing {
                    Queueing::VirtualOutputQueues => {
                        Self::VirtualOutputQueues(VirtualOutputQueues::new(routing))
                    }
                    _ => Self::DimensionOrder(routing),
                }
            }
            Name::Valiant => Self::Valiant(Valiant::new(grid, channels, dateline, half_way)),
            Name::Romm => Self::Romm(Romm::new(grid, channels, dateline, half_way)),
            Name::O1Turn => Self::O1Turn(O1Turn::new(grid, channels, dateline, half_way)),
            Name::MinimalAdaptive => {
                Self::MinimalAdaptive(MinimalAdaptive::new(grid, channels, half_way, selection))
            }
            Name::BubbleDimensionOrder => {
                Self::BubbleDimensionOrder(BubbleDimensionOrder::new(grid, channels, half_way))
            }
            Name::AdaptiveBubble => {
                Self::AdaptiveBubble(AdaptiveBubble::new(grid, channels, half_way, selection))
            }
            Name::WestFirst => turns(Turns::WestFirst),
            Name::NorthLast => turns(Turns::NorthLast),
            Name::NegativeFirst => turns(Turns::NegativeFirst),
            Name::OddEven => Self::OddEven(OddEven::new(grid, channels, selection)),
            _ => return Err(not_routed(spec)),
        })
    }

    /// By the links of a graph, for the virtual channels of one message class.
    pub fn on_graph(spec: &FabricSpec, wired: &Arc<WiredGraph>, channels: u8) -> Result<Self, NotRoutable> {
        use experiment::Routing as Name;
        let wired = Arc::clone(wired);
        let spread = spec.spread.map_or(Spread::Packet, Spread::from);
        let climbing = |wired, tree, up| {
            NearestCommonAncestor::new(wired, tree, up, channels).map(Self::NearestCommonAncestor)
        };
        match (spec.routing, family(spec)) {
            (Name::ShortestPath, _) => ShortestPath::new(wired, spread, channels).map(Self::ShortestPath),
            (Name::WeightedTables, _) => WeightedTables::new(wired, channels).map(Self::WeightedTables),
            (Name::UpDown, _) => UpDown::new(wired, spread, channels).map(Self::UpDown),
            (Name::DimensionOrder, Some(family)) => {
                let hyperx = as_hyperx(family).ok_or_else(|| not_routed(spec))?;
                HyperXDimensionOrder::new(wired, &hyperx, channels).map(Self::HyperXDimensionOrder)
            }
            (Name::Minimal, Some(AnyFamily::Dragonfly(dragonfly))) => {
                DragonflyMinimal::new(wired, dragonfly, channels).map(Self::DragonflyMinimal)
            }
            (Name::Valiant, Some(AnyFamily::Dragonfly(dragonfly))) => {
                DragonflyValiant::new(wired, dragonfly, channels).map(Self::DragonflyValiant)
            }
            (Name::UgalL, Some(AnyFamily::Dragonfly(dragonfly))) => {
                DragonflyUgalL::new(wired, dragonfly, channels).map(Self::DragonflyUgalL)
            }
            (Name::NearestCommonAncestor, Some(AnyFamily::KAryNTree(tree))) => {
                climbing(wired, tree, Up::Random)
            }
            (Name::AdaptiveNearestCommonAncestor, Some(AnyFamily::KAryNTree(tree))) => {
                climbing(wired, tree, Up::Adaptive)
            }
            (Name::DModK, Some(AnyFamily::KAryNTree(tree))) => climbing(wired, tree, Up::DModK),
            _ => Err(not_routed(spec)),
        }
    }

    /// The most ways on that it will offer.
    pub fn most_candidates(spec: &FabricSpec) -> usize {
        use experiment::Routing as Name;
        let Some(grid) = spec.routed_grid() else {
            return match (spec.routing, family(spec)) {
                (Name::AdaptiveNearestCommonAncestor, Some(AnyFamily::KAryNTree(tree))) => {
                    NearestCommonAncestor::most_candidates(tree, Up::Adaptive)
                }
                (Name::WeightedTables, _) => WeightedTables::MAX_CANDIDATES,
                _ => 1,
            };
        };
        match spec.routing {
            Name::MinimalAdaptive => MinimalAdaptive::most_candidates(grid),
            Name::AdaptiveBubble => AdaptiveBubble::most_candidates(grid),
            Name::WestFirst | Name::NorthLast | Name::NegativeFirst => TurnModel::most_candidates(grid),
            Name::OddEven => OddEven::MAX_CANDIDATES,
            _ => DimensionOrder::MAX_CANDIDATES,
        }
    }

    /// Bytes that it will take: on grids all have the table of dimension order.
    pub fn bytes(spec: &FabricSpec) -> u64 {
        match spec.routed_grid() {
            Some(grid) => DimensionOrder::table_bytes(grid),
            None => {
                // An entry of a byte for each place and destination, as a rule; up*/down* has two places a switch.
                let entries = u64::from(spec.topology.switches()) * u64::from(spec.topology.homes());
                match spec.routing {
                    experiment::Routing::ShortestPath => entries,
                    experiment::Routing::UpDown | experiment::Routing::WeightedTables => 2 * entries,
                    _ => 0,
                }
            }
        }
    }

    /// The expected loads on a grid; `None` where it is adaptive.
    pub fn loads_on_grid(&self, mixture: &[(f64, Demand)]) -> Option<Result<ChannelLoads, NotComputed>> {
        of_oblivious!(self, |routing| channel_loads(routing, mixture))
    }

    /// The permutation that it carries worst on a grid whose links carry a flit a cycle each; `None` where it is adaptive.
    pub fn worst_case_on_grid(&self) -> Option<Result<Option<WorstCase>, NotComputed>> {
        of_oblivious!(self, |routing| worst_case_on_grid(routing))
    }
}

/// The family of a fabric that is routed as a graph, if it is of one.
fn family(spec: &FabricSpec) -> Option<&AnyFamily> {
    match &spec.topology {
        Topology::Graph(graph) => graph.family.as_ref(),
        Topology::Torus(_) | Topology::Mesh(_) => None,
    }
}

/// The families that are a HyperX by another name.
fn as_hyperx(family: &AnyFamily) -> Option<HyperX> {
    match family {
        AnyFamily::HyperX(hyperx) => Some(hyperx.clone()),
        AnyFamily::FlattenedButterfly(butterfly) => Some(butterfly.as_hyperx().clone()),
        AnyFamily::Hypercube(cube) => Some(cube.as_hyperx()),
        AnyFamily::CompleteGraph(graph) => Some(graph.as_hyperx()),
        _ => None,
    }
}

fn not_routed(spec: &FabricSpec) -> NotRoutable {
    NotRoutable::OtherFamily {
        family: spec.topology.to_string(),
    }
}
