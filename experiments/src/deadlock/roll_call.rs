//! Which packets they are: the sources are called once more for what they have created.

use std::collections::{BTreeMap, BTreeSet};

use fabricsim_core::Source;

use super::waiting::{Packet, Waiting};

/// A packet, and the switch that it was seen in.
type Sighting = (Packet, u32);

/// Fills in what the flits of waiting packets do not tell: sources, numbers and lengths. `sources` are those of the run,
/// anew and in the order of their terminals; `can_be` tells whether a packet seen in a switch can have come from a
/// terminal. Of several packets that were created in the same cycle for the same terminal none is filled in if each
/// can be the one.
pub fn identify<S: Source>(
    waiting: &mut [Waiting],
    sources: impl IntoIterator<Item = S>,
    can_be: impl Fn(&Packet, u32, u32) -> bool,
) {
    let seen: BTreeSet<Sighting> = sightings(waiting).map(|(packet, at)| (*packet, at)).collect();
    let mut found: BTreeMap<Sighting, Vec<Packet>> = BTreeMap::new();
    for (terminal, source) in (0..).zip(sources) {
        let is_its = |(packet, at): &&Sighting| match packet.source {
            Some(source) => source == terminal,
            None => can_be(packet, *at, terminal),
        };
        let of_terminal: Vec<&Sighting> = seen.iter().filter(is_its).collect();
        call(terminal, source, &of_terminal, &mut found);
    }
    for (packet, at) in sightings(waiting) {
        if let Some(&[only]) = found.get(&(*packet, at)).map(Vec::as_slice) {
            *packet = only;
        }
    }
}

fn sightings(waiting: &mut [Waiting]) -> impl Iterator<Item = (&mut Packet, u32)> {
    waiting.iter_mut().flat_map(|member| {
        let blockers = member.wants.iter_mut().map(|wanted| &mut wanted.blocker);
        let blockers = blockers.map(|blocker| (&mut blocker.packet, blocker.switch));
        std::iter::once((&mut member.packet, member.switch)).chain(blockers)
    })
}

/// Finds those of `seen`, in order of their creation, that a terminal has created.
fn call<S: Source>(
    terminal: u32,
    mut source: S,
    seen: &[&Sighting],
    found: &mut BTreeMap<Sighting, Vec<Packet>>,
) {
    let Some(last) = seen.last().map(|(packet, _)| packet.created) else {
        return;
    };
    let mut number = 0;
    while source.next_creation() <= last {
        let created = source.next_creation();
        let packet = source.create();
        let first = seen.partition_point(|(seen, _)| seen.created < created);
        let then = seen[first..]
            .iter()
            .take_while(|(seen, _)| seen.created == created);
        let is_it = |(seen, _): &&&Sighting| {
            seen.dest == packet.dest && seen.flits.is_none_or(|flits| flits == packet.flits)
        };
        for &&(seen, at) in then.filter(is_it) {
            found.entry((seen, at)).or_default().push(Packet {
                source: Some(terminal),
                number: Some(number),
                flits: Some(packet.flits),
                ..seen
            });
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use fabricsim_core::{Census, Cycle, NEVER, Packet as Created};

    use super::*;
    use crate::deadlock::{Blocker, Wanted};

    /// Packets at given cycles, for given terminals, of so many flits.
    struct Listed(Vec<(Cycle, u32, u16)>);

    impl Source for Listed {
        fn next_creation(&self) -> Cycle {
            self.0.first().map_or(NEVER, |packet| packet.0)
        }

        fn create(&mut self) -> Created {
            let (_, dest, flits) = self.0.remove(0);
            Created {
                dest,
                flits,
                class: 0,
            }
        }

        fn created_before(&mut self, _: Cycle) -> Census {
            Census::default()
        }
    }

    fn packet(source: Option<u32>, created: u64, dest: u32, flits: Option<u16>) -> Packet {
        Packet {
            created,
            dest,
            source,
            number: None,
            flits,
            hops: None,
        }
    }

    fn waiting(packet: Packet, blocker: Packet) -> Waiting {
        Waiting {
            packet,
            switch: 0,
            port: 0,
            vc: 0,
            buffered: 1,
            since: None,
            wants: vec![Wanted {
                port: 0,
                vc: 0,
                credits: 0,
                blocker: Blocker {
                    packet: blocker,
                    switch: 1,
                    port: 0,
                    vc: 0,
                    is_holder: false,
                },
            }],
        }
    }

    fn sources() -> [Listed; 2] {
        [
            Listed(vec![(3, 1, 8), (5, 1, 8), (5, 1, 2), (9, 0, 8)]),
            Listed(vec![(2, 0, 4), (9, 0, 8)]),
        ]
    }

    fn name_of(packet: Packet) -> (Option<String>, Option<u16>) {
        name_if(packet, |_| true)
    }

    /// Where only some terminals can have sent it.
    fn name_if(packet: Packet, can_be: fn(u32) -> bool) -> (Option<String>, Option<u16>) {
        let mut members = [waiting(packet, packet)];
        identify(&mut members, sources(), |_, _, terminal| can_be(terminal));
        assert_eq!(members[0].packet, members[0].wants[0].blocker.packet);
        (members[0].packet.name(), members[0].packet.flits)
    }

    #[test]
    fn packets_are_told_by_creation_destination_and_length() {
        let named = |name: &str, flits| (Some(name.to_owned()), Some(flits));
        assert_eq!(name_of(packet(None, 3, 1, None)), named("0:0", 8));
        assert_eq!(name_of(packet(None, 5, 1, Some(2))), named("0:2", 2));
        assert_eq!(name_of(packet(Some(1), 9, 0, None)), named("1:1", 8));
    }

    #[test]
    fn who_can_not_have_sent_it_has_not() {
        let known = (Some("1:1".to_owned()), Some(8));
        assert_eq!(name_if(packet(None, 9, 0, None), |terminal| terminal == 1), known);
    }

    #[test]
    fn which_of_two_it_is_is_not_guessed() {
        assert_eq!(name_of(packet(None, 9, 0, Some(8))), (None, Some(8)));
        assert_eq!(name_of(packet(Some(0), 5, 1, None)), (None, None));
    }
}
