//! Dimension order in a part of the virtual channels.

use fabricsim_core::{Candidate, Draw, Place};

use crate::channels::VcRange;
use crate::compass::{Axis, Compass, Order};
use crate::grid::opposite;
use crate::{Dateline, Grid};

/// One dimension after the other to some switch, by the shorter way, in virtual channels of its own.
#[derive(Clone, Debug)]
pub(crate) struct Leg {
    order: Order,
    dateline: Dateline,
    by_dimension: Vec<Part>,
}

/// The virtual channels of one dimension.
#[derive(Clone, Copy, Debug)]
struct Part {
    all: VcRange,
    /// On rings that a dateline breaks.
    classes: Option<[VcRange; 2]>,
}

impl Leg {
    /// In the virtual channels `part(d)` of dimension d. Without `dateline`, and in a part of one virtual channel, rings
    /// have no classes.
    pub fn new(
        grid: &Grid,
        part: impl Fn(usize) -> VcRange,
        dateline: Option<Dateline>,
        order: Order,
    ) -> Self {
        let of_dimension = |dimension| {
            let all = part(dimension);
            let has_classes = dateline.is_some() && grid.is_ring(dimension) && all.vcs > 1;
            Part {
                all,
                classes: has_classes.then(|| all.halves()),
            }
        };
        Self {
            order,
            dateline: dateline.unwrap_or(Dateline::AtDateline),
            by_dimension: (0..grid.dimensions()).map(of_dimension).collect(),
        }
    }

    /// Whether a dimension is a ring with two classes.
    pub fn has_classes(&self, dimension: usize) -> bool {
        self.by_dimension[dimension].classes.is_some()
    }

    pub fn dateline(&self) -> Dateline {
        self.dateline
    }

    /// The next hop from position `here` to `there`, another. `begins`: the packet begins this leg here, so that where
    /// it came from means nothing.
    #[inline(always)]
    pub fn step(
        &self,
        compass: &Compass,
        at: Place,
        (here, there): (u64, u64),
        begins: bool,
        draw: &mut impl Draw,
    ) -> Candidate {
        let axis = compass.next_axis(here, there, self.order);
        let (from, to) = (axis.coordinate(here), axis.coordinate(there));
        let continues = !begins && axis.is_of(at.in_port);
        let port = if continues {
            opposite(at.in_port)
        } else {
            compass.entry_port(axis, from, to, draw)
        };
        let part = &self.by_dimension[axis.dimension()];
        let Some([class_0, class_1]) = part.classes else {
            return part.all.of_port(port);
        };
        let was_class_1 = continues && at.in_vc >= class_1.first;
        let channels = if self.is_class_1(axis, (from, to), port, continues, was_class_1) {
            class_1
        } else {
            class_0
        };
        channels.of_port(port)
    }

    #[inline(always)]
    fn is_class_1(
        &self,
        axis: &Axis,
        (from, to): (u32, u32),
        port: u8,
        continues: bool,
        was_class_1: bool,
    ) -> bool {
        match self.dateline {
            Dateline::AtDateline => was_class_1 || axis.crosses_dateline(from, port),
            Dateline::OnEntry if continues => was_class_1,
            Dateline::OnEntry => from > to,
        }
    }
}
