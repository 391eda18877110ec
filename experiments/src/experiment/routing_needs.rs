//! What a routing needs of the fabric: dimensions, virtual channels, switching, packets.

use fabricsim_core::{Switching, VcReallocation};

use super::checker::Checker;
use super::names::Routing;
use super::plan::written_path;
use super::resolve::Base;
use super::spec::FabricSpec;
use super::sweep::{Axis, AxisKind};
use super::vocabulary::listed;
use crate::any_routing::{channel_needs, channels_on_graphs, routings_of};

/// The routing of one point, with where the file sets what it needs.
pub(super) struct RoutingNeeds<'a> {
    pub base: &'a Base,
    pub fabric: &'a FabricSpec,
    pub axes: &'a [Axis],
    /// The point's items of the axes.
    pub items: &'a [usize],
}

/// What is wrong: where, what, and what to do.
struct Lack {
    path: String,
    message: String,
    help: &'static str,
}

const ONE_BY_ONE: &str = "needs buffers that packets enter one by one: under `NonAtomic` a buffer may \
                          hold the end of one packet and the head of the next, which cannot reach its escape before the first has moved";
const RINGS_NEED_SWITCHING: &str = "needs a switching that keeps a packet that stands still in one buffer, but `Wormhole` spreads it over several";
const RINGS_NEED_REALLOCATION: &str =
    "needs `vc_reallocation: WholePacketFits`: only there a hole beside other packets is room for one more";

impl RoutingNeeds<'_> {
    /// Tells the first need that is not met.
    pub fn check(&self, checker: &mut Checker) {
        let lack = self
            .classes()
            .or_else(|| self.family())
            .or_else(|| self.dimensions())
            .or_else(|| self.virtual_channels(checker))
            .or_else(|| self.reallocation(checker))
            .or_else(|| self.bubbles(checker));
        if let Some(Lack { path, message, help }) = lack {
            checker.add(checker.source.at(&path, message).help(help));
        }
    }

    /// Message classes divide the virtual channels, and every flow has one of them.
    fn classes(&self) -> Option<Lack> {
        let Base {
            message_classes: classes,
            traffic,
            ..
        } = self.base;
        let all = match self.fabric.topology.grid() {
            Some(grid) => {
                let channels = self.fabric.channels(grid);
                channels.by_port(grid)
            }
            None => vec![self.fabric.switch.virtual_channels],
        };
        if let Some(odd) = all.iter().find(|count| !count.is_multiple_of(*classes)) {
            return Some(Lack {
                path: self.place("fabric.switch.virtual_channels", "fabric.switch.message_classes"),
                message: format!(
                    "{odd} virtual channels can't be divided equally among {classes} message classes"
                ),
                help: "`virtual_channels` is the number of all classes together",
            });
        }
        let (flow, entry) = traffic
            .iter()
            .enumerate()
            .find(|(_, flow)| flow.class >= *classes)?;
        Some(Lack {
            path: format!("traffic[{flow}].class"),
            message: format!(
                "there is no message class {}: `message_classes` is {classes}, and they are numbered from 0",
                entry.class
            ),
            help: "`Switch(message_classes: 2, …)` divides the virtual channels between classes 0 and 1",
        })
    }

    /// A fabric that is no grid has routings of its own, and a grid none of theirs.
    fn family(&self) -> Option<Lack> {
        let Base {
            routing, topology, ..
        } = self.base;
        let possible = routings_of(topology);
        if possible.contains(routing) {
            return None;
        }
        let names: Vec<&str> = possible.iter().map(|routing| routing.name()).collect();
        Some(Lack {
            path: self.place("fabric.topology", "fabric.routing"),
            message: format!(
                "`{routing}` does not route a {topology}; possible: {}",
                listed(&names)
            ),
            help: "`fabricsim list routings` says what each routing is for",
        })
    }

    fn dimensions(&self) -> Option<Lack> {
        let Base {
            routing, topology, ..
        } = self.base;
        let grid = topology.grid()?;
        let needs_two = matches!(
            routing,
            Routing::O1Turn | Routing::WestFirst | Routing::NorthLast | Routing::OddEven
        );
        let needs_mesh = matches!(
            routing,
            Routing::WestFirst | Routing::NorthLast | Routing::NegativeFirst | Routing::OddEven
        );
        let dimensions = grid.dimensions();
        let (message, help) = if needs_two && dimensions != 2 {
            (
                format!("`{routing}` routes two dimensions, but the {topology} has {dimensions}"),
                "`DimensionOrder`, `Valiant`, `Romm`, `MinimalAdaptive` and, on meshes, `NegativeFirst` route any number",
            )
        } else if needs_mesh && topology.has_ring() {
            (
                format!(
                    "`{routing}` routes meshes, but the {topology} has rings, whose cycles have no turn to forbid"
                ),
                "`MinimalAdaptive` and `AdaptiveBubble` are adaptive on a torus",
            )
        } else {
            return None;
        };
        let path = self.place("fabric.topology", "fabric.routing");
        Some(Lack { path, message, help })
    }

    fn virtual_channels(&self, checker: &Checker) -> Option<Lack> {
        let Base {
            routing, topology, ..
        } = self.base;
        let few = match topology.grid() {
            Some(grid) => {
                let channels = self.fabric.class_channels(grid)?;
                channel_needs(*routing)?.check(grid, &channels).err()?.to_string()
            }
            None => {
                let (found, needed) = (self.fabric.class_share()?, channels_on_graphs(*routing));
                let are = if found == 1 { "is" } else { "are" };
                (found < needed).then(|| {
                    format!("needs {needed} virtual channels on a {topology}, but there {are} {found}")
                })?
            }
        };
        let classes = match self.base.message_classes {
            1 => "",
            _ => " for each message class",
        };
        Some(Lack {
            path: self.written_or_routing(checker, "fabric.switch.virtual_channels"),
            message: format!("`{routing}` {few}{classes}"),
            help: "`virtual_channels` of `Switch`; `fabricsim list routings` says what each routing needs",
        })
    }

    fn reallocation(&self, checker: &Checker) -> Option<Lack> {
        let Base { routing, switch, .. } = self.base;
        let shares_buffers = switch.vc_reallocation == VcReallocation::NonAtomic;
        let has_escape = matches!(routing, Routing::MinimalAdaptive | Routing::WeightedTables);
        (has_escape && shares_buffers).then(|| Lack {
            path: self.written_or_routing(checker, "fabric.switch.vc_reallocation"),
            message: format!("`{routing}` {ONE_BY_ONE}"),
            help: "`vc_reallocation: WholePacketFits` or `Atomic`",
        })
    }

    /// Holes that are room for a packet, and stay it.
    fn bubbles(&self, checker: &Checker) -> Option<Lack> {
        let Base {
            routing,
            switch,
            traffic,
            ..
        } = self.base;
        if !matches!(routing, Routing::BubbleDimensionOrder | Routing::AdaptiveBubble) {
            return None;
        }
        if switch.switching == Switching::Wormhole {
            return Some(Lack {
                path: self.written_or_routing(checker, "fabric.switch.switching"),
                message: format!("`{routing}` {RINGS_NEED_SWITCHING}"),
                help: "`Switch(switching: CutThrough, …)` or `StoreAndForward`",
            });
        }
        if switch.vc_reallocation != VcReallocation::WholePacketFits {
            return Some(Lack {
                path: self.written_or_routing(checker, "fabric.switch.vc_reallocation"),
                message: format!("`{routing}` {RINGS_NEED_REALLOCATION}"),
                help: "`vc_reallocation: WholePacketFits`",
            });
        }
        let lengths = || traffic.iter().map(|flow| flow.packet.flits);
        let (shortest, longest) = (lengths().min()?, lengths().max()?);
        if shortest != longest {
            let other = lengths().position(|flits| Some(flits) != lengths().next())?;
            return Some(Lack {
                path: format!("traffic[{other}].packet"),
                message: format!(
                    "`{routing}` needs packets of one length, but there are {shortest} and {longest} flits: holes of unlike \
                     sizes don't add up to room"
                ),
                help: "give all entries of `traffic` the same `packet`",
            });
        }
        let links = 0..self.fabric.topology.grid()?.first_terminal_port();
        let least = links
            .map(|port| self.fabric.buffers_of(port).buffer_flits)
            .min()?;
        (u32::from(least) < 2 * u32::from(longest)).then(|| Lack {
            path: self.written_or_routing(checker, "fabric.switch.buffer_flits"),
            message: format!(
                "`{routing}` needs buffers of two packets, {} flits, but they have {least}",
                2 * u32::from(longest),
            ),
            help: "a packet enters a ring only where it leaves room for another",
        })
    }

    /// The place of the first of two fields that the sweep varies, or else the second.
    fn place(&self, first: &str, second: &str) -> String {
        let varies = |path: &str| self.axes.iter().any(|axis| axis.kind.sets(path));
        let path = if varies(first) && !varies(second) {
            first
        } else {
            second
        };
        written_path(self.axes, self.items, path)
    }

    /// The place of a field that the file or the sweep sets, or else of the routing.
    fn written_or_routing(&self, checker: &Checker, path: &str) -> String {
        let varies = self.axes.iter().any(|axis| axis.kind.sets(path));
        let routing_varies = self.axes.iter().any(|axis| axis.kind == AxisKind::Routing);
        let is_written = varies || checker.source.find(path).is_some();
        let path = if is_written && (varies || !routing_varies) {
            path
        } else {
            "fabric.routing"
        };
        written_path(self.axes, self.items, path)
    }
}
