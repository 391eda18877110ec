//! Times, bandwidths and lengths with their units, as the cycles and flits of the engine.

use std::ops::RangeInclusive;

use fabricsim_core::{Cycle, FlitTime};

use super::checker::Checker;
use super::file::{Bandwidth, Duration, Frame as WrittenFrame, Length, Rate, Size, Time};
use super::ratio::Ratio;
use super::resolve::PACKET_FLITS;
use super::units::{Frame, Packet, Units};

/// Bytes of a flit, of what a frame adds, of an MTU.
const BYTES: RangeInclusive<u32> = 1..=65_535;
/// A longer cycle than a second is a mistake in its unit \[ns\].
const LONGEST_CYCLE: f64 = 1e9;

const MAKES_PHYSICAL: &str = "`Fabric(cycle: Ns(40), flit: Bytes(50), …)` makes it physical, and so does \
                              `preset: CalxedaEcx1000`";

/// What had to be rounded to whole cycles or flits, and by how much.
#[derive(Clone, Debug, PartialEq)]
pub struct Rounding {
    /// Of what, as in `latency` or `packet`.
    pub what: String,
    /// What the file asks for, with its unit.
    pub asked: String,
    /// What is simulated instead, with its unit.
    pub taken: String,
    /// The difference, as a share of what is asked.
    pub error: f64,
}

impl std::fmt::Display for Rounding {
    /// `latency Ns(45): 40 ns (-11.11 %)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = 100.0 * self.error;
        write!(
            f,
            "{} {}: {} ({percent:+.2} %)",
            self.what, self.asked, self.taken
        )
    }
}

/// A field of the file: its path, and its name in messages.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub path: &'a str,
    pub name: &'a str,
}

/// The units of a fabric that gives `cycle` and `flit`, or whose preset does; `None` of an abstract one.
pub(super) fn units(
    cycle: Option<Duration>,
    flit: Option<Size>,
    frame: Option<WrittenFrame>,
    largest_mtu: u32,
    checker: &mut Checker,
) -> Option<Units> {
    let (cycle, flit) = match (cycle, flit) {
        (Some(cycle), Some(flit)) => (cycle, flit),
        (Some(cycle), None) => {
            refuse_lone("cycle", "flit", "flit: Bytes(50)", checker);
            (cycle, Size::Bytes(50))
        }
        (None, Some(flit)) => {
            refuse_lone("flit", "cycle", "cycle: Ns(40)", checker);
            (Duration::Ns(40.0), flit)
        }
        (None, None) => {
            if frame.is_some() {
                refuse_physical("fabric.frame", "frame", checker);
            }
            return None;
        }
    };
    let Size::Bytes(flit) = flit;
    let frame = frame.unwrap_or_default();
    let mut bytes = |field: &str, size: Size, range: RangeInclusive<u32>| {
        let Size::Bytes(bytes) = size;
        let checked = checker.whole(&format!("fabric.frame.{field}"), field, bytes, range);
        // What is out of range has been told; packets should not be refused for it.
        if i64::from(checked) == bytes {
            checked
        } else {
            largest_mtu
        }
    };
    let frame = Frame {
        overhead: frame
            .overhead
            .map_or(0, |size| bytes("overhead", size, 0..=*BYTES.end())),
        mtu: frame.mtu.map(|size| bytes("mtu", size, 1..=largest_mtu)),
    };
    Some(Units {
        cycle: cycle_ns(cycle, checker),
        flit_bytes: checker.whole("fabric.flit", "flit", flit, BYTES),
        frame,
    })
}

fn refuse_lone(given: &str, lacks: &str, example: &str, checker: &mut Checker) {
    let diagnostic = checker
        .source
        .at_key(&format!("fabric.{given}"), format!("`{given}` without `{lacks}`"))
        .label(format!("needs `{lacks}`, for example `{example}`"));
    checker.add(diagnostic.help("the two together make a fabric physical"));
}

fn cycle_ns(cycle: Duration, checker: &mut Checker) -> Ratio {
    let (number, unit, _) = parts(cycle);
    let ns = nanoseconds(cycle).filter(|ns| ns.value() > 0.0 && ns.value() <= LONGEST_CYCLE);
    ns.unwrap_or_else(|| {
        let possible = "above 0, at most a second, and a decimal of at most 9 places";
        checker.out_of_range("fabric.cycle", "cycle", format_args!("{number} {unit}"), possible);
        Ratio::whole(1)
    })
}

/// The number, its unit, and the nanoseconds of that.
fn parts(time: Duration) -> (f64, &'static str, u64) {
    match time {
        Duration::Ns(number) => (number, "ns", 1),
        Duration::Us(number) => (number, "us", 1_000),
        Duration::Ms(number) => (number, "ms", 1_000_000),
    }
}

fn nanoseconds(time: Duration) -> Option<Ratio> {
    let (number, _, factor) = parts(time);
    Ratio::of_decimal(number)?.times(Ratio::whole(factor))
}

/// A time in cycles of `range`. Others are rounded to the nearest whole number of them, at least the least of the range;
/// by more than half of what is asked is refused.
pub(super) fn cycles<T>(
    time: Time,
    units: Option<&Units>,
    field: Field,
    range: RangeInclusive<T>,
    checker: &mut Checker,
) -> T
where
    T: Copy + PartialOrd + TryFrom<i64> + Into<Cycle>,
{
    let duration = match time {
        Time::Cycles(cycles) => return checker.whole(field.path, field.name, cycles, range),
        Time::Ns(number) => Duration::Ns(number),
        Time::Us(number) => Duration::Us(number),
        Time::Ms(number) => Duration::Ms(number),
    };
    let least = *range.start();
    let Some(units) = units else {
        refuse_physical(field.path, field.name, checker);
        return least;
    };
    let (number, unit, _) = parts(duration);
    let Some(exact) = nanoseconds(duration).and_then(|ns| ns.over(units.cycle)) else {
        let possible = "a decimal of at most 9 places, not negative";
        checker.out_of_range(field.path, field.name, format_args!("{number} {unit}"), possible);
        return least;
    };
    let (exact_cycles, nearest) = (exact.value(), exact.rounded().max(u128::from(least.into())));
    let off = nearest as f64 - exact_cycles;
    if off.abs() > exact_cycles / 2.0 {
        let message = format!(
            "`{}` is {number} {unit}, far from a whole number of cycles",
            field.name
        );
        let cycle = units.cycle.value();
        let nearest = cycles_in_words(nearest);
        let label = format!("{nearest} of {cycle} ns would be the nearest");
        let diagnostic = checker.source.at(field.path, message).label(label);
        checker.add(diagnostic.help("a shorter `cycle` in `Fabric` has it more exactly"));
        return least;
    }
    if off != 0.0 {
        checker.round(Rounding {
            what: field.name.to_owned(),
            asked: format!("{number} {unit}"),
            taken: cycles_in_words(nearest),
            error: off / exact_cycles,
        });
    }
    checker.whole(
        field.path,
        field.name,
        i64::try_from(nearest).unwrap_or(i64::MAX),
        range,
    )
}

fn cycles_in_words(cycles: u128) -> String {
    match cycles {
        1 => "1 cycle".to_owned(),
        cycles => format!("{cycles} cycles"),
    }
}

/// The time that a flit takes at a bandwidth \[cycles\], exactly.
pub(super) fn flit_time(
    bandwidth: Bandwidth,
    units: Option<&Units>,
    path: &str,
    checker: &mut Checker,
) -> FlitTime {
    let found = match (bandwidth, units) {
        (Bandwidth::FlitsPerCycle(rate), _) => of_fraction(rate, path, checker),
        (Bandwidth::Gbps(_), None) => {
            refuse_physical(path, "bandwidth", checker);
            None
        }
        (Bandwidth::Gbps(rate), Some(units)) => of_rate(rate, units, path, checker),
    };
    found.unwrap_or(FlitTime::ONE)
}

/// The inverse of a fraction of a flit a cycle: of 0.3 it is 10/3.
fn of_fraction(rate: f64, path: &str, checker: &mut Checker) -> Option<FlitTime> {
    if !(rate > 0.0 && rate <= 1.0) {
        checker.out_of_range(path, "bandwidth", rate, "above 0 and at most 1 flit a cycle");
        return None;
    }
    let time = Ratio::of_decimal(rate).and_then(|rate| Ratio::whole(1).over(rate));
    time.and_then(as_flit_time).or_else(|| {
        checker.out_of_range(path, "bandwidth", rate, "a decimal of at most 9 places");
        None
    })
}

fn of_rate(rate: f64, units: &Units, path: &str, checker: &mut Checker) -> Option<FlitTime> {
    let most = units.flit_rate();
    if !(rate > 0.0 && rate <= most) {
        let message = format!("`bandwidth` is {rate} Gb/s, but must be above 0 and at most {most} Gb/s");
        let cycle = units.cycle.value();
        let diagnostic = checker.source.at(path, message).label(format!(
            "a link carries at most a flit a cycle: {} B in {cycle} ns",
            units.flit_bytes
        ));
        checker.add(diagnostic.help("a shorter `cycle` or a larger `flit` in `Fabric` has faster links"));
        return None;
    }
    let flit_bits = Ratio::whole(8 * u64::from(units.flit_bytes));
    let cycle_bits = Ratio::of_decimal(rate).and_then(|rate| rate.times(units.cycle));
    let time = cycle_bits.and_then(|bits| flit_bits.over(bits));
    time.and_then(as_flit_time).or_else(|| {
        let possible = "a decimal of a few places, so that a flit takes a simple fraction of a cycle";
        checker.out_of_range(path, "bandwidth", format_args!("{rate} Gb/s"), possible);
        None
    })
}

fn as_flit_time(time: Ratio) -> Option<FlitTime> {
    let (numerator, denominator) = time.parts()?;
    Some(FlitTime {
        numerator,
        denominator,
    })
}

/// The flits of a packet, no more than the MTU allows where there is one.
pub(super) fn packet_flits(flits: i64, units: Option<&Units>, path: &str, checker: &mut Checker) -> u16 {
    let flits = checker.whole(path, "packet", flits, PACKET_FLITS);
    let longest = units.and_then(Units::longest_frame);
    if let Some((mtu, most)) = longest.filter(|&(_, most)| u32::from(flits) > most) {
        let message = format!("`packet` is {flits} flits, longer than the MTU of {mtu} B");
        let diagnostic = checker.source.at(path, message);
        checker.add(diagnostic.label(format!("at most {most} flits")).help(SETS_MTU));
    }
    flits
}

/// What to do where the MTU is too short.
const SETS_MTU: &str = "`Fabric(frame: Frame(mtu: Bytes(…)), …)` sets the MTU";

/// The length of a packet.
pub(super) fn packet(length: Length, units: Option<&Units>, path: &str, checker: &mut Checker) -> Packet {
    match (length, units) {
        (Length::Flits(flits), units) => {
            let flits = packet_flits(flits, units, path, checker);
            units.map_or(Packet { flits, payload: 0 }, |units| units.packet_of_flits(flits))
        }
        (Length::Bytes(_), None) => {
            refuse_physical(path, "packet", checker);
            Packet { flits: 1, payload: 0 }
        }
        (Length::Bytes(payload), Some(units)) => of_payload(payload, units, path, checker),
    }
}

fn of_payload(payload: i64, units: &Units, path: &str, checker: &mut Checker) -> Packet {
    let one = units.packet_of_flits(1);
    if let Some(mtu) = units.frame.mtu.filter(|&mtu| payload > mtu.into()) {
        let message = format!("`packet` is {payload} B, longer than the MTU of {mtu} B");
        let diagnostic = checker.source.at(path, message).label(format!("at most {mtu} B"));
        checker.add(diagnostic.help(SETS_MTU));
        return one;
    }
    let most_wire = u32::from(*PACKET_FLITS.end()) * units.flit_bytes;
    let most = most_wire.saturating_sub(units.frame.overhead).max(1);
    let payload = checker.whole(path, "packet", payload, 1..=most);
    let wire = payload + units.frame.overhead;
    let flits = wire.div_ceil(units.flit_bytes);
    let carried = flits * units.flit_bytes;
    if carried != wire {
        checker.round(Rounding {
            what: "packet".to_owned(),
            asked: format!("{payload} B, {wire} B on the wire"),
            taken: format!("{flits} flits = {carried} B"),
            error: f64::from(carried - wire) / f64::from(wire),
        });
    }
    Packet {
        // Within its range, since `payload` is.
        flits: u16::try_from(flits).unwrap_or(u16::MAX),
        payload,
    }
}

/// An offered rate \[Gb/s\]; its upper limit depends on the packets and is checked with them.
pub(super) fn rate(rate: Rate, units: Option<&Units>, field: Field, checker: &mut Checker) -> f64 {
    let Rate::Gbps(rate) = rate;
    if units.is_none() {
        refuse_physical(field.path, field.name, checker);
        return 1.0;
    }
    if rate > 0.0 && rate.is_finite() {
        return rate;
    }
    checker.out_of_range(field.path, field.name, format_args!("{rate} Gb/s"), "above 0");
    1.0
}

/// Nanoseconds, bytes and Gb/s need a fabric that says what a cycle and a flit are.
fn refuse_physical(path: &str, name: &str, checker: &mut Checker) {
    let message = format!("`{name}` has a physical unit, but this fabric is abstract");
    let diagnostic = checker.source.at(path, message).label(match name {
        "bandwidth" => "write `FlitsPerCycle(…)`, or say what a cycle and a flit are",
        "packet" => "write `Flits(…)`, or say what a cycle and a flit are",
        "rate" | "from" | "to" => "give a `load`, or say what a cycle and a flit are",
        "frame" => "of physical fabrics alone",
        _ => "write `Cycles(…)`, or say what a cycle and a flit are",
    });
    checker.add(diagnostic.help(MAKES_PHYSICAL));
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::*;

    fn units() -> Units {
        Units {
            cycle: Ratio::whole(40),
            flit_bytes: 50,
            frame: Frame {
                overhead: 46,
                mtu: Some(1500),
            },
        }
    }

    /// A value of the checker's, and what was rounded; `None` where it is refused.
    fn checked<T>(check: impl FnOnce(&mut Checker) -> T) -> Option<(T, Vec<Rounding>)> {
        let source = Source::new("x.ron", "A()");
        let mut checker = Checker::new(&source);
        let value = check(&mut checker);
        checker.is_clean().then(|| (value, checker.roundings()))
    }

    fn time(bandwidth: Bandwidth) -> Option<(u32, u32)> {
        let (time, _) = checked(|checker| flit_time(bandwidth, Some(&units()), "x", checker))?;
        Some((time.numerator, time.denominator))
    }

    #[test]
    fn bandwidths_are_the_decimals_that_are_written() {
        let time = |rate| time(Bandwidth::FlitsPerCycle(rate));
        assert_eq!(time(1.0), Some((1, 1)));
        assert_eq!(time(0.25), Some((4, 1)));
        assert_eq!(time(0.3), Some((10, 3)));
        assert_eq!(time(0.75), Some((4, 3)));
        assert_eq!(time(0.999_999_999), Some((1_000_000_000, 999_999_999)));
        assert_eq!(time(1e-9), Some((1_000_000_000, 1)));
        for wrong in [0.0, -0.5, 1.5, f64::NAN, f64::INFINITY, 1.0 / 3.0, 1e-300] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    /// The five link speeds of the switch.
    #[test]
    fn gigabits_are_exact_fractions_of_a_flit_a_cycle() {
        let time = |rate| time(Bandwidth::Gbps(rate));
        let speeds = [10.0, 7.5, 5.0, 2.5, 1.0].map(time);
        assert_eq!(speeds, [(1, 1), (4, 3), (2, 1), (4, 1), (10, 1)].map(Some));
        for wrong in [0.0, -1.0, 10.001, f64::NAN, f64::INFINITY, 10.0 / 3.0] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_rounded_to_cycles_and_it_is_told() {
        let field = Field {
            path: "x",
            name: "latency",
        };
        let cycles =
            |time| checked(|checker| cycles(time, Some(&units()), field, 1..=1_000_000_u32, checker));
        let exact = |time, expected| assert_eq!(cycles(time), Some((expected, Vec::new())));
        exact(Time::Ns(80.0), 2);
        exact(Time::Us(1.0), 25);
        exact(Time::Ms(0.4), 10_000);
        exact(Time::Cycles(3), 3);
        let told = |time| cycles(time).map(|(cycles, roundings)| (cycles, roundings[0].to_string()));
        let text = |cycles, text: &str| Some((cycles, text.to_owned()));
        assert_eq!(told(Time::Ns(45.0)), text(1, "latency 45 ns: 1 cycle (-11.11 %)"));
        assert_eq!(
            told(Time::Ns(60.0)),
            text(2, "latency 60 ns: 2 cycles (+33.33 %)")
        );
        assert_eq!(told(Time::Ns(30.0)), text(1, "latency 30 ns: 1 cycle (+33.33 %)"));
        for wrong in [
            Time::Ns(20.0),
            Time::Ns(0.0),
            Time::Ns(-40.0),
            Time::Ms(1e9),
            Time::Us(f64::NAN),
        ] {
            assert_eq!(cycles(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn packets_are_carried_in_whole_flits() {
        let packet = |length| checked(|checker| packet(length, Some(&units()), "x", checker));
        let full = Packet {
            flits: 31,
            payload: 1500,
        };
        let (found, roundings) = packet(Length::Bytes(1500)).unwrap();
        assert_eq!(found, full);
        assert_eq!(
            roundings[0].to_string(),
            "packet 1500 B, 1546 B on the wire: 31 flits = 1550 B (+0.26 %)"
        );
        let exact = Packet {
            flits: 2,
            payload: 54,
        };
        assert_eq!(packet(Length::Bytes(54)), Some((exact, Vec::new())));
        assert_eq!(packet(Length::Flits(31)), Some((full, Vec::new())));
        for wrong in [Length::Bytes(1501), Length::Bytes(0), Length::Flits(0)] {
            assert_eq!(packet(wrong), None, "{wrong:?}");
        }
    }
}
