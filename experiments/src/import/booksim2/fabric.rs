//! Topology and routing of a configuration.

use super::configuration::{Configuration, Setting, closest};
use super::error::ImportError;
use super::note::Note;

/// The topologies of BookSim2 that have a counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topology {
    Torus,
    Mesh,
}

impl Topology {
    /// The name that experiments know it by.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Torus => "Torus",
            Self::Mesh => "Mesh",
        }
    }
}

/// Where packets go, and over what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fabric {
    pub topology: Topology,
    /// Switches along each dimension.
    pub sides: Vec<u32>,
    /// Name of the routing in experiments.
    pub routing: &'static str,
    /// Latency of the links between switches [cycles].
    pub link_latency: u32,
}

impl Fabric {
    /// Number of terminals, if it can be counted.
    pub(super) fn terminals(&self) -> Option<u32> {
        self.sides
            .iter()
            .try_fold(1_u32, |product, &side| product.checked_mul(side))
    }
}

const ALL_TOPOLOGIES: [&str; 10] = [
    "torus",
    "mesh",
    "cmesh",
    "fly",
    "fattree",
    "qtree",
    "tree4",
    "flatfly",
    "dragonflynew",
    "anynet",
];

const DIMENSION_ORDER: &str = "DimensionOrder";

/// Routings by (topology, BookSim2's name): our name for them.
const ROUTINGS: [(Topology, &str, &str); 9] = [
    (Topology::Torus, "dim_order", DIMENSION_ORDER),
    (Topology::Mesh, "dim_order", DIMENSION_ORDER),
    (Topology::Mesh, "dor", DIMENSION_ORDER),
    (Topology::Torus, "valiant", "Valiant"),
    (Topology::Mesh, "valiant", "Valiant"),
    (Topology::Mesh, "xy_yx", "O1Turn"),
    (Topology::Mesh, "romm", "Romm"),
    (Topology::Torus, "min_adapt", "MinimalAdaptive"),
    (Topology::Mesh, "min_adapt", "MinimalAdaptive"),
];

/// Routings that BookSim2 has on a torus or mesh and that have no counterpart.
const FOREIGN_ROUTINGS: [&str; 10] = [
    "dim_order_ni",
    "dim_order_pni",
    "dim_order_bal",
    "adaptive_xy_yx",
    "romm_ni",
    "planar_adapt",
    "valiant_ni",
    "chaos",
    "limited_adapt",
    "none",
];

/// The most dimensions that are taken for meant.
const MAX_DIMENSIONS: i32 = 32;

pub(super) fn fabric(configuration: &Configuration, notes: &mut Vec<Note>) -> Result<Fabric, ImportError> {
    let topology = topology(&configuration.text("topology"))?;
    let sides = sides(configuration)?;
    let routing = routing(topology, &configuration.text("routing_function"), notes)?;
    router(&configuration.text("router"))?;
    let long = topology == Topology::Torus && configuration.integer("use_noc_latency").value == 1;
    Ok(Fabric {
        topology,
        sides,
        routing,
        link_latency: if long { 2 } else { 1 },
    })
}

fn topology(setting: &Setting<String>) -> Result<Topology, ImportError> {
    match setting.value.as_str() {
        "torus" => Ok(Topology::Torus),
        "mesh" => Ok(Topology::Mesh),
        known if ALL_TOPOLOGIES.contains(&known) => {
            let message = format!("topology `{known}` has no counterpart here");
            Err(setting
                .error(message)
                .with_help("`torus` and `mesh` can be imported"))
        }
        unknown => Err(not_known(setting, "topology", unknown, &ALL_TOPOLOGIES)),
    }
}

fn not_known(setting: &Setting<String>, what: &str, name: &str, names: &[&'static str]) -> ImportError {
    let error = setting.error(format!("BookSim2 has no {what} `{name}`"));
    match closest(name, names.iter().copied()) {
        Some(name) => error.with_help(format!("did you mean `{name}`?")),
        None => error,
    }
}

fn sides(configuration: &Configuration) -> Result<Vec<u32>, ImportError> {
    let (k, n) = (configuration.integer("k"), configuration.integer("n"));
    if k.value < 1 {
        return Err(k.error(format!(
            "`k` is {}, but a dimension has at least 1 switch",
            k.value
        )));
    }
    if !(1..=MAX_DIMENSIONS).contains(&n.value) {
        return Err(n.error(format!(
            "`n` is {}, but must be 1 to {MAX_DIMENSIONS} dimensions",
            n.value
        )));
    }
    Ok(vec![k.value.unsigned_abs(); n.value.unsigned_abs() as usize])
}

fn routing(
    topology: Topology,
    setting: &Setting<String>,
    notes: &mut Vec<Note>,
) -> Result<&'static str, ImportError> {
    let name = setting.value.as_str();
    let on_topology = || ROUTINGS.iter().filter(|(on, _, _)| *on == topology);
    if let Some((_, _, ours)) = on_topology().find(|(_, theirs, _)| *theirs == name) {
        if *ours != DIMENSION_ORDER {
            let why = "its virtual-channel classes are BookSim2's own";
            notes.push(Note::new(
                setting,
                why,
                format!("`{ours}`, whose classes are fabricsim's"),
            ));
        }
        return Ok(ours);
    }
    let theirs: Vec<_> = on_topology().map(|(_, theirs, _)| *theirs).collect();
    let help = format!(
        "on a {} these can be imported: {}",
        topology.name().to_lowercase(),
        theirs.join(", ")
    );
    if name == "none" {
        let message = "`routing_function` is not set, and BookSim2 has no default for it";
        return Err(setting.error(message).with_help(help));
    }
    if FOREIGN_ROUTINGS.contains(&name) || ROUTINGS.iter().any(|(_, theirs, _)| *theirs == name) {
        let message = format!(
            "`{name}` on a {} has no counterpart here",
            topology.name().to_lowercase()
        );
        return Err(setting.error(message).with_help(help));
    }
    Err(not_known(setting, "routing function", name, &theirs))
}

fn router(setting: &Setting<String>) -> Result<(), ImportError> {
    if setting.value == "iq" {
        return Ok(());
    }
    let message = format!("router `{}` has no counterpart here", setting.value);
    Err(setting
        .error(message)
        .with_help("the input-queued router `iq` can be imported"))
}
