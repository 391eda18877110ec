//! Topology and routing of a configuration.

use super::configuration::{Configuration, Setting, closest};
use super::error::ImportError;
use super::note::Note;

/// The topologies of BookSim2 that have a counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topology {
    Torus,
    Mesh,
    FatTree,
    FlatFly,
    Dragonfly,
}

impl Topology {
    const ALL: [Self; 5] = [
        Self::Torus,
        Self::Mesh,
        Self::FatTree,
        Self::FlatFly,
        Self::Dragonfly,
    ];

    /// BookSim2's name.
    fn theirs(self) -> &'static str {
        match self {
            Self::Torus => "torus",
            Self::Mesh => "mesh",
            Self::FatTree => "fattree",
            Self::FlatFly => "flatfly",
            Self::Dragonfly => "dragonflynew",
        }
    }
}

/// Where packets go, and over what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fabric {
    pub topology: Topology,
    /// Name of the routing in experiments.
    pub routing: &'static str,
    pub shape: Shape,
}

/// Switches, terminals and links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// As experiments write it.
    pub written: String,
    /// Its parameters in BookSim2.
    pub parameters: &'static str,
    /// Number of terminals, if it can be counted.
    pub terminals: Option<u32>,
    /// Of a torus or mesh.
    pub dimensions: Option<u32>,
    /// Latency of the links between switches, or of most [cycles].
    pub link_latency: u32,
    /// What is to be said of that.
    pub why_latency: &'static str,
    /// Links that differ, as experiments write them.
    pub links: Vec<String>,
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

const UGAL: &str = "UgalL";

pub(super) const MINIMAL_ADAPTIVE: &str = "MinimalAdaptive";

/// Routings by (topology, BookSim2's name): our name for them.
const ROUTINGS: [(Topology, &str, &str); 14] = [
    (Topology::Torus, "dim_order", DIMENSION_ORDER),
    (Topology::Mesh, "dim_order", DIMENSION_ORDER),
    (Topology::Mesh, "dor", DIMENSION_ORDER),
    (Topology::Torus, "valiant", "Valiant"),
    (Topology::Mesh, "valiant", "Valiant"),
    (Topology::Mesh, "xy_yx", "O1Turn"),
    (Topology::Mesh, "romm", "Romm"),
    (Topology::Torus, "min_adapt", MINIMAL_ADAPTIVE),
    (Topology::Mesh, "min_adapt", MINIMAL_ADAPTIVE),
    (Topology::FatTree, "nca", "NearestCommonAncestor"),
    (Topology::FatTree, "anca", "AdaptiveNearestCommonAncestor"),
    (Topology::FlatFly, "ran_min", DIMENSION_ORDER),
    (Topology::Dragonfly, "min", "Minimal"),
    (Topology::Dragonfly, "ugal", UGAL),
];

/// Those whose virtual channels are used as BookSim2 does.
const SAME_CLASSES: [&str; 4] = [
    DIMENSION_ORDER,
    "NearestCommonAncestor",
    "AdaptiveNearestCommonAncestor",
    "Minimal",
];

/// Routings that BookSim2 has on these topologies and that have no counterpart.
const FOREIGN_ROUTINGS: [&str; 15] = [
    "xyyx",
    "adaptive_xyyx",
    "ugal_pni",
    "ugal_xyyx",
    "valiant_flatfly",
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
    let routing = routing(topology, &configuration.text("routing_function"), notes)?;
    router(&configuration.text("router"))?;
    let c = configuration.integer("c");
    if topology != Topology::FlatFly && c.value != 1 {
        let why = "BookSim2 ignores it (only a `flatfly` has several terminals a switch by it)";
        notes.push(Note::new(&c, why, "ignored too"));
    }
    let shape = match topology {
        Topology::Torus | Topology::Mesh => grid(topology, configuration)?,
        Topology::FatTree => fat_tree(configuration)?,
        Topology::FlatFly => flattened_butterfly(configuration)?,
        Topology::Dragonfly => dragonfly(configuration)?,
    };
    Ok(Fabric {
        topology,
        routing,
        shape,
    })
}

fn grid(topology: Topology, configuration: &Configuration) -> Result<Shape, ImportError> {
    let (k, n) = k_and_n(configuration)?;
    let name = if topology == Topology::Torus {
        "Torus"
    } else {
        "Mesh"
    };
    let long = topology == Topology::Torus && configuration.integer("use_noc_latency").value == 1;
    Ok(Shape {
        written: format!("{name}(sides: {:?})", vec![k; n as usize]),
        parameters: "topology, k, n",
        terminals: k.checked_pow(n),
        dimensions: Some(n),
        link_latency: if long { 2 } else { 1 },
        why_latency: match topology {
            Topology::Torus => "use_noc_latency: 2 on a torus, 1 without it",
            _ => "1 on a mesh",
        },
        links: Vec::new(),
    })
}

fn fat_tree(configuration: &Configuration) -> Result<Shape, ImportError> {
    let (k, n) = k_and_n(configuration)?;
    Ok(Shape {
        written: format!("KAryNTree(k: {k}, n: {n})"),
        parameters: "topology, k, n",
        terminals: k.checked_pow(n),
        dimensions: None,
        link_latency: 1,
        why_latency: "1 on a fat tree",
        links: Vec::new(),
    })
}

/// The longest side of a flattened butterfly whose links are written one by one.
const LONGEST_ROW: u32 = 16;

/// Switches are laid out on a square, `xr` and `yr` terminals apart, and links are as long as the way between them.
fn flattened_butterfly(configuration: &Configuration) -> Result<Shape, ImportError> {
    let ((k, n), c) = (k_and_n(configuration)?, configuration.integer("c"));
    let terminals = u32::try_from(c.value).ok().filter(|&c| c > 0);
    let Some(terminals) = terminals else {
        return Err(c.error(format!(
            "`c` is {}, but a switch has at least 1 terminal",
            c.value
        )));
    };
    let pitch = configuration.integer("xr");
    let has_lengths = configuration.integer("use_noc_latency").value == 1;
    let mut links = Vec::new();
    if has_lengths {
        let columns = configuration.integer("x");
        if i64::from(columns.value) != i64::from(k) || n > 2 || k > LONGEST_ROW {
            let message = format!(
                "the lengths of links are known of 1 or 2 dimensions of `k` switches in rows of `x`, at most {LONGEST_ROW}"
            );
            return Err(columns
                .error(message)
                .with_help("`use_noc_latency = 0` has links of a cycle"));
        }
        if pitch.value < 1 || i64::from(pitch.value).pow(2) != i64::from(terminals) {
            return Err(pitch.error(format!(
                "`xr` times `yr` must be the {terminals} terminals of a switch"
            )));
        }
        links = lengths(k, n, pitch.value.unsigned_abs());
    }
    let switches = k.checked_pow(n);
    Ok(Shape {
        written: format!(
            "HyperX(sides: {:?}, terminals_per_switch: {terminals})",
            vec![k; n as usize]
        ),
        parameters: "topology, k, n, c",
        terminals: switches.and_then(|switches| switches.checked_mul(terminals)),
        dimensions: None,
        link_latency: if has_lengths {
            pitch.value.unsigned_abs()
        } else {
            1
        },
        why_latency: "use_noc_latency: as long as the way; 1 without it",
        links,
    })
}

/// The links that are longer than the shortest, by their switches.
fn lengths(k: u32, n: u32, pitch: u32) -> Vec<String> {
    let mut links = Vec::new();
    let mut add = |from: String, to: String, length: u32| {
        links.push(format!(
            "Links(of: Joining(from: \"{from}\", to: \"{to}\"), latency: Cycles({length}))"
        ));
    };
    let pairs: Vec<(u32, u32)> = (0..k).flat_map(|a| (a + 2..k).map(move |b| (a, b))).collect();
    for &(a, b) in &pairs {
        let length = pitch * (b - a);
        if n == 1 {
            add(format!("({a})"), format!("({b})"), length);
            continue;
        }
        for other in 0..k {
            add(format!("({a},{other})"), format!("({b},{other})"), length);
            add(format!("({other},{a})"), format!("({other},{b})"), length);
        }
    }
    links
}

/// `k` terminals and global ports a switch, 2 k switches a group.
fn dragonfly(configuration: &Configuration) -> Result<Shape, ImportError> {
    let (k, n) = k_and_n(configuration)?;
    if n != 1 {
        let n = configuration.integer("n");
        return Err(n.error(format!(
            "`n` is {}, but groups of dragonflynew have 1 dimension",
            n.value
        )));
    }
    let of_group = k.checked_mul(k).and_then(|square| square.checked_mul(2));
    let terminals = of_group.and_then(|group| group.checked_mul(group.checked_add(1)?));
    let links = ["Links(of: Local, latency: Cycles(10))"];
    Ok(Shape {
        written: format!("Dragonfly(p: {k}, a: {}, h: {k})", k.saturating_mul(2)),
        parameters: "topology, k: a = 2 k, h = k",
        terminals,
        dimensions: None,
        link_latency: 100,
        why_latency: "global links; fixed in BookSim2, as are the local ones",
        links: links.map(str::to_owned).to_vec(),
    })
}

fn topology(setting: &Setting<String>) -> Result<Topology, ImportError> {
    let name = setting.value.as_str();
    let found = Topology::ALL
        .into_iter()
        .find(|topology| topology.theirs() == name);
    if let Some(topology) = found {
        return Ok(topology);
    }
    if !ALL_TOPOLOGIES.contains(&name) {
        return Err(not_known(setting, "topology", name, &ALL_TOPOLOGIES));
    }
    let possible: Vec<String> = Topology::ALL
        .iter()
        .map(|topology| format!("`{}`", topology.theirs()))
        .collect();
    Err(setting
        .error(format!("topology `{name}` has no counterpart here"))
        .with_help(format!("these can be imported: {}", possible.join(", "))))
}

fn not_known(setting: &Setting<String>, what: &str, name: &str, names: &[&'static str]) -> ImportError {
    let error = setting.error(format!("BookSim2 has no {what} `{name}`"));
    match closest(name, names.iter().copied()) {
        Some(name) => error.with_help(format!("did you mean `{name}`?")),
        None => error,
    }
}

fn k_and_n(configuration: &Configuration) -> Result<(u32, u32), ImportError> {
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
    Ok((k.value.unsigned_abs(), n.value.unsigned_abs()))
}

fn routing(
    topology: Topology,
    setting: &Setting<String>,
    notes: &mut Vec<Note>,
) -> Result<&'static str, ImportError> {
    let name = setting.value.as_str();
    let on_topology = || ROUTINGS.iter().filter(|(on, _, _)| *on == topology);
    if let Some((_, _, ours)) = on_topology().find(|(_, theirs, _)| *theirs == name) {
        if !SAME_CLASSES.contains(ours) {
            let why = "its virtual-channel classes are BookSim2's own";
            notes.push(Note::new(
                setting,
                why,
                format!("`{ours}`, whose classes are fabricsim's"),
            ));
        }
        if *ours == UGAL {
            let why = "it goes by the shortest path unless the other queue is shorter by 30 flits";
            notes.push(Note::new(
                setting,
                why,
                "whatever the difference, so that more packets take detours at low load",
            ));
        }
        return Ok(ours);
    }
    let theirs: Vec<_> = on_topology().map(|(_, theirs, _)| *theirs).collect();
    let help = format!(
        "on a {} these can be imported: {}",
        topology.theirs(),
        theirs.join(", ")
    );
    if name == "none" {
        let message = "`routing_function` is not set, and BookSim2 has no default for it";
        return Err(setting.error(message).with_help(help));
    }
    if FOREIGN_ROUTINGS.contains(&name) || ROUTINGS.iter().any(|(_, theirs, _)| *theirs == name) {
        let message = format!("`{name}` on a {} has no counterpart here", topology.theirs());
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
