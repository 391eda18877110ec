//! The detours that a proof looks at.

use std::marker::PhantomData;

use fabricsim_core::Draw;

use super::{Courses, Departure, GroupPlace, Home, Ways};

/// `D`, but by way of one or two groups of the hundreds that it may go through. What packets hold and wait for is the same:
/// let one go from group s by way of group v to the switch with index i of group g.
///
/// * Up to its link into v it does what it would do on the way anywhere else by v. So does one for the switch with index
///   v modulo a of one of the first three groups, of which one is neither s nor v.
/// * From that link up to the one into g it does what it would do for any switch of g, from wherever it came to the first
///   link. So does one from the switch at the beginning of that link, for a switch with an index that is s - v modulo m.
/// * From the link from v into g on it does what it would do wherever it came from. So does one for the same switch from
///   the beginning of a link into v, of a group that is v + i modulo m and not g.
///
/// Here a are the switches of a group and m is at most a, so that there is such an index, and at most half as many as the
/// groups but v, so that there is such a group.
#[derive(Clone, Debug)]
pub struct FewDetours<D>(PhantomData<D>);

impl<D: Departure> Departure for FewDetours<D> {
    const NEEDS: u8 = D::NEEDS;
    const COURSES: Courses = D::COURSES;

    fn depart(ways: &Ways, here: GroupPlace, home: Home, draw: &mut impl Draw) -> u32 {
        let round = ways.draw_round(draw);
        if D::COURSES == Courses::Direct || !ways.has_detour(here, home) {
            return round;
        }
        let detours = || ways.few_detours(here, home, round);
        let directly = u32::from(D::COURSES == Courses::Both);
        let courses = directly + detours().count() as u32;
        if courses == 0 {
            return round | (ways.some_detour(here, home) + 1);
        }
        let detour = draw.draw(courses).checked_sub(directly);
        let via = detour.and_then(|detour| detours().nth(detour as usize));
        round | via.map_or(0, |group| group + 1)
    }
}

/// So many groups that one of them is not one of two.
const THREE_GROUPS: u32 = 3;

impl Ways {
    /// The groups that stand for all that a packet may go through.
    fn few_detours(&self, here: GroupPlace, home: Home, round: u32) -> impl Iterator<Item = u32> {
        let [from, to] = [here.group, home.group].map(u32::from);
        let (groups, index) = (self.groups, u32::from(home.index));
        let a = u32::from(self.local_ports) + 1;
        let m = a.min((groups - 1) / 2);
        let linked = self.linked_groups(here, round);
        let linked = linked.filter(move |via| (groups + from - via) % groups % m == index % m);
        let ends = if to < THREE_GROUPS { groups } else { 0 };
        let of_index = (index..ends).step_by(a as usize);
        linked
            .chain(of_index)
            .filter(move |via| ![from, to].contains(via))
    }

    /// The groups that the global links of a switch in one round of ports lead to.
    fn linked_groups(&self, here: GroupPlace, round: u32) -> impl Iterator<Item = u32> {
        let (group, a_round) = (here.group.into(), self.groups - 1);
        let first = u32::from(here.index) * self.global_ports_of_switch;
        let ports = first..first + self.global_ports_of_switch;
        ports
            .filter(move |port| port / a_round == round >> 16)
            .map(move |port| self.arrangement.group_behind(group, port % a_round, self.groups))
    }

    /// A group that a packet may go through.
    fn some_detour(&self, here: GroupPlace, home: Home) -> u32 {
        let ends = [here.group, home.group].map(u32::from);
        (0..THREE_GROUPS).find(|via| !ends.contains(via)).unwrap_or(0)
    }
}
