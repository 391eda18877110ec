//! The families, as `fabricsim topology --list` prints the registry.

use fabricsim_topologies::FAMILIES;
use fabricsim_topologies::graph::FamilyEntry;

/// Help and examples start in this column.
const COLUMN: usize = 26;

/// All families.
pub fn listing() -> String {
    let families: String = FAMILIES.iter().map(text).collect();
    format!("Families (`topology` of `Fabric` in experiments too)\n{families}")
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
