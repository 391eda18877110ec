//! Dragonfly.

use std::fmt;

use fabricsim_core::{Entry, Parameter};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::closed_forms::{ClosedForms, Form};
use super::super::fabric_graph::{FabricGraph, Units};
use super::super::family::{Family, FamilyEntry, Impossible, check_size};
use super::super::location::Location;
use super::{abstract_link, add_terminals, check_terminals};

/// Which global port of a group leads to which other group.
///
/// C. Camarero, E. Vallejo and R. Beivide, "Topological Characterization of Hamming and Dragonfly Networks and Its
/// Implications on Routing", ACM TACO 11(4), 2014, section 3; E. Hastings et al., "Comparing Global Link Arrangements
/// for Dragonfly Networks", CLUSTER 2015.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrangement {
    /// Port k of group i leads to group i - k - 1, around the circle of groups.
    PalmTree,
    /// Port k leads to group k, of the groups after itself to k + 1: the consecutive arrangement.
    Absolute,
}

impl Arrangement {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::PalmTree, Self::Absolute];

    /// The group that the `port`-th of a round of ports leads to, and that group's port back.
    fn peer(self, group: u32, port: u32, groups: u32) -> (u32, u32) {
        match self {
            Self::PalmTree => ((2 * groups + group - port - 1) % groups, groups - 2 - port),
            Self::Absolute if port < group => (port, group - 1),
            Self::Absolute => (port + 1, group),
        }
    }

    /// The group that the `port`-th of a round of ports of `group` leads to.
    #[inline]
    pub fn group_behind(self, group: u32, port: u32, groups: u32) -> u32 {
        self.peer(group, port, groups).0
    }

    /// The port of each round of ports of `group` that leads to an `other` one.
    #[inline]
    pub fn port_to(self, group: u32, other: u32, groups: u32) -> u32 {
        debug_assert!(group != other);
        match self {
            Self::PalmTree if group > other => group - other - 1,
            Self::PalmTree => group + groups - other - 1,
            Self::Absolute if other < group => other,
            Self::Absolute => other - 1,
        }
    }
}

impl fmt::Display for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PalmTree => "PalmTree",
            Self::Absolute => "Absolute",
        })
    }
}

/// Groups of `a` switches, all linked to each other, with `p` terminals and `h` global ports each; every two groups are
/// joined by the same number of links, as many as the global ports allow. Ports that can't be shared out stay unused.
///
/// Ports of a switch: 0 to a - 2 to the others of the group in order, then h global ones, then the terminals. The
/// global ports of a group are numbered switch by switch.
///
/// J. Kim, W. J. Dally, S. Scott and D. Abts, "Technology-Driven, Highly-Scalable Dragonfly Topology", ISCA 2008,
/// section 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dragonfly {
    p: u32,
    a: u32,
    h: u32,
    groups: u32,
    arrangement: Arrangement,
}

impl Dragonfly {
    /// The family.
    pub const ENTRY: FamilyEntry = FamilyEntry {
        entry: Entry {
            name: "Dragonfly",
            help: "groups of linked switches, of which every two are joined by global links",
            parameters: &[
                Parameter {
                    name: "p",
                    help: "terminals on a switch",
                },
                Parameter {
                    name: "a",
                    help: "switches in a group, each linked to the others",
                },
                Parameter {
                    name: "h",
                    help: "global ports of a switch",
                },
                Parameter {
                    name: "groups",
                    help: "number of groups, 2 to a h + 1 (default a h + 1, one link between every two)",
                },
                Parameter {
                    name: "arrangement",
                    help: "which global port leads where: PalmTree or Absolute (default PalmTree)",
                },
            ],
        },
        paper: "Kim et al., ISCA 2008; arrangements: Camarero et al., ACM TACO 2014",
        example: "Dragonfly(p: 2, a: 4, h: 2)",
        grades: &[],
    };

    /// With a h + 1 groups if `groups` is not given.
    ///
    /// # Errors
    /// A parameter of 0, fewer than 2 groups or more than a h + 1, too many switches.
    pub fn new(
        p: u32,
        a: u32,
        h: u32,
        groups: Option<u32>,
        arrangement: Arrangement,
    ) -> Result<Self, Impossible> {
        let written = |p: u32, a: u32, h: u32, groups: Option<u64>| {
            let groups = groups.map_or(String::new(), |groups| format!(", groups: {groups}"));
            format!("Dragonfly(p: {p}, a: {a}, h: {h}{groups})")
        };
        check_terminals("p", p, written(1, a.max(1), h.max(1), None))?;
        for (name, value, reason) in [
            ("a", a, "a group needs at least one switch"),
            (
                "h",
                h,
                "a switch needs at least one global port, or no two groups are joined",
            ),
        ] {
            if value == 0 {
                return Err(Impossible::new(name, reason).nearest([written(p, a.max(1), h.max(1), None)]));
            }
        }
        let most = u64::from(a) * u64::from(h) + 1;
        let groups = groups.map_or(most, u64::from);
        if groups < 2 {
            let reason = format!("{groups} groups: at least 2 are needed, a single one is a `CompleteGraph`");
            return Err(Impossible::new("groups", reason).nearest([written(p, a, h, Some(2))]));
        }
        if groups > most {
            let reason = format!(
                "{groups} groups, but the {} global ports of a group join it to as many others: at most {most}",
                most - 1
            );
            let enough = (groups - 1).div_ceil(u64::from(a)) as u32;
            let nearest = [written(p, a, h, Some(most)), written(p, a, enough, Some(groups))];
            return Err(Impossible::new("groups", reason).nearest(nearest));
        }
        let switches = groups.checked_mul(u64::from(a));
        let links = switches
            .and_then(|switches| switches.checked_mul(u64::from(a) - 1 + u64::from(h) + 2 * u64::from(p)));
        check_size("a", switches, links.map(|ends| ends / 2), || {
            written(p.min(16), a.min(32), h.min(16), None)
        })?;
        Ok(Self {
            p,
            a,
            h,
            groups: groups as u32,
            arrangement,
        })
    }

    /// Terminals on a switch.
    pub fn p(&self) -> u32 {
        self.p
    }

    /// Switches in a group.
    pub fn a(&self) -> u32 {
        self.a
    }

    /// Global ports of a switch, used or not.
    pub fn h(&self) -> u32 {
        self.h
    }

    /// Number of groups.
    pub fn groups(&self) -> u32 {
        self.groups
    }

    /// Which global port leads where.
    pub fn arrangement(&self) -> Arrangement {
        self.arrangement
    }

    /// Links between every two groups: rounds of global ports, each of which leads to every other group once.
    pub fn links_between_groups(&self) -> u32 {
        self.a * self.h / (self.groups - 1)
    }

    fn is_canonical(&self) -> bool {
        self.groups == self.a * self.h + 1
    }

    /// A switch and its port by the number of a global port of a group.
    fn global_port(&self, group: u32, port: u32) -> (u32, u32) {
        (group * self.a + port / self.h, self.a - 1 + port % self.h)
    }
}

impl Family for Dragonfly {
    fn entry(&self) -> &'static FamilyEntry {
        &Self::ENTRY
    }

    fn title(&self) -> String {
        let Self { p, a, h, groups, .. } = self;
        format!(
            "dragonfly p={p} a={a} h={h}, {groups} groups, {} arrangement",
            self.arrangement
        )
    }

    fn closed_forms(&self) -> ClosedForms {
        let [p, a, h, g] = [self.p, self.a, self.h, self.groups].map(u64::from);
        let between = u64::from(self.links_between_groups());
        let used = (between * (g - 1)).min(h);
        // From a switch without the link to one that is not at its end.
        let diameter = match a {
            1 => Form::new(1, "global"),
            _ => Form::new(3, "local, global, local"),
        };
        ClosedForms {
            switches: Form::new(a * g, "a g"),
            terminals: Form::new(a * p * g, "a p g"),
            radix: Form::new(p + a - 1 + used, "p + a - 1 + h"),
            links: Form::new(
                g * a * (a - 1) / 2 + between * g * (g - 1) / 2,
                "g a (a-1) / 2 + m g (g-1) / 2, m between two groups",
            ),
            diameter: diameter.filter(|_| self.is_canonical()),
            distance_total: None,
            bisection: None,
        }
    }

    fn graph(&self) -> Result<FabricGraph, GraphError> {
        let mut builder = GraphBuilder::new(Units::Abstract);
        for group in 0..self.groups {
            for index in 0..self.a {
                let location = Location::Group { group, index };
                let switch = builder.switch(format!("g{group}s{index}"), Some(location))?;
                add_terminals(&mut builder, switch, self.a - 1 + self.h, self.p)?;
            }
        }
        for group in 0..self.groups {
            let first = group * self.a;
            for high in 0..self.a {
                for low in 0..high {
                    builder.link(abstract_link((first + low, high - 1), (first + high, low)))?;
                }
            }
        }
        for round in 0..self.links_between_groups() {
            let first = round * (self.groups - 1);
            for group in 0..self.groups {
                for port in 0..self.groups - 1 {
                    let (other, back) = self.arrangement.peer(group, port, self.groups);
                    if group < other {
                        builder.link(abstract_link(
                            self.global_port(group, first + port),
                            self.global_port(other, first + back),
                        ))?;
                    }
                }
            }
        }
        builder.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_two_groups_have_as_many_links() {
        for arrangement in Arrangement::ALL {
            for (a, h, groups) in [
                (4, 2, None),
                (3, 2, Some(4)),
                (4, 3, Some(2)),
                (2, 5, Some(6)),
                (1, 4, None),
            ] {
                let fabric = Dragonfly::new(1, a, h, groups, arrangement).unwrap();
                let g = fabric.groups as usize;
                let mut counts = vec![vec![0; g]; g];
                for link in fabric.graph().unwrap().links() {
                    let [from, to] = link.ends.map(|end| (end.switch / a) as usize);
                    counts[from.min(to)][from.max(to)] += 1;
                }
                let pairs = counts
                    .iter()
                    .enumerate()
                    .flat_map(|(from, counts)| &counts[from + 1..]);
                assert!(
                    pairs.copied().all(|count| count == fabric.links_between_groups()),
                    "{fabric:?}"
                );
            }
        }
    }

    /// Ports and groups as the arrangements are defined, on the smallest example with several switches.
    #[test]
    fn arrangements_are_as_published() {
        let palm: Vec<_> = (0..8)
            .map(|port| Arrangement::PalmTree.group_behind(0, port, 9))
            .collect();
        assert_eq!(palm, [8, 7, 6, 5, 4, 3, 2, 1]);
        let absolute: Vec<_> = (0..8)
            .map(|port| Arrangement::Absolute.group_behind(4, port, 9))
            .collect();
        assert_eq!(absolute, [0, 1, 2, 3, 5, 6, 7, 8]);
        for arrangement in Arrangement::ALL {
            for group in 0..9 {
                for port in 0..8 {
                    let (other, back) = arrangement.peer(group, port, 9);
                    assert_eq!(arrangement.peer(other, back, 9), (group, port));
                    assert_eq!(arrangement.port_to(group, other, 9), port);
                }
            }
        }
    }
}
