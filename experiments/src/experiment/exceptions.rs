//! Links and ports of a fabric that differ from the others.

use std::collections::BTreeMap;

use fabricsim_core::PortBuffers;
use fabricsim_topologies::Grid;

use super::checker::Checker;
use super::components::{BUFFER_FLITS, VIRTUAL_CHANNELS};
use super::file;
use super::quantities::{Field, cycles, flit_time};
use super::resolve::LINK_LATENCY;
use super::spec::{LinkExceptions, LinkSpec};
use super::units::Units;

/// An entry of `links`, its quantities checked; where it is depends on the topology.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinksRule {
    pub of: file::LinkClass,
    pub link: LinkSpec,
}

/// An entry of `ports`, its values checked; what it leaves out is as in other ports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PortsRule {
    of: file::PortClass,
    virtual_channels: Option<u8>,
    buffer_flits: Option<u16>,
}

/// Checks the values of `links`, of which `link` is the default.
pub(super) fn links(
    written: &[file::Links],
    default: LinkSpec,
    units: Option<&Units>,
    checker: &mut Checker,
) -> Vec<LinksRule> {
    let mut rules = Vec::with_capacity(written.len());
    for (i, entry) in written.iter().enumerate() {
        let (latency_path, bandwidth_path) = (
            format!("fabric.links[{i}].latency"),
            format!("fabric.links[{i}].bandwidth"),
        );
        let field = Field {
            path: &latency_path,
            name: "latency",
        };
        rules.push(LinksRule {
            of: entry.of.clone(),
            link: LinkSpec {
                latency: entry.latency.map_or(default.latency, |time| {
                    cycles(time, units, field, LINK_LATENCY, checker)
                }),
                flit_time: entry.bandwidth.map_or(default.flit_time, |rate| {
                    flit_time(rate, units, &bandwidth_path, checker)
                }),
            },
        });
    }
    rules
}

/// Checks the values of `ports`.
pub(super) fn ports(written: &[file::Ports], checker: &mut Checker) -> Vec<PortsRule> {
    let mut rules = Vec::with_capacity(written.len());
    for (i, entry) in written.iter().enumerate() {
        let path = |field: &str| format!("fabric.switch.ports[{i}].{field}");
        rules.push(PortsRule {
            of: entry.of,
            virtual_channels: entry.virtual_channels.map(|count| {
                let name = "virtual_channels";
                checker.whole(&path(name), name, count, VIRTUAL_CHANNELS)
            }),
            buffer_flits: entry
                .buffer_flits
                .map(|flits| checker.whole(&path("buffer_flits"), "buffer_flits", flits, BUFFER_FLITS)),
        });
    }
    rules
}

/// What has no place on a grid.
pub(super) struct Misplaced {
    /// Number of the rule, of a field that is a list of them.
    pub rule: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What would do.
    pub label: String,
}

/// The links of `grid` that differ from `link`.
///
/// # Errors
/// The first rule that names no link.
pub(super) fn place_links(
    rules: &[LinksRule],
    grid: &Grid,
    link: LinkSpec,
) -> Result<LinkExceptions, Misplaced> {
    let mut dimensions = vec![link; grid.dimensions()];
    let mut pairs: BTreeMap<(u32, u8), LinkSpec> = BTreeMap::new();
    for (rule, entry) in rules.iter().enumerate() {
        let misplaced = |(message, label)| Misplaced {
            rule: Some(rule),
            message,
            label,
        };
        match &entry.of {
            &file::LinkClass::Dimension(written) => {
                let dimension = dimension(written, grid).map_err(misplaced)?;
                dimensions[dimension] = entry.link;
                pairs.retain(|&(_, port), _| usize::from(port / 2) != dimension);
            }
            file::LinkClass::Local
            | file::LinkClass::Global
            | file::LinkClass::Level(_)
            | file::LinkClass::Joining { .. } => {
                return Err(misplaced((
                    "the links of a grid are told apart by dimension or by coordinates".to_owned(),
                    "`Dimension(0)` or `Between(from: [0, 0], to: [1, 0])`".to_owned(),
                )));
            }
            file::LinkClass::Between { from, to } => {
                let ends = [from, to].map(|coordinates| switch(coordinates, grid));
                let [from_switch, to_switch] = match ends {
                    [Ok(from), Ok(to)] => [from, to],
                    [Err(error), _] | [_, Err(error)] => return Err(misplaced(error)),
                };
                let mut found = false;
                for (switch, other) in [(from_switch, to_switch), (to_switch, from_switch)] {
                    for port in 0..grid.first_terminal_port() {
                        if grid.neighbour(switch, port) == Some(other) {
                            pairs.insert((switch, port), entry.link);
                            found = true;
                        }
                    }
                }
                if !found {
                    let [from, to] = [from_switch, to_switch].map(|switch| grid.switch_name(switch));
                    return Err(misplaced((
                        format!("{from} and {to} are no neighbours"),
                        "no link joins the two".to_owned(),
                    )));
                }
            }
        }
    }
    pairs.retain(|&(_, port), pair| *pair != dimensions[usize::from(port / 2)]);
    if dimensions.iter().all(|&dimension| dimension == link) {
        dimensions.clear();
    }
    Ok(LinkExceptions {
        dimensions,
        pairs: pairs
            .into_iter()
            .map(|((switch, port), link)| (switch, port, link))
            .collect(),
        of_graph: Vec::new(),
    })
}

/// The buffers of the ports of a switch, by port; empty where all are like `other`.
///
/// # Errors
/// The first rule that names no port.
pub(super) fn place_ports(
    rules: &[PortsRule],
    grid: &Grid,
    other: PortBuffers,
) -> Result<Vec<PortBuffers>, Misplaced> {
    let mut buffers = vec![other; grid.ports().into()];
    let terminals = usize::from(grid.first_terminal_port());
    for (rule, entry) in rules.iter().enumerate() {
        let ports = match entry.of {
            file::PortClass::Terminals => &mut buffers[terminals..],
            file::PortClass::Dimension(written) => {
                let misplaced = |(message, label)| Misplaced {
                    rule: Some(rule),
                    message,
                    label,
                };
                let first = 2 * dimension(written, grid).map_err(misplaced)?;
                &mut buffers[first..first + 2]
            }
        };
        ports.fill(PortBuffers {
            virtual_channels: entry.virtual_channels.unwrap_or(other.virtual_channels),
            buffer_flits: entry.buffer_flits.unwrap_or(other.buffer_flits),
        });
    }
    if buffers.iter().all(|&port| port == other) {
        buffers.clear();
    }
    Ok(buffers)
}

fn dimension(written: i64, grid: &Grid) -> Result<usize, (String, String)> {
    let dimension = usize::try_from(written).ok();
    dimension
        .filter(|&dimension| dimension < grid.dimensions())
        .ok_or_else(|| {
            let last = grid.dimensions() - 1;
            let possible = if last == 0 {
                "0 alone".to_owned()
            } else {
                format!("0 to {last}")
            };
            (
                format!("there is no dimension {written}"),
                format!("the dimensions are {possible}, x is 0"),
            )
        })
}

fn switch(written: &[i64], grid: &Grid) -> Result<u32, (String, String)> {
    let coordinates: Option<Vec<u32>> = written.iter().map(|&c| u32::try_from(c).ok()).collect();
    let switch = coordinates.and_then(|coordinates| grid.switch_at(&coordinates));
    switch.ok_or_else(|| {
        let last: Vec<u32> = grid.sides().iter().map(|side| side - 1).collect();
        (
            format!("there is no switch at {written:?}"),
            format!("the last is at {last:?}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use fabricsim_core::FlitTime;

    use super::*;

    fn link(latency: u32) -> LinkSpec {
        LinkSpec {
            latency,
            flit_time: FlitTime::ONE,
        }
    }

    fn rule(of: file::LinkClass, latency: u32) -> LinksRule {
        LinksRule {
            of,
            link: link(latency),
        }
    }

    fn between(from: [i64; 2], to: [i64; 2]) -> file::LinkClass {
        file::LinkClass::Between {
            from: from.to_vec(),
            to: to.to_vec(),
        }
    }

    #[test]
    fn the_last_rule_wins_in_both_directions() {
        let grid = Grid::torus(vec![4, 2], 1).unwrap();
        let rules = [
            rule(between([0, 0], [1, 0]), 7),
            rule(file::LinkClass::Dimension(0), 5),
            rule(between([3, 1], [0, 1]), 9),
            // Two links each way: by + and by -.
            rule(between([2, 1], [2, 0]), 3),
            rule(between([1, 1], [2, 1]), 5),
        ];
        let placed = place_links(&rules, &grid, link(1)).ok().unwrap();
        assert_eq!(placed.dimensions, [link(5), link(1)]);
        let pairs: Vec<_> = placed
            .pairs
            .iter()
            .map(|&(s, p, link)| (s, p, link.latency))
            .collect();
        assert_eq!(
            pairs,
            [(2, 2, 3), (2, 3, 3), (4, 1, 9), (6, 2, 3), (6, 3, 3), (7, 0, 9)]
        );
        assert_eq!(placed.of(link(1), 0, 0), link(5));
        assert_eq!(placed.of(link(1), 4, 1), link(9));
        assert_eq!(placed.of(link(1), 4, 2), link(1));
        let none = place_links(&[rule(file::LinkClass::Dimension(1), 1)], &grid, link(1));
        assert!(none.is_ok_and(|none| none == LinkExceptions::default()));
    }

    #[test]
    fn ports_are_numbered_by_dimension_then_terminal() {
        let grid = Grid::mesh(vec![4, 4], 2).unwrap();
        let rule = |of, virtual_channels| PortsRule {
            of,
            virtual_channels: Some(virtual_channels),
            buffer_flits: None,
        };
        let other = PortBuffers {
            virtual_channels: 2,
            buffer_flits: 8,
        };
        let rules = [
            rule(file::PortClass::Terminals, 1),
            rule(file::PortClass::Dimension(1), 4),
        ];
        let placed = place_ports(&rules, &grid, other).ok().unwrap();
        let channels: Vec<u8> = placed.iter().map(|port| port.virtual_channels).collect();
        assert_eq!(channels, [2, 2, 4, 4, 1, 1]);
        assert!(placed.iter().all(|port| port.buffer_flits == 8));
        assert!(place_ports(&[], &grid, other).is_ok_and(|all_alike| all_alike.is_empty()));
    }
}
