//! A fabric of whichever family.

use super::builder::GraphError;
use super::closed_forms::ClosedForms;
use super::fabric_graph::FabricGraph;
use super::family::{Family, FamilyEntry};
use super::{
    CalxedaRack, CardChain, CardGrid, CompleteGraph, Dragonfly, EnergyCard, FlattenedButterfly, GridFabric,
    HyperX, Hypercube, KAryNTree, Ring,
};

/// Writes an enum with a variant a family, and asks each the same.
macro_rules! families {
    ($($family:ident,)+) => {
        /// A variant a family, for those who need to know which.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum AnyFamily {
            $($family($family),)+
        }

        impl AnyFamily {
            fn inner(&self) -> &dyn Family {
                match self {
                    $(Self::$family(family) => family,)+
                }
            }
        }

        $(impl From<$family> for AnyFamily {
            fn from(family: $family) -> Self {
                Self::$family(family)
            }
        })+
    };
}

families! {
    GridFabric,
    Ring,
    Hypercube,
    CompleteGraph,
    KAryNTree,
    Dragonfly,
    FlattenedButterfly,
    HyperX,
    EnergyCard,
    CardChain,
    CardGrid,
    CalxedaRack,
}

impl Family for AnyFamily {
    fn entry(&self) -> &'static FamilyEntry {
        self.inner().entry()
    }

    fn title(&self) -> String {
        self.inner().title()
    }

    fn closed_forms(&self) -> ClosedForms {
        self.inner().closed_forms()
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        self.inner().graph()
    }
}
