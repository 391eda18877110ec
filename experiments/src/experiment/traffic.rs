//! The entries of `traffic`: what every terminal offers.

use super::checker::Checker;
use super::file;
use super::names::{Injection, Pattern};
use super::quantities::{Field, packet, rate};
use super::resolve::Choice;
use super::spec::FlowSpec;
use super::units::{Packet, Units};

/// Loads that are meant to add up to 1 may add up to a little more.
pub(super) const SLACK: f64 = 1e-9;

/// An entry of `traffic`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flow {
    pub pattern: Pattern,
    pub include_self: Choice<bool>,
    pub injection: Injection,
    pub packet: Packet,
    pub class: u8,
    pub offered: Offered,
}

/// What a terminal offers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Offered {
    /// Flits/terminal/cycle.
    Load(f64),
    /// Payload \[Gb/s\].
    Rate(f64),
}

impl Flow {
    /// Offered load \[flits/terminal/cycle\].
    pub(super) fn load(&self, units: Option<&Units>) -> f64 {
        match (self.offered, units) {
            (Offered::Load(load), _) => load,
            (Offered::Rate(rate), Some(units)) => units.load(rate, self.packet),
            // Refused where it is read.
            (Offered::Rate(_), None) => 1.0,
        }
    }

    /// Offered payload \[Gb/s\].
    fn rate(&self, units: &Units) -> f64 {
        match self.offered {
            Offered::Load(load) => units.rate(load, self.packet),
            Offered::Rate(rate) => rate,
        }
    }

    /// With another load \[flits/terminal/cycle\].
    pub(super) fn spec(&self, load: f64) -> FlowSpec {
        FlowSpec {
            pattern: self.pattern,
            include_self: (self.pattern == Pattern::Uniform).then_some(self.include_self.value),
            injection: self.injection,
            packet_flits: self.packet.flits,
            class: self.class,
            load,
        }
    }
}

/// Load of each flow \[flits/terminal/cycle\] where together they offer `total`, or what the file says of each.
pub(super) fn loads(flows: &[Flow], total: Option<Offered>, units: Option<&Units>) -> Vec<f64> {
    let own = |flow: &Flow| flow.load(units);
    match (total, units) {
        (None, _) | (Some(Offered::Rate(_)), None) => flows.iter().map(own).collect(),
        (Some(Offered::Load(total)), _) => {
            let offered: f64 = flows.iter().map(own).sum();
            // The share first: of a single entry it is exactly 1.
            flows.iter().map(|flow| total * (own(flow) / offered)).collect()
        }
        (Some(Offered::Rate(total)), Some(units)) => {
            let offered: f64 = flows.iter().map(|flow| flow.rate(units)).sum();
            let share = |flow: &Flow| units.load(total * (flow.rate(units) / offered), flow.packet);
            flows.iter().map(share).collect()
        }
    }
}

/// Total offered payload \[Gb/s\] where the file gives it: on an axis, or with every entry.
pub(super) fn written_rate(flows: &[Flow], total: Option<Offered>) -> Option<f64> {
    match total {
        Some(Offered::Rate(total)) => Some(total),
        Some(Offered::Load(_)) => None,
        None => match flows {
            [
                Flow {
                    offered: Offered::Rate(rate),
                    ..
                },
            ] => Some(*rate),
            _ => None,
        },
    }
}

/// Checks the entries of a file.
pub(super) fn traffic(written: &[file::Traffic], units: Option<&Units>, checker: &mut Checker) -> Vec<Flow> {
    if written.is_empty() {
        let diagnostic = checker.source.at("traffic", "`traffic` has no entry");
        checker.add(diagnostic.label("for example `[Traffic(pattern: Uniform, load: 0.1)]`"));
    }
    if written.len() > usize::from(u16::MAX) {
        let diagnostic = checker
            .source
            .at("traffic", "`traffic` has more than 65535 entries");
        checker.add(diagnostic);
    }
    let flows: Vec<Flow> = written
        .iter()
        .enumerate()
        .map(|(i, entry)| flow(entry, &format!("traffic[{i}]"), units, checker))
        .collect();
    check_sum(&flows, checker);
    flows
}

/// Of rates it is checked at every point: it depends on the packets.
fn check_sum(flows: &[Flow], checker: &mut Checker) {
    let only_load = |flow: &Flow| match flow.offered {
        Offered::Load(load) => Some(load),
        Offered::Rate(_) => None,
    };
    let offered: Option<f64> = flows.iter().map(only_load).sum();
    let Some(offered) = offered.filter(|&offered| offered > 1.0 + SLACK && checker.is_clean()) else {
        return;
    };
    let message =
        format!("the loads of `traffic` add up to {offered}, but a terminal injects at most 1 flit a cycle");
    checker.add(checker.source.at("traffic", message));
}

fn flow(written: &file::Traffic, path: &str, units: Option<&Units>, checker: &mut Checker) -> Flow {
    Flow {
        pattern: written.pattern,
        include_self: Choice::new(written.include_self, true),
        injection: written.injection.unwrap_or(Injection::Bernoulli),
        packet: packet(
            written.packet.unwrap_or(file::Length::Flits(1)),
            units,
            &format!("{path}.packet"),
            checker,
        ),
        class: written.class.map_or(0, |class| {
            checker.whole(&format!("{path}.class"), "class", class, 0..=u8::MAX)
        }),
        offered: offered(written, path, units, checker),
    }
}

fn offered(written: &file::Traffic, path: &str, units: Option<&Units>, checker: &mut Checker) -> Offered {
    let rate_path = format!("{path}.rate");
    let field = Field {
        path: &rate_path,
        name: "rate",
    };
    match (written.load, written.rate) {
        (Some(load), None) => Offered::Load(checker.load(&format!("{path}.load"), "load", load)),
        (None, Some(written)) => Offered::Rate(rate(written, units, field, checker)),
        (Some(_), Some(_)) => {
            let diagnostic = checker
                .source
                .at_key(&rate_path, "both `load` and `rate` say what is offered");
            checker.add(diagnostic.label("leave one of them out"));
            Offered::Load(1.0)
        }
        (None, None) => {
            let diagnostic = checker.source.at_head(path, "missing field `load` in `Traffic`");
            checker.add(diagnostic.label(match units {
                None => "needs `load`, for example `load: 0.1`",
                Some(_) => "needs `load`, for example `load: 0.1`, or `rate: Gbps(1)`",
            }));
            Offered::Load(1.0)
        }
    }
}
