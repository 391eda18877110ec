//! The families, as `fabricsim topology --list` prints the registry.

use fabricsim_topologies::graph::FamilyEntry;
use fabricsim_topologies::{FAMILIES, TOPOLOGIES};

/// Help and examples start in this column.
const COLUMN: usize = 26;

/// All families, those that experiments run first.
pub fn listing() -> String {
    let runs = |family: &&FamilyEntry| TOPOLOGIES.contains(&family.entry);
    let section = |title: &str, families: &mut dyn Iterator<Item = &FamilyEntry>| {
        format!("{title}\n{}", families.map(text).collect::<String>())
    };
    let run = section(
        "Families that experiments run (`topology` of `Fabric`)",
        &mut FAMILIES.iter().filter(runs),
    );
    let described = section(
        "Families that `fabricsim topology` alone knows: described, not yet run",
        &mut FAMILIES.iter().filter(|family| !runs(family)),
    );
    format!("{run}\n{described}")
}

fn text(family: &FamilyEntry) -> String {
    let (item_width, parameter_width) = (COLUMN - 4, COLUMN - 6);
    let FamilyEntry {
        entry,
        paper,
        example,
        grades,
    } = family;
    let mut text = format!("  {:<item_width$}  {}\n", entry.name, entry.help);
    for parameter in entry.parameters {
        text.push_str(&format!(
            "    {:<parameter_width$}  {}\n",
            parameter.name, parameter.help
        ));
    }
    for line in [*example, *paper].iter().chain(*grades) {
        text.push_str(&format!("{:COLUMN$}{line}\n", ""));
    }
    text
}
