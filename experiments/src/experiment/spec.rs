//! What a point of a sweep is: every value that its result depends on, checked, defaults filled in, units resolved.

use fabricsim_core::{
    AllocatorKind, Cycle, FlitTime, LongStages, MeasurePlan, PortBuffers, SwitchConfig, Switching,
    VcReallocation, Window,
};
use fabricsim_topologies::{Grid, GridChannels};
use fabricsim_traffic::{Destinations, Flow};
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::names::{Dateline, HalfWay, Injection, Pattern, Queueing, Routing, Selection, Spread};
use super::topology::Topology;

/// Everything that the result of one simulation depends on, and nothing else: not the experiment's name, not the
/// other points, not what the file left to defaults.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointSpec {
    /// What carries the traffic.
    pub fabric: FabricSpec,
    /// What every terminal sends; the entries add up.
    pub traffic: Vec<FlowSpec>,
    /// How long to measure.
    pub measure: MeasureSpec,
    /// Keys every random stream.
    pub seed: u64,
}

/// Shape, routing, switches and links.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FabricSpec {
    /// The shape.
    pub topology: Topology,
    /// The routing.
    pub routing: Routing,
    /// Direction at half a ring; `None` where the fabric has no ring.
    pub half_way: Option<HalfWay>,
    /// Classes of virtual channels on rings; `None` where there is no ring, or one virtual channel only, and of routings
    /// without such classes.
    pub dateline: Option<Dateline>,
    /// Which of several ways on a packet asks for; `None` of routings that are not adaptive.
    pub selection: Option<Selection>,
    /// What takes one of several ways as one; `None` of routings that spread nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
    /// Equal parts of the virtual channels, at least 1, each for messages of one class.
    pub message_classes: u8,
    /// The switch that all share, with the buffers of most of its ports.
    #[serde(with = "SwitchForm")]
    pub switch: SwitchConfig,
    /// Where packets wait.
    pub queueing: Queueing,
    /// The buffers of each port of a switch, by port; empty where all are as `switch` says.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "port_forms")]
    pub ports: Vec<PortBuffers>,
    /// The links between switches.
    pub link: LinkSpec,
    /// Those that differ from `link`.
    #[serde(skip_serializing_if = "LinkExceptions::is_empty")]
    pub links: LinkExceptions,
    /// Time of flight between terminals and switches \[cycles\].
    pub terminal_latency: u32,
}

/// The links that differ from the others. Equal for equal fabrics, however their files say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LinkExceptions {
    /// The links of each dimension; empty where those of all are alike.
    pub dimensions: Vec<LinkSpec>,
    /// Links that differ from those of their dimension, by the switch and the output port that drive them, in order.
    pub pairs: Vec<(u32, u8, LinkSpec)>,
    /// Of a graph: links that differ, by their number, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of_graph: Vec<(u32, LinkSpec)>,
}

impl LinkExceptions {
    /// All links are alike.
    pub fn is_empty(&self) -> bool {
        self.dimensions.is_empty() && self.pairs.is_empty() && self.of_graph.is_empty()
    }

    /// A link of a graph by its number, where most are as `other`.
    pub fn of_link(&self, other: LinkSpec, number: u32) -> LinkSpec {
        let place = self.of_graph.binary_search_by_key(&number, |&(number, _)| number);
        place.map_or(other, |place| self.of_graph[place].1)
    }

    /// The link that `port` of `switch` drives, where most are as `other`.
    pub fn of(&self, other: LinkSpec, switch: u32, port: u8) -> LinkSpec {
        let place = self
            .pairs
            .binary_search_by_key(&(switch, port), |&(switch, port, _)| (switch, port));
        match place {
            Ok(place) => self.pairs[place].2,
            Err(_) => self
                .dimensions
                .get(usize::from(port / 2))
                .copied()
                .unwrap_or(other),
        }
    }
}

impl FabricSpec {
    /// The link that `port` of `switch` drives, of a grid.
    pub fn link_of(&self, switch: u32, port: u8) -> LinkSpec {
        self.links.of(self.link, switch, port)
    }

    /// The grid, where packets are routed by its coordinates.
    pub fn routed_grid(&self) -> Option<&Grid> {
        self.topology.grid().filter(|_| !self.routing.takes_any_graph())
    }

    /// Whether all links are alike, and all ports.
    pub fn is_uniform(&self) -> bool {
        self.links.is_empty() && self.ports.is_empty()
    }

    /// Whether some link carries less than a flit a cycle.
    pub fn has_slow_links(&self) -> bool {
        let exceptions = self.links.dimensions.iter();
        let pairs = self.links.pairs.iter().map(|(_, _, link)| link);
        let of_graph = self.links.of_graph.iter().map(|(_, link)| link);
        let mut all = exceptions.chain(pairs).chain(of_graph).chain([&self.link]);
        all.any(|link| link.flit_time != FlitTime::ONE)
    }

    /// The buffers of a port.
    pub fn buffers_of(&self, port: u8) -> PortBuffers {
        self.ports
            .get(usize::from(port))
            .copied()
            .unwrap_or(self.switch.port_buffers())
    }

    /// The virtual channels of the ports of a grid, those of all message classes together.
    pub fn channels(&self, grid: &Grid) -> GridChannels {
        let of = |port| self.buffers_of(port).virtual_channels;
        let links = grid.first_terminal_port();
        GridChannels {
            by_dimension: (0..links).step_by(2).map(of).collect(),
            terminals: of(links),
        }
    }

    /// The virtual channels of each message class on a grid; `None` where they can't be shared equally.
    pub fn class_channels(&self, grid: &Grid) -> Option<GridChannels> {
        self.channels(grid).divided(self.message_classes)
    }

    /// The virtual channels of each message class where all ports are alike; `None` where they can't be shared equally.
    pub fn class_share(&self) -> Option<u8> {
        let all = self.switch.virtual_channels;
        let classes = self.message_classes;
        (classes > 0 && all.is_multiple_of(classes)).then(|| all / classes)
    }

    /// The switch as the engine has it where ports differ: with the most virtual channels and flits of any.
    pub fn engine_switch(&self) -> SwitchConfig {
        let (channels, flits) = (
            self.ports.iter().map(|port| port.virtual_channels).max(),
            self.ports.iter().map(|port| port.buffer_flits).max(),
        );
        SwitchConfig {
            virtual_channels: channels.unwrap_or(self.switch.virtual_channels),
            buffer_flits: flits.unwrap_or(self.switch.buffer_flits),
            ..self.switch
        }
    }

    /// The least virtual channels of any port.
    pub fn least_virtual_channels(&self) -> u8 {
        let ports = self.ports.iter().map(|port| port.virtual_channels);
        ports.min().unwrap_or(self.switch.virtual_channels)
    }

    /// The shortest buffer of any port \[flits\].
    pub fn shortest_buffer(&self) -> u16 {
        let ports = self.ports.iter().map(|port| port.buffer_flits);
        ports.min().unwrap_or(self.switch.buffer_flits)
    }
}

/// The links between switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LinkSpec {
    /// Time of flight of a flit, and of a credit the other way \[cycles\].
    pub latency: u32,
    /// Time that a flit occupies it \[cycles\], at least 1.
    #[serde(with = "FlitTimeForm")]
    pub flit_time: FlitTime,
}

/// One entry of `traffic`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FlowSpec {
    /// Where packets go.
    pub pattern: Pattern,
    /// Whether a terminal may draw itself; `None` of patterns that do not draw.
    pub include_self: Option<bool>,
    /// When packets are created.
    pub injection: Injection,
    /// Their length \[flits\].
    pub packet_flits: u16,
    /// Their message class, from 0.
    pub class: u8,
    /// Offered load \[flits/terminal/cycle\].
    pub load: f64,
}

/// How long to measure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeasureSpec {
    /// Relative half-width of the 95 % interval of mean packet latency.
    pub precision: f64,
    /// Cycles before the measured window; `None` is automatic.
    pub warmup: Option<Cycle>,
    /// Length of the measured window \[cycles\]; `None` is until precise.
    pub cycles: Option<Cycle>,
    /// The whole run ends here at the latest \[cycles\].
    pub max_cycles: Cycle,
}

impl PointSpec {
    /// Total offered load \[flits/terminal/cycle\]; of several entries to 12 significant digits, so that 0.1 and 0.2
    /// are 0.3.
    pub fn offered(&self) -> f64 {
        match self.traffic.as_slice() {
            [only] => only.load,
            several => rounded(several.iter().map(|flow| flow.load).sum()),
        }
    }

    /// The one text of this point: JSON, fields in the order of the types, numbers in their shortest form.
    pub fn canonical(&self) -> String {
        // Numbers, names and lists: there is nothing in it that JSON could refuse.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The point's key in a store of results: SHA-256 of [`PointSpec::canonical`], in hexadecimal.
    ///
    /// Equal for equal points, whatever file they come from and wherever they run.
    pub fn hash(&self) -> String {
        digest(&self.canonical())
    }
}

/// SHA-256 of a text, in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// To 12 significant digits: decimal arithmetic on the decimals that people write.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.11e}").parse().unwrap_or(value)
}

impl FlowSpec {
    /// The pattern as `fabricsim-traffic` knows it.
    pub fn pattern(&self) -> fabricsim_traffic::Pattern {
        self.pattern.with_self(self.include_self.unwrap_or(true))
    }

    /// The flow, whose packets go where the pattern sends them on a fabric.
    pub fn flow(&self, destinations: Destinations) -> Flow {
        Flow {
            destinations,
            injection: self.injection.into(),
            flits: self.packet_flits,
            class: self.class,
            load: self.load,
        }
    }
}

impl MeasureSpec {
    /// The plan of the engine, where an automatic warm-up takes `automatic_warmup` cycles.
    pub fn plan(&self, automatic_warmup: Cycle) -> MeasurePlan {
        MeasurePlan {
            warmup: self.warmup.unwrap_or(automatic_warmup),
            window: self.cycles.map_or(Window::UntilPrecise, Window::Fixed),
            max_cycles: self.max_cycles,
            precision: self.precision,
            is_overloaded: false,
        }
    }
}

/// [`SwitchConfig`], field by field: a new field has to be added here, and so becomes part of the hash.
#[derive(Serialize)]
#[serde(remote = "SwitchConfig")]
struct SwitchForm {
    virtual_channels: u8,
    buffer_flits: u16,
    routing_delay: u8,
    vc_alloc_delay: u8,
    sw_alloc_delay: u8,
    st_prepare_delay: u8,
    st_final_delay: u8,
    credit_delay: u8,
    speculative: bool,
    internal_speedup: u8,
    #[serde(with = "LongStagesForm")]
    long_stages: LongStages,
    #[serde(with = "SwitchingForm")]
    switching: Switching,
    hold_switch_for_packet: bool,
    combined_allocation: bool,
    #[serde(with = "VcReallocationForm")]
    vc_reallocation: VcReallocation,
    #[serde(with = "AllocatorForm")]
    vc_allocator: AllocatorKind,
    #[serde(with = "AllocatorForm")]
    sw_allocator: AllocatorKind,
}

fn port_forms<S: Serializer>(ports: &[PortBuffers], serializer: S) -> Result<S::Ok, S::Error> {
    let forms = ports
        .iter()
        .map(|port| (port.virtual_channels, port.buffer_flits));
    serializer.collect_seq(forms)
}

#[derive(Serialize)]
#[serde(remote = "LongStages")]
enum LongStagesForm {
    Pipelined,
    Batched,
}

#[derive(Serialize)]
#[serde(remote = "Switching")]
enum SwitchingForm {
    Wormhole,
    CutThrough,
    StoreAndForward,
}

#[derive(Serialize)]
#[serde(remote = "VcReallocation")]
enum VcReallocationForm {
    NonAtomic,
    WholePacketFits,
    Atomic,
}

#[derive(Serialize)]
#[serde(remote = "AllocatorKind")]
enum AllocatorForm {
    Islip { iterations: u8 },
    SeparableInputFirst,
    SeparableOutputFirst,
    Pim { iterations: u8 },
    Wavefront,
    Select { iterations: u8 },
    Loa,
}

#[derive(Serialize)]
#[serde(remote = "FlitTime")]
struct FlitTimeForm {
    numerator: u32,
    denominator: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topology(wrap: [bool; 2], concentration: u32) -> Topology {
        Topology::Torus(Grid::new(vec![8, 4], wrap.to_vec(), concentration).unwrap())
    }

    fn spec() -> PointSpec {
        PointSpec {
            fabric: FabricSpec {
                topology: topology([true, true], 1),
                routing: Routing::DimensionOrder,
                half_way: Some(HalfWay::Random),
                dateline: Some(Dateline::OnEntry),
                selection: None,
                spread: None,
                message_classes: 1,
                switch: SwitchConfig::default(),
                queueing: Queueing::VirtualChannels,
                ports: Vec::new(),
                link: LinkSpec {
                    latency: 2,
                    flit_time: FlitTime::ONE,
                },
                links: LinkExceptions::default(),
                terminal_latency: 1,
            },
            traffic: vec![FlowSpec {
                pattern: Pattern::Uniform,
                include_self: Some(true),
                injection: Injection::Bernoulli,
                packet_flits: 4,
                class: 0,
                load: 0.15,
            }],
            measure: MeasureSpec {
                precision: 0.01,
                warmup: None,
                cycles: Some(1000),
                max_cycles: 1_000_000,
            },
            seed: 7,
        }
    }

    /// What stored results are found by: a change here makes every stored result unknown.
    #[test]
    fn the_canonical_text_and_its_hash_are_fixed() {
        assert_eq!(
            spec().canonical(),
            "{\"fabric\":{\"topology\":{\"sides\":[8,4],\"wrap\":[true,true],\"terminals_per_switch\":1},\
             \"routing\":\"DimensionOrder\",\"half_way\":\"Random\",\"dateline\":\"OnEntry\",\
             \"selection\":null,\"message_classes\":1,\
             \"switch\":{\"virtual_channels\":8,\"buffer_flits\":8,\"routing_delay\":1,\"vc_alloc_delay\":1,\
             \"sw_alloc_delay\":1,\"st_prepare_delay\":0,\"st_final_delay\":1,\"credit_delay\":0,\
             \"speculative\":false,\"internal_speedup\":1,\"long_stages\":\"Pipelined\",\
             \"switching\":\"Wormhole\",\"hold_switch_for_packet\":false,\"combined_allocation\":false,\
             \"vc_reallocation\":\"WholePacketFits\",\
             \"vc_allocator\":{\"Islip\":{\"iterations\":1}},\"sw_allocator\":{\"Islip\":{\"iterations\":1}}},\"queueing\":\"VirtualChannels\",\
             \"link\":{\"latency\":2,\"flit_time\":{\"numerator\":1,\"denominator\":1}},\
             \"terminal_latency\":1},\
             \"traffic\":[{\"pattern\":\"Uniform\",\"include_self\":true,\"injection\":\"Bernoulli\",\
             \"packet_flits\":4,\"class\":0,\"load\":0.15}],\
             \"measure\":{\"precision\":0.01,\"warmup\":null,\"cycles\":1000,\"max_cycles\":1000000},\"seed\":7}"
        );
        assert_eq!(spec().hash().len(), 64);
        assert_ne!(spec().hash(), PointSpec { seed: 8, ..spec() }.hash());
    }

    #[test]
    fn the_plan_takes_the_automatic_warmup_only_where_none_is_given() {
        let automatic = spec().measure.plan(3000);
        assert_eq!((automatic.warmup, automatic.window), (3000, Window::Fixed(1000)));
        let given = MeasureSpec {
            warmup: Some(5),
            cycles: None,
            ..spec().measure
        };
        assert_eq!(given.plan(3000).warmup, 5);
        assert_eq!(given.plan(3000).window, Window::UntilPrecise);
    }
}
