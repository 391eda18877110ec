//! Patterns, packets and loads of a configuration.

use super::configuration::{Configuration, Setting, elements};
use super::error::ImportError;
use super::fabric::{Fabric, Topology};
use super::note::Note;
use super::switch::called;

/// One traffic class.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Flow {
    /// Name of the pattern in experiments.
    pub pattern: &'static str,
    /// Length of every packet [flits].
    pub packet_flits: u32,
    /// Offered load [flits/terminal/cycle].
    pub load: f64,
}

const UNIFORM: &str = "Uniform";

/// Patterns: BookSim2's name, ours.
const PATTERNS: [(&str, &str); 7] = [
    ("uniform", UNIFORM),
    ("tornado", "Tornado"),
    ("transpose", "Transpose"),
    ("bitcomp", "BitComplement"),
    ("bitrev", "BitReverse"),
    ("shuffle", "Shuffle"),
    ("neighbor", "Neighbor"),
];

/// Patterns that BookSim2 has and we don't.
const FOREIGN_PATTERNS: [&str; 8] = [
    "randperm",
    "background",
    "diagonal",
    "asymmetric",
    "taper64",
    "bad_dragon",
    "badperm_yarc",
    "hotspot",
];

/// The most traffic classes that are taken for meant.
const MAX_CLASSES: i32 = 1024;

/// The flows of all classes. Where a list has fewer values than there are classes, its last is repeated.
pub(super) fn flows(
    configuration: &Configuration,
    fabric: &Fabric,
    notes: &mut Vec<Note>,
) -> Result<Vec<Flow>, ImportError> {
    open_loop(&configuration.text("sim_type"))?;
    let classes = configuration.integer("classes");
    if !(1..=MAX_CLASSES).contains(&classes.value) {
        return Err(classes.error(format!(
            "`classes` is {}, but must be 1 to {MAX_CLASSES}",
            classes.value
        )));
    }
    if classes.value > 1 {
        let why = "a terminal serves the queues of its classes in turn";
        notes.push(Note::new(
            &classes,
            why,
            "one queue, in order of creation; an entry of `traffic` a class",
        ));
    }
    let classes = 0..classes.value.unsigned_abs() as usize;
    let mut flows: Vec<Flow> = classes
        .map(|class| flow(configuration, fabric, class))
        .collect::<Result<_, _>>()?;
    if fabric.topology == Topology::FlatFly && flows.iter().any(|flow| flow.pattern != UNIFORM) {
        let why = "it goes by numbers of terminals, which count rows of the whole chip";
        notes.push(Note::new(
            &configuration.text("traffic"),
            why,
            "by numbers that count switch after switch: other pairs, unless a switch has one terminal",
        ));
    }
    let total: f64 = flows.iter().map(|flow| flow.load).sum();
    if total > 1.0 {
        let rate = configuration.text("injection_rate");
        let place = rate.place.or(configuration.real("injection_rate").place);
        let offered = Setting {
            key: "injection_rate",
            value: format!("{total:?} flits/node/cycle"),
            place,
        };
        let why = "more than the one flit a cycle that an injection channel carries";
        notes.push(Note::new(
            &offered,
            why,
            "a load of 1 in all, which saturates as well",
        ));
        flows.iter_mut().for_each(|flow| flow.load /= total);
    }
    Ok(flows)
}

fn open_loop(sim_type: &Setting<String>) -> Result<(), ImportError> {
    match sim_type.value.as_str() {
        "latency" | "throughput" => Ok(()),
        "batch" => Err(sim_type.error("`sim_type = batch` (closed loop) has no counterpart here")),
        other => Err(sim_type.error(format!("BookSim2 has no `sim_type` `{other}`"))),
    }
}

fn flow(configuration: &Configuration, fabric: &Fabric, class: usize) -> Result<Flow, ImportError> {
    bernoulli(&of_class(configuration.text("injection_process"), class))?;
    let packet_flits = packet_flits(configuration, class)?;
    Ok(Flow {
        pattern: pattern(configuration, fabric, class)?,
        packet_flits,
        load: load(configuration, packet_flits, class)?,
    })
}

/// The value of a class in a list.
fn of_class(list: Setting<String>, class: usize) -> Setting<String> {
    let values = elements(&list.value);
    let value = values
        .get(class)
        .or(values.last())
        .map(|&value| value.to_owned())
        .unwrap_or_default();
    Setting { value, ..list }
}

fn bernoulli(process: &Setting<String>) -> Result<(), ImportError> {
    match called(&process.value).0 {
        "bernoulli" => Ok(()),
        "on_off" => Err(process.error("injection process `on_off` has no counterpart here")),
        other => Err(process.error(format!("BookSim2 has no injection process `{other}`"))),
    }
}

fn pattern(
    configuration: &Configuration,
    fabric: &Fabric,
    class: usize,
) -> Result<&'static str, ImportError> {
    let setting = of_class(configuration.text("traffic"), class);
    let (name, parameters) = called(&setting.value);
    let Some((_, ours)) = PATTERNS.iter().find(|(theirs, _)| *theirs == name) else {
        let whose = if FOREIGN_PATTERNS.contains(&name) {
            "has no counterpart here"
        } else {
            "is none of BookSim2's"
        };
        let known: Vec<_> = PATTERNS.iter().map(|(theirs, _)| *theirs).collect();
        let help = format!("these can be imported: {}", known.join(", "));
        return Err(setting
            .error(format!("traffic pattern `{name}` {whose}"))
            .with_help(help));
    };
    if matches!(name, "tornado" | "neighbor") {
        if fabric.shape.dimensions.is_none() {
            let message = format!("`{name}` has a counterpart here on a torus or mesh only");
            return Err(setting.error(message));
        }
        own_shape(configuration, &setting, name, parameters)?;
    }
    if name == "transpose" {
        transposable(&setting, fabric)?;
    }
    Ok(ours)
}

/// `tornado` and `neighbor` may be given another k, n and xr than the topology has.
fn own_shape(
    configuration: &Configuration,
    setting: &Setting<String>,
    name: &str,
    parameters: Option<&str>,
) -> Result<(), ImportError> {
    if parameters.is_some() {
        let message = format!("`{name}` with parameters of its own has no counterpart here");
        return Err(setting
            .error(message)
            .with_help(format!("`{name}` alone takes k and n of the topology")));
    }
    let xr = configuration.integer("xr");
    if xr.value != 1 {
        return Err(xr.error(format!("`{name}` with `xr` other than 1 has no counterpart here")));
    }
    Ok(())
}

/// BookSim2 swaps the halves of the bits of a node's number, which is ours where the dimensions halve too.
fn transposable(setting: &Setting<String>, fabric: &Fabric) -> Result<(), ImportError> {
    let even_power =
        |terminals: u32| terminals.is_power_of_two() && terminals.trailing_zeros().is_multiple_of(2);
    if !fabric.shape.terminals.is_some_and(even_power) {
        let message = "BookSim2's `transpose` needs an even power of two of nodes";
        return Err(setting.error(message));
    }
    if !fabric
        .shape
        .dimensions
        .is_some_and(|dimensions| dimensions.is_multiple_of(2))
    {
        let message =
            "`transpose` has a counterpart here on a torus or mesh of an even number of dimensions only";
        return Err(setting.error(message));
    }
    Ok(())
}

fn packet_flits(configuration: &Configuration, class: usize) -> Result<u32, ImportError> {
    const MOST: i32 = u16::MAX as i32;
    let list = configuration.text("packet_size");
    let size = if list.value.is_empty() {
        configuration.integer("packet_size")
    } else {
        one_size(of_class(list, class))?
    };
    if (1..=MOST).contains(&size.value) {
        return Ok(size.value.unsigned_abs());
    }
    Err(size.error(format!(
        "`packet_size` is {}, but must be 1 to {MOST} flits",
        size.value
    )))
}

/// The size in a list of sizes, which a class draws from.
fn one_size(sizes: Setting<String>) -> Result<Setting<i32>, ImportError> {
    let alternatives = elements(&sizes.value);
    let &[size] = alternatives.as_slice() else {
        return Err(sizes.error("packets of several sizes have no counterpart here"));
    };
    match size.parse() {
        Ok(value) => Ok(Setting {
            key: sizes.key,
            value,
            place: sizes.place.clone(),
        }),
        Err(_) => Err(sizes.error(format!("packet size `{size}` is not an integer"))),
    }
}

/// Flits/terminal/cycle. BookSim2's rate is in packets/node/cycle unless `injection_rate_uses_flits`, and
/// must be 1 at most in packets.
fn load(configuration: &Configuration, packet_flits: u32, class: usize) -> Result<f64, ImportError> {
    let rate = injection_rate(configuration, class)?;
    let flits = f64::from(packet_flits);
    let (packets, load) = if configuration.integer("injection_rate_uses_flits").value != 0 {
        (rate.value / flits, rate.value)
    } else {
        (rate.value, product(rate.value, flits))
    };
    if (0.0..=1.0).contains(&packets) {
        return Ok(load);
    }
    Err(rate.error(format!("{packets:?} packets/node/cycle are not between 0 and 1")))
}

fn injection_rate(configuration: &Configuration, class: usize) -> Result<Setting<f64>, ImportError> {
    let list = configuration.text("injection_rate");
    if list.value.is_empty() {
        return Ok(configuration.real("injection_rate"));
    }
    let rate = of_class(list, class);
    match rate.value.parse() {
        Ok(value) => Ok(Setting {
            key: rate.key,
            value,
            place: rate.place,
        }),
        Err(_) => Err(rate.error(format!("injection rate `{}` is not a number", rate.value))),
    }
}

/// `rate` x `flits`, as a human would write it: 0.1 x 3 is 0.3.
fn product(rate: f64, flits: f64) -> f64 {
    let exact = rate * flits;
    match format!("{exact:.12}").parse::<f64>() {
        Ok(rounded) if (rounded - exact).abs() <= 2.0 * f64::EPSILON * exact.abs() => rounded,
        _ => exact,
    }
}
