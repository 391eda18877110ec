//! Which packets they are: the sources are called once more for what they have created.

use std::collections::{BTreeMap, BTreeSet};

use fabricsim_core::Source;

use super::waiting::{Packet, Waiting};

/// Fills in what the flits of waiting packets do not tell: sources, numbers and lengths. `sources` are those of the run,
/// anew and in the order of their terminals. Two packets that were created in the same cycle for the same terminal may
/// be mistaken for each other: neither is filled in.
pub fn identify<S: Source>(waiting: &mut [Waiting], sources: impl IntoIterator<Item = S>) {
    let seen: BTreeSet<Packet> = packets(waiting).map(|packet| *packet).collect();
    let mut found: BTreeMap<Packet, Vec<Packet>> = BTreeMap::new();
    for (terminal, source) in (0..).zip(sources) {
        let is_its = |packet: &&Packet| packet.source.is_none_or(|source| source == terminal);
        let of_terminal: Vec<&Packet> = seen.iter().filter(is_its).collect();
        call(terminal, source, &of_terminal, &mut found);
    }
    for packet in packets(waiting) {
        if let Some(&[only]) = found.get(packet).map(Vec::as_slice) {
            *packet = only;
        }
    }
}

fn packets(waiting: &mut [Waiting]) -> impl Iterator<Item = &mut Packet> {
    waiting.iter_mut().flat_map(|member| {
        let blockers = member.wants.iter_mut().map(|wanted| &mut wanted.blocker.packet);
        std::iter::once(&mut member.packet).chain(blockers)
    })
}

/// Finds those of `seen`, in order of their creation, that a terminal has created.
fn call<S: Source>(
    terminal: u32,
    mut source: S,
    seen: &[&Packet],
    found: &mut BTreeMap<Packet, Vec<Packet>>,
) {
    let Some(last) = seen.last().map(|packet| packet.created) else {
        return;
    };
    let mut number = 0;
    while source.next_creation() <= last {
        let created = source.next_creation();
        let packet = source.create();
        let first = seen.partition_point(|seen| seen.created < created);
        let then = seen[first..].iter().take_while(|seen| seen.created == created);
        let is_it = |seen: &&&Packet| {
            seen.dest == packet.dest && seen.flits.is_none_or(|flits| flits == packet.flits)
        };
        for &&seen in then.filter(is_it) {
            found.entry(seen).or_default().push(Packet {
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

        fn created_before(&self, _: Cycle) -> Census {
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
        let mut members = [waiting(packet, packet)];
        identify(&mut members, sources());
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
    fn which_of_two_it_is_is_not_guessed() {
        assert_eq!(name_of(packet(None, 9, 0, Some(8))), (None, Some(8)));
        assert_eq!(name_of(packet(Some(0), 5, 1, None)), (None, None));
    }
}
