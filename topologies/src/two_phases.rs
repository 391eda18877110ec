//! Routing by way of an intermediate switch, in two phases of dimension order.

use fabricsim_core::{Candidates, Draw, Place};

use crate::channels::VcRange;
use crate::compass::{Compass, Order};
use crate::leg::Leg;
use crate::{ChannelNeeds, Dateline, Grid, GridChannels, HalfWay};

/// To an intermediate switch in the lower half of the virtual channels, then on to the destination in the upper half.
///
/// The packet's tag is 0 in the second phase, in the first the number of the intermediate switch and 1.
#[derive(Clone, Debug)]
pub(crate) struct TwoPhases {
    compass: Compass,
    channels: GridChannels,
    legs: [Leg; 2],
    dateline: Dateline,
}

impl TwoPhases {
    /// Two classes in each phase break rings.
    pub const NEEDS: ChannelNeeds = ChannelNeeds { ring: 4, line: 2 };

    pub fn new(grid: &Grid, channels: &GridChannels, dateline: Dateline, half_way: HalfWay) -> Self {
        debug_assert!(channels.fit(grid) && Self::NEEDS.check(grid, channels).is_ok());
        let leg = |phase: usize| {
            let part = |dimension: usize| VcRange::all(channels.by_dimension[dimension]).halves()[phase];
            Leg::new(grid, part, Some(dateline), Order::Ascending)
        };
        Self {
            compass: Compass::new(grid, half_way),
            channels: channels.clone(),
            legs: [leg(0), leg(1)],
            dateline,
        }
    }

    pub fn compass(&self) -> &Compass {
        &self.compass
    }

    pub fn grid(&self) -> &Grid {
        self.compass.grid()
    }

    pub fn channels(&self) -> &GridChannels {
        &self.channels
    }

    pub fn dateline(&self) -> Dateline {
        self.dateline
    }

    /// Routes a packet whose intermediate switch is drawn by `choose`, given its source's and its destination's switch,
    /// as it leaves its source.
    #[inline]
    pub fn route<D: Draw>(
        &self,
        at: Place,
        dest: u32,
        tag: &mut u32,
        draw: &mut D,
        out: &mut Candidates,
        choose: impl FnOnce(&Compass, u32, u32, &mut D) -> u32,
    ) {
        let compass = &self.compass;
        let mut begins = compass.is_terminal(at.in_port);
        if begins {
            *tag = choose(compass, at.switch, compass.home(dest), draw) + 1;
        }
        if *tag == at.switch + 1 {
            (*tag, begins) = (0, true);
        }
        let (leg, way) = match *tag {
            0 => {
                let Some(way) = compass.way(at.switch, dest, self.channels.terminals, out) else {
                    return;
                };
                (&self.legs[1], way)
            }
            intermediate => {
                let target = compass.position(intermediate - 1);
                (&self.legs[0], (compass.position(at.switch), target))
            }
        };
        out.push(leg.step(compass, at, way, begins, draw));
    }
}
