//! Routings of dragonflies (Kim, Dally, Scott & Abts, ISCA 2008, section 4).

mod few_detours;
mod minimal;
#[cfg(test)]
mod tests;
mod ugal_l;
mod valiant;

use std::marker::PhantomData;
use std::sync::Arc;

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing};

use super::NotRoutable;
use super::by_class::prove_by_class;
use super::class_channels::ClassChannels;
use crate::graph::{Arrangement, Dragonfly, WiredGraph};
use crate::{Proof, Provable};

use few_detours::FewDetours;
pub use minimal::DragonflyMinimal;
pub use ugal_l::DragonflyUgalL;
pub use valiant::DragonflyValiant;

/// What tells one routing of dragonflies from another: what a packet for another group draws and decides at its source's
/// switch. All else follows from that.
trait Departure: Sync {
    /// Virtual channels that the routing needs.
    const NEEDS: u8;

    /// By way of which groups it sends a packet.
    const COURSES: Courses;

    /// The tag that it leaves with (see [`Ways`]).
    fn depart(ways: &Ways, here: GroupPlace, home: Home, draw: &mut impl Draw) -> u32;
}

/// Where packets for another group may go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Courses {
    /// No third group.
    Direct,
    /// Any third group, if there is one.
    Detours,
    /// Either.
    Both,
}

/// A routing of dragonflies, by what packets do as they leave their source.
#[derive(Clone, Debug)]
pub struct DragonflyRouting<D>(Ways, PhantomData<D>);

#[allow(private_bounds)]
impl<D: Departure> DragonflyRouting<D> {
    /// Virtual channels that it needs.
    pub const NEEDS: u8 = D::NEEDS;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// The routing of `dragonfly`, of which `wired` is the graph, and whose ports all have `virtual_channels`, 1 to 64. With
    /// fewer than [`DragonflyRouting::NEEDS`] it can deadlock.
    ///
    /// # Errors
    /// [`NotRoutable::OtherFamily`] of another graph; [`NotRoutable::TooFewChannels`] of none.
    pub fn new(
        wired: Arc<WiredGraph>,
        dragonfly: &Dragonfly,
        virtual_channels: u8,
    ) -> Result<Self, NotRoutable> {
        let ways = Ways::new(wired, dragonfly, Self::NEEDS, virtual_channels)?;
        Ok(Self(ways, PhantomData))
    }

    /// Bytes of the tables of a dragonfly.
    pub fn table_bytes(dragonfly: &Dragonfly) -> u64 {
        Ways::table_bytes(dragonfly)
    }

    fn with_few_detours(&self) -> DragonflyRouting<FewDetours<D>> {
        DragonflyRouting(self.0.clone(), PhantomData)
    }
}

impl<D: Departure> Routing for DragonflyRouting<D> {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let ways = &self.0;
        let (here, home) = (ways.place(at), ways.homes[dest as usize]);
        if ways.is_injected(at) && here.group != home.group {
            *tag = D::depart(ways, here, home, draw);
        }
        ways.go_on(at, dest, tag, out);
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }

    fn terminals_are_alike(&self) -> bool {
        true
    }

    fn same_place(&self, at: Place) -> Place {
        self.0.same_place(at)
    }
}

impl<D: Departure> Provable for DragonflyRouting<D> {
    /// Follows packets by a few detours that come by all that packets by any detour do (see [`FewDetours`]).
    fn prove(&self) -> Proof {
        let ways = &self.0;
        let routing = self.with_few_detours();
        prove_by_class(&ways.wired, &routing, &ways.classes, ways.virtual_channels)
    }
}

/// The ways of a dragonfly: in a group the link between two switches, to another group one of the links that join the two,
/// by way of the switch that it is on.
///
/// Virtual channels are in classes by global links crossed. The class is read off the virtual channel and the port that
/// a packet came in by. Its tag has the intermediate group and 1, or 0 where it has none left, in its lower half; which of
/// several links between two groups it takes in its upper half.
#[derive(Clone, Debug)]
struct Ways {
    wired: Arc<WiredGraph>,
    virtual_channels: u8,
    classes: ClassChannels,
    arrangement: Arrangement,
    groups: u32,
    /// Links between every two groups.
    rounds: u32,
    /// Local ports of a switch: its first ones.
    local_ports: u8,
    /// Global ones, which follow.
    global_ports_of_switch: u32,
    /// By switch.
    places: Vec<GroupPlace>,
    /// By terminal.
    homes: Vec<Home>,
    /// By number of a global port of a group: where it is.
    global_ports: Vec<GlobalPort>,
}

/// A switch.
#[derive(Clone, Copy, Debug)]
struct GroupPlace {
    group: u16,
    index: u8,
    first_terminal: u8,
}

/// Where a terminal sits.
#[derive(Clone, Copy, Debug)]
struct Home {
    group: u16,
    index: u8,
    port: u8,
}

/// A global port: the switch of its group, and the port there.
#[derive(Clone, Copy, Debug)]
struct GlobalPort {
    index: u8,
    port: u8,
}

/// The intermediate group in a tag.
const VIA: u32 = 0xffff;

impl Ways {
    /// The ways of `dragonfly`, of which `wired` is the graph, with `classes` of virtual channels, or as many as there are.
    fn new(
        wired: Arc<WiredGraph>,
        dragonfly: &Dragonfly,
        classes: u8,
        virtual_channels: u8,
    ) -> Result<Self, NotRoutable> {
        NotRoutable::check_channels(1, virtual_channels)?;
        NotRoutable::check_family(&wired, dragonfly)?;
        let (a, h, groups) = (dragonfly.a(), dragonfly.h(), dragonfly.groups());
        let rounds = dragonfly.links_between_groups();
        let used = rounds * (groups - 1);
        // Of a switch the global ports in use are the first ones, so that the engine's numbers go on without a gap.
        let first_terminal = |index: u32| a - 1 + used.saturating_sub(index * h).min(h);
        let places = (0..wired.network().switches()).map(|switch| GroupPlace {
            group: (switch / a) as u16,
            index: (switch % a) as u8,
            first_terminal: first_terminal(switch % a) as u8,
        });
        let homes = wired.network().terminals().iter().map(|at| Home {
            group: (at.switch / a) as u16,
            index: (at.switch % a) as u8,
            port: at.port,
        });
        let global_ports = (0..used).map(|port| GlobalPort {
            index: (port / h) as u8,
            port: (a - 1 + port % h) as u8,
        });
        Ok(Self {
            virtual_channels,
            classes: ClassChannels::new(classes.min(virtual_channels), virtual_channels),
            arrangement: dragonfly.arrangement(),
            groups,
            rounds,
            local_ports: (a - 1) as u8,
            global_ports_of_switch: h,
            places: places.collect(),
            homes: homes.collect(),
            global_ports: global_ports.collect(),
            wired,
        })
    }

    /// Bytes of the tables of a dragonfly.
    fn table_bytes(dragonfly: &Dragonfly) -> u64 {
        let switches = u64::from(dragonfly.a()) * u64::from(dragonfly.groups());
        let of_group = u64::from(dragonfly.a()) * u64::from(dragonfly.h());
        switches * (4 + 4 * u64::from(dragonfly.p())) + 2 * of_group
    }

    #[inline(always)]
    fn place(&self, at: Place) -> GroupPlace {
        self.places[at.switch as usize]
    }

    /// Whether a packet that stands there has just left its source.
    #[inline(always)]
    fn is_injected(&self, at: Place) -> bool {
        at.in_port >= self.place(at).first_terminal
    }

    /// Which of several links between two groups a packet takes, in the upper half of a tag; each is as likely.
    #[inline(always)]
    fn draw_round(&self, draw: &mut impl Draw) -> u32 {
        match self.rounds {
            1 => 0,
            rounds => draw.draw(rounds) << 16,
        }
    }

    /// A group other than two different ones, of which there is one, in the lower half of a tag; each is as likely.
    #[inline(always)]
    fn draw_via(&self, from: u16, to: u16, draw: &mut impl Draw) -> u32 {
        let drawn = draw.draw(self.groups - 2);
        let (low, high) = (u32::from(from.min(to)), u32::from(from.max(to)));
        let without_low = drawn + u32::from(drawn >= low);
        without_low + u32::from(without_low >= high) + 1
    }

    /// Whether a packet from there may go by way of an intermediate group: its own is not its destination's, and there is
    /// a third.
    #[inline(always)]
    fn has_detour(&self, here: GroupPlace, home: Home) -> bool {
        here.group != home.group && self.groups > 2
    }

    /// The port on of a packet with this tag, and the tag that it goes on with. Once it leaves for its intermediate group it
    /// is a packet like any other that comes there.
    #[inline(always)]
    fn port(&self, here: GroupPlace, home: Home, tag: u32) -> (u8, u32) {
        let target = match tag & VIA {
            0 => home.group,
            via => (via - 1) as u16,
        };
        if target != here.group {
            let gate = self.gate(here.group, target, tag);
            return match gate.index == here.index {
                true => (gate.port, tag & !VIA),
                false => (local_port(here.index, gate.index), tag),
            };
        }
        let port = match home.index == here.index {
            true => home.port,
            false => local_port(here.index, home.index),
        };
        (port, tag)
    }

    /// The link of a group to another that a packet with this tag takes.
    #[inline(always)]
    fn gate(&self, from: u16, to: u16, tag: u32) -> GlobalPort {
        let port = self.arrangement.port_to(from.into(), to.into(), self.groups);
        self.global_ports[((tag >> 16) * (self.groups - 1) + port) as usize]
    }

    /// A way on by a port, in the virtual channels of the global links that the packet has crossed.
    #[inline(always)]
    fn way(&self, at: Place, home: Home, port: u8) -> Candidate {
        let here = self.place(at);
        if port >= here.first_terminal {
            return Candidate::new(home.port, 0, self.virtual_channels);
        }
        self.classes.of(self.crossed(at)).of_port(port)
    }

    /// Global links that a packet that stands there has crossed.
    #[inline(always)]
    fn crossed(&self, at: Place) -> u8 {
        if self.is_injected(at) {
            0
        } else if at.in_port < self.local_ports {
            self.classes.class(at.in_vc)
        } else {
            self.classes.class(at.in_vc) + 1
        }
    }

    /// All links of a class are the same: port 0 stands for them, and the first terminal's for all terminals.
    fn same_place(&self, at: Place) -> Place {
        let in_port = match self.is_injected(at) {
            true => self.place(at).first_terminal,
            false => 0,
        };
        Place {
            in_port,
            in_vc: self.classes.of(self.crossed(at)).first,
            ..at
        }
    }

    /// Adds the way on of a packet, whose tag has all that was drawn for it.
    #[inline(always)]
    fn go_on(&self, at: Place, dest: u32, tag: &mut u32, out: &mut Candidates) {
        let home = self.homes[dest as usize];
        let port;
        (port, *tag) = self.port(self.place(at), home, *tag);
        out.push(self.way(at, home, port));
    }

    /// Links that a packet with this tag has to cross.
    #[inline(always)]
    fn links(&self, here: GroupPlace, home: Home, tag: u32) -> u32 {
        match tag & VIA {
            0 => self.minimal_links(here.group, here.index, home, tag),
            via => {
                let via = (via - 1) as u16;
                let (leaves, enters) = self.crossing(here.group, via, tag);
                u32::from(leaves != here.index) + 1 + self.minimal_links(via, enters, home, tag)
            }
        }
    }

    #[inline(always)]
    fn minimal_links(&self, group: u16, index: u8, home: Home, tag: u32) -> u32 {
        if group == home.group {
            return u32::from(index != home.index);
        }
        let (leaves, enters) = self.crossing(group, home.group, tag);
        u32::from(leaves != index) + 1 + u32::from(enters != home.index)
    }

    /// The switches at the two ends of the link that is taken from one group to another.
    #[inline(always)]
    fn crossing(&self, from: u16, to: u16, tag: u32) -> (u8, u8) {
        (self.gate(from, to, tag).index, self.gate(to, from, tag).index)
    }
}

/// The port to another switch of the group.
#[inline(always)]
fn local_port(from: u8, to: u8) -> u8 {
    to - u8::from(to > from)
}
