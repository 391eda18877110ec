//! Rates and times in the words of a fabric: flits and cycles, or Gb/s and ns where it is physical.

use crate::experiment::PhysicalPoint;

/// The unit of rates in abstract fabrics.
const FLITS: &str = "flits/terminal/cycle";

/// A rate \[flits/terminal/cycle\] in words: `0.1500 flits/terminal/cycle`, `1.500 Gb/s`.
pub fn rate(flits: f64, physical: Option<&PhysicalPoint>) -> String {
    let unit = match physical {
        Some(_) => "Gb/s",
        None => FLITS,
    };
    format!("{} {unit}", bare_rate(flits, physical))
}

/// The same without its unit, beside a rate that has it.
pub fn bare_rate(flits: f64, physical: Option<&PhysicalPoint>) -> String {
    match physical {
        Some(physical) => gbps(physical.gbps(flits)),
        None => format!("{flits:.4}"),
    }
}

/// A bound on the rate of a terminal in words: `bound 4.31 Gb/s a node`.
pub fn bound(flits: f64, physical: Option<&PhysicalPoint>) -> String {
    match physical {
        Some(_) => format!("bound {} a node", rate(flits, physical)),
        None => format!("bound {}", rate(flits, physical)),
    }
}

/// An offered rate as the user wrote it, with its unit.
pub fn offered(offered: f64, is_physical: bool) -> String {
    match is_physical {
        true => format!("{offered} Gb/s"),
        false => format!("{offered} {FLITS}"),
    }
}

/// Gb/s to three digits or so.
fn gbps(rate: f64) -> String {
    let digits = if rate < 1.0 { 3 } else { 2 };
    format!("{rate:.digits$}")
}

/// A time \[cycles\] in words: `31.00 cycles`, `3.10 us`.
pub fn time(cycles: f64, physical: Option<&PhysicalPoint>) -> String {
    match physical {
        Some(physical) => nanoseconds(physical.ns(cycles)),
        None => format!("{cycles:.2} cycles"),
    }
}

/// A whole number of cycles in words: `55 cycles`, `4.80 us`.
pub fn whole_time(cycles: u64, physical: Option<&PhysicalPoint>) -> String {
    match physical {
        Some(physical) => nanoseconds(physical.ns(cycles as f64)),
        None => format!("{cycles} cycles"),
    }
}

fn nanoseconds(ns: f64) -> String {
    match ns {
        ns if ns < 1_000.0 => format!("{ns:.0} ns"),
        ns if ns < 1_000_000.0 => format!("{:.2} us", ns / 1_000.0),
        ns => format!("{:.2} ms", ns / 1_000_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::parse;

    #[test]
    fn physical_fabrics_speak_of_gigabits_and_nanoseconds() {
        let text = "(name: \"x\", fabric: (preset: CalxedaEcx1000, topology: Torus(sides: [4, 4]), routing: DimensionOrder), \
                    traffic: [(pattern: Uniform, packet: Bytes(1500), rate: Gbps(1))])";
        let plan = parse("x.ron", text).unwrap();
        let physical = plan.points[0].physical.as_ref();
        assert_eq!(rate(0.31, physical), "3.00 Gb/s");
        assert_eq!(bare_rate(0.031, physical), "0.300");
        assert_eq!(bound(0.031, physical), "bound 0.300 Gb/s a node");
        assert_eq!(time(24.0, physical), "960 ns");
        assert_eq!(whole_time(78, physical), "3.12 us");
        assert_eq!(whole_time(78_000, physical), "3.12 ms");
        assert_eq!(rate(0.31, None), "0.3100 flits/terminal/cycle");
        assert_eq!(time(24.0, None), "24.00 cycles");
        assert_eq!(whole_time(24, None), "24 cycles");
    }
}
