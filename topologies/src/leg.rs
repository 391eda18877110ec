//! Dimension order in a part of the virtual channels.

use fabricsim_core::{Candidate, Draw, Place};

use crate::channels::VcRange;
use crate::compass::{Compass, Order};
use crate::grid::{dimension_of, opposite};
use crate::{Dateline, Grid};

/// One dimension after the other to some switch, by the shorter way, in virtual channels of its own.
#[derive(Clone, Debug)]
pub(crate) struct Leg {
    order: Order,
    dateline: Dateline,
    by_port: Vec<Exit>,
}

/// A port of the grid's links as a way on.
#[derive(Clone, Copy, Debug)]
struct Exit {
    /// In each dateline class of its ring; twice the same where there are none.
    by_class: [Candidate; 2],
    /// The first virtual channel of class 1, or [`NO_CLASSES`].
    class_1: u8,
}

/// Of a dimension without dateline classes: no virtual channel is of class 1.
const NO_CLASSES: u8 = u8::MAX;

impl Leg {
    /// In the virtual channels `part(d)` of dimension d. Without `dateline`, and in a part of one virtual channel, rings
    /// have no classes.
    pub fn new(
        grid: &Grid,
        part: impl Fn(usize) -> VcRange,
        dateline: Option<Dateline>,
        order: Order,
    ) -> Self {
        let exit = |port: u8| {
            let dimension = dimension_of(port);
            let all = part(dimension);
            let has_classes = dateline.is_some() && grid.is_ring(dimension) && all.vcs > 1;
            let [class_0, class_1] = if has_classes { all.halves() } else { [all, all] };
            Exit {
                by_class: [class_0.of_port(port), class_1.of_port(port)],
                class_1: if has_classes { class_1.first } else { NO_CLASSES },
            }
        };
        Self {
            order,
            dateline: dateline.unwrap_or(Dateline::AtDateline),
            by_port: (0..grid.first_terminal_port()).map(exit).collect(),
        }
    }

    /// Whether a dimension is a ring with two classes.
    pub fn has_classes(&self, dimension: usize) -> bool {
        self.by_port[2 * dimension].class_1 != NO_CLASSES
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
        if !begins && compass.goes_straight_on(at.in_port, here, there) {
            return self.straight_on(compass, at, here);
        }
        let axis = compass.next_axis(here, there, self.order);
        let (from, to) = (axis.coordinate(here), axis.coordinate(there));
        let port = compass.entry_port(axis, from, to, draw);
        let is_class_1 = match self.dateline {
            Dateline::AtDateline => axis.crosses_dateline(from, port),
            Dateline::OnEntry => from > to,
        };
        self.by_port[usize::from(port)].by_class[usize::from(is_class_1)]
    }

    /// In the direction and the class in which it came, unless it crosses a dateline that changes the class.
    #[inline(always)]
    fn straight_on(&self, compass: &Compass, at: Place, here: u64) -> Candidate {
        let port = opposite(at.in_port);
        let exit = &self.by_port[usize::from(port)];
        let mut is_class_1 = at.in_vc >= exit.class_1;
        if self.dateline == Dateline::AtDateline {
            let axis = compass.axis_of(port);
            is_class_1 |= axis.crosses_dateline(axis.coordinate(here), port);
        }
        exit.by_class[usize::from(is_class_1)]
    }
}
