//! The table on paper: a line a configuration.

use super::comparison::Comparison;
use super::row::{Origin, Row};

/// Below this share of a processor the time on the clock says more of the machine than of the simulator.
const UNDISTURBED: f64 = 0.95;

/// Lines whose columns stand below each other.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    name_width: usize,
    compares: bool,
}

impl Lines {
    /// For configurations with these names; `compares` adds columns for the comparison.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, compares: bool) -> Self {
        let longest = names.into_iter().map(str::len).max();
        Self {
            name_width: longest.unwrap_or(0),
            compares,
        }
    }

    /// What measures, and the heads of the columns.
    pub fn header(&self, origin: &Origin, repeats: u16) -> String {
        let runs = if repeats == 1 { "run" } else { "runs" };
        let mut text = format!(
            "{} on {}; medians of {repeats} {runs}\n",
            version(origin),
            origin.machine()
        );
        if !origin.optimised {
            text.push_str("warning: built without optimisation, far slower than `cargo build --release`\n");
        }
        let width = self.name_width;
        let (first, second) = match self.compares {
            true => ("   against before", "   speed         CPU time  instr"),
            false => ("", ""),
        };
        text.push_str(&format!(
            "{:width$}  M flit-   a flit-hop                  spread    cycles  bytes a node  prepare   build{first}\n",
            ""
        ));
        text.push_str(&format!(
            "{:width$}  hops/s      ns  CPU ns  instr  cycles       %  a second   est.  held        s       s{second}\n",
            ""
        ));
        text
    }

    /// A configuration that was measured.
    pub fn row(&self, row: &Row, comparison: Option<&Comparison>) -> String {
        let width = self.name_width;
        let mut line = format!(
            "{:width$}  {:6.2}  {:6.1}  {:>6}  {:>5}  {:>6}  {:6.1}  {:>8}  {:5.0} {:>5}  {:7.3} {:7.3}",
            row.name,
            row.flit_hops_per_s / 1e6,
            row.ns_per_flit_hop,
            digits(row.cpu_ns_per_flit_hop, 1),
            digits(row.instructions_per_flit_hop, 0),
            digits(row.cpu_cycles_per_flit_hop, 0),
            100.0 * row.spread(),
            thousands(row.cycles_per_s),
            row.bytes_per_node,
            digits(row.resident_bytes_per_node, 0),
            row.prepare_s,
            row.build_s,
        );
        if self.compares {
            line.push_str(&compared(comparison));
        }
        format!("{}\n", line.trim_end())
    }

    /// A configuration that was not.
    pub fn left_out(&self, name: &str, reason: &str) -> String {
        let width = self.name_width;
        format!("{name:width$}  left out: {reason}\n")
    }
}

/// Rows that were measured on a machine with other things to do; `when` says which rows they are.
pub fn disturbed(rows: &[&Row], when: &str) -> Option<String> {
    let busy: Vec<f64> = rows
        .iter()
        .filter_map(|row| row.busy())
        .filter(|&busy| busy < UNDISTURBED)
        .collect();
    let least = busy.iter().copied().min_by(f64::total_cmp)?;
    Some(format!(
        "warning: the machine had other things to do {when}: {} of {} had a processor for less than {:.0} % of the time, \
         down to {:.0} %; CPU time says more there\n",
        busy.len(),
        rows.len(),
        100.0 * UNDISTURBED,
        100.0 * least
    ))
}

/// Where the rows before come from, if not from here.
pub fn elsewhere(before: &Row, here: &Origin) -> String {
    let there = before.origin();
    let mut text = format!("compared with {} of {}", version(&there), before.measured);
    if there.machine() != here.machine() {
        text.push_str(&format!(", on another machine: {}", there.machine()));
    }
    if !there.optimised {
        text.push_str(", built without optimisation");
    }
    text.push('\n');
    text
}

fn version(origin: &Origin) -> String {
    match &origin.revision {
        Some(revision) => format!("fabricsim {} ({revision})", origin.version),
        None => format!("fabricsim {}", origin.version),
    }
}

fn compared(comparison: Option<&Comparison>) -> String {
    let Some(comparison) = comparison else {
        return "   new".to_owned();
    };
    let mark = if comparison.same_work { "" } else { "  *" };
    format!(
        "   {:<12}  {:>8}  {:>5}{mark}",
        comparison.speed_in_words(),
        digits(comparison.cpu_time, 2),
        digits(comparison.instructions, 2)
    )
}

/// A number that may not be known.
fn digits(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

/// A number to three digits or so: `9.55`, `134 k`, `2.10 M`.
fn thousands(value: f64) -> String {
    let (scaled, unit) = match value {
        value if value < 1e3 => (value, ""),
        value if value < 1e6 => (value / 1e3, " k"),
        value => (value / 1e6, " M"),
    };
    let digits = match scaled {
        scaled if scaled < 10.0 => 2,
        scaled if scaled < 100.0 => 1,
        _ => 0,
    };
    format!("{scaled:.digits$}{unit}")
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::row;
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let before = row("8x8-mid", 10e6);
        let mut now = row("8x8-mid", 20e6);
        (now.instructions_per_flit_hop, now.cpu_cycles_per_flit_hop) = (Some(1234.0), Some(567.8));
        for compares in [false, true] {
            let lines = Lines::new(["8x8-mid", "64x64-idle"], compares);
            let comparison = Comparison::new(&now, &before);
            let header = lines.header(&now.origin(), 3);
            let text = lines.row(&now, Some(&comparison).filter(|_| compares));
            let heads = header.lines().last().unwrap();
            let ends = |line: &str, column: usize| line.as_bytes()[column - 1] != b' ';
            let of_a_line = |head: &str| heads.find(head).unwrap() + head.len();
            for head in ["CPU ns", "instr", "cycles", "%", "a second", "est.", "held"] {
                assert!(ends(&text, of_a_line(head)), "{head}\n{header}{text}");
            }
        }
    }

    #[test]
    fn a_comparison_has_words() {
        let lines = Lines::new(["x"], true);
        let (now, before) = (row("x", 30e6), row("x", 20e6));
        let mut comparison = Comparison::new(&now, &before);
        let text = lines.row(&now, Some(&comparison));
        assert!(text.ends_with("   1.50x faster      1.00      -\n"), "{text:?}");
        comparison.same_work = false;
        assert!(lines.row(&now, Some(&comparison)).ends_with("  *\n"));
        assert!(lines.row(&now, None).ends_with("   new\n"));
    }

    #[test]
    fn a_busy_machine_is_told_of() {
        let (mut busy, mut unknown) = (row("x", 10e6), row("y", 10e6));
        busy.cpu_ns_per_flit_hop = Some(99.0);
        unknown.cpu_ns_per_flit_hop = None;
        assert_eq!(disturbed(&[&busy, &unknown], "now"), None);
        busy.cpu_ns_per_flit_hop = Some(40.0);
        let told = disturbed(&[&busy, &unknown], "now").unwrap();
        assert!(
            told.contains("now: 1 of 2") && told.contains("down to 40 %"),
            "{told}"
        );
    }

    #[test]
    fn another_machine_is_named() {
        let before = row("x", 1e6);
        let mut here = before.origin();
        assert!(!elsewhere(&before, &here).contains("another machine"));
        here.processors = 4;
        assert!(elsewhere(&before, &here).contains("on another machine: Fast"));
    }

    #[test]
    fn numbers_are_short() {
        let numbers = [9.55, 95.5, 955.0, 9_550.0, 134_000.0, 2_100_000.0].map(thousands);
        assert_eq!(numbers, ["9.55", "95.5", "955", "9.55 k", "134 k", "2.10 M"]);
    }
}
