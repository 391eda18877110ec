//! `fabricsim list`.

mod fields;
mod names;

use fabricsim_topologies::{DATELINES, HALF_WAYS, ROUTINGS, SELECTIONS, SPREADS};
use fabricsim_traffic::{INJECTIONS, PATTERNS};

use self::fields::Field;
use self::names::{Item, registered};
use super::{Ending, Failure};
use crate::cli::{ListArgs, Listing};
use crate::terminal::say;

pub(super) use self::names::{GRADES, graded_line};

/// Help and examples start in this column of every section.
const COLUMN: usize = 26;

/// Names of a kind.
struct Section {
    listing: Listing,
    title: &'static str,
    items: Vec<Item>,
}

/// Prints the names that experiments may use.
pub(super) fn execute(args: &ListArgs) -> Result<Ending, Failure> {
    let sections = sections()
        .into_iter()
        .filter(|section| args.what.is_none_or(|what| what == section.listing));
    let texts: Vec<String> = sections.map(|section| text(&section)).collect();
    say(&texts.join("\n"))?;
    Ok(Ending::Done)
}

fn text(section: &Section) -> String {
    let (item_width, parameter_width) = (COLUMN - 4, COLUMN - 6);
    let mut text = format!("{}\n", section.title);
    for item in &section.items {
        text.push_str(&format!("  {:<item_width$}  {}\n", item.name, item.help));
        for (name, help) in &item.parameters {
            text.push_str(&format!("    {name:<parameter_width$}  {help}\n"));
        }
        text.push_str(&format!("{:COLUMN$}{}\n", "", item.example));
        for note in &item.notes {
            text.push_str(&format!("    {note}\n"));
        }
    }
    text
}

fn section(listing: Listing, title: &'static str, items: Vec<Item>) -> Section {
    Section {
        listing,
        title,
        items,
    }
}

/// All that an experiment may say, from the whole to its parts.
fn sections() -> Vec<Section> {
    let of = |fields: &[Field]| fields.iter().map(Item::from).collect();
    let whole = [
        section(
            Listing::Experiment,
            "Fields of `Experiment`, which a file is",
            of(fields::EXPERIMENT),
        ),
        section(
            Listing::Fabric,
            "Fields of `Fabric` (`fabric` of `Experiment`)",
            of(fields::FABRIC),
        ),
        section(
            Listing::Presets,
            "Presets (`preset` of `Fabric`; what the file says goes before)",
            names::presets(),
        ),
        section(
            Listing::Topologies,
            "Topologies (`topology` of `Fabric`; `fabricsim topology` describes and draws them)",
            names::topologies(),
        ),
        section(
            Listing::Topologies,
            "Global links (`arrangement` of `Dragonfly`)",
            names::arrangements(),
        ),
        section(
            Listing::Topologies,
            "Chassis (`of` of `CalxedaRack`)",
            names::chassis(),
        ),
    ];
    let traffic = [
        section(
            Listing::Traffic,
            "Fields of `Traffic` (entries of `traffic` of `Experiment`)",
            of(fields::TRAFFIC),
        ),
        section(
            Listing::Patterns,
            "Patterns (`pattern` of `Traffic`)",
            registered(&PATTERNS, names::pattern),
        ),
        section(
            Listing::Injections,
            "Injection processes (`injection` of `Traffic`)",
            registered(&INJECTIONS, |name| {
                format!("traffic: [Traffic(pattern: Uniform, injection: {name}, load: 0.1)]")
            }),
        ),
        section(
            Listing::Axes,
            "Axes (`sweep` of `Experiment`; the first is the outermost)",
            names::axes(),
        ),
        section(
            Listing::Measure,
            "Fields of `Measure` (`measure` of `Experiment`), all in simulated time",
            of(fields::MEASURE),
        ),
        section(
            Listing::Measure,
            "Spans that the run chooses (`warmup` and `cycles` of `Measure`)",
            of(fields::SPANS),
        ),
        section(
            Listing::Units,
            "Units; those of physical fabrics need `cycle` and `flit` of `Fabric`, or a preset that has them",
            of(fields::UNITS),
        ),
    ];
    let parts = whole.into_iter().chain(routings()).chain(switches());
    parts.chain(links()).chain(traffic).collect()
}

fn routings() -> [Section; 5] {
    let routings = |title, items| section(Listing::Routings, title, items);
    [
        routings(
            "Routings (`routing` of `Fabric`; VCs: virtual channels that rings / lines need)",
            registered(&ROUTINGS, names::routing),
        ),
        routings(
            "Ways at exactly half a ring (`half_way` of `Fabric`)",
            registered(&HALF_WAYS, |name| format!("half_way: {name}")),
        ),
        routings(
            "Datelines (`dateline` of `Fabric`)",
            registered(&DATELINES, |name| format!("dateline: {name}")),
        ),
        routings(
            "Ways that are as good (`spread` of `Fabric`)",
            registered(&SPREADS, |name| format!("routing: ShortestPath, spread: {name}")),
        ),
        routings(
            "Ways on of adaptive routings (`selection` of `Fabric`)",
            registered(&SELECTIONS, |name| {
                format!("routing: MinimalAdaptive, selection: {name}")
            }),
        ),
    ]
}

fn switches() -> [Section; 8] {
    let of = |fields: &[Field]| fields.iter().map(Item::from).collect();
    let switches = |title, items| section(Listing::Switches, title, items);
    [
        switches(
            "Fields of `Switch` (`switch` of `Fabric`; delay names are BookSim2's)",
            of(fields::SWITCH),
        ),
        switches("Where packets wait (`queueing` of `Switch`)", names::queueings()),
        switches(
            "When a packet goes on from a switch (`switching` of `Switch`)",
            names::switchings(),
        ),
        switches(
            "When an output virtual channel may be given again (`vc_reallocation` of `Switch`)",
            names::reallocations(),
        ),
        switches(
            "Route computation and switch traversal of several cycles (`long_stages` of `Switch`)",
            names::long_stages(),
        ),
        section(
            Listing::Allocators,
            "Allocators (`vc_allocator` and `sw_allocator` of `Switch`)",
            names::allocators(),
        ),
        switches(
            "Fields of `Ports` (entries of `ports` of `Switch`)",
            of(fields::PORTS),
        ),
        switches("Ports (`of` of `Ports`)", of(fields::PORT_CLASSES)),
    ]
}

fn links() -> [Section; 4] {
    let of = |fields: &[Field]| fields.iter().map(Item::from).collect();
    let links = |title, items| section(Listing::Links, title, items);
    [
        links("Fields of `Link` (`link` of `Fabric`)", of(fields::LINK)),
        links(
            "Fields of `Links` (entries of `links` of `Fabric`)",
            of(fields::LINKS),
        ),
        links("Links (`of` of `Links`)", names::link_classes()),
        links("Fields of `Frame` (`frame` of `Fabric`)", of(fields::FRAME)),
    ]
}
