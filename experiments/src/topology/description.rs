//! What is said of a fabric, closed forms beside what is counted.

use fabricsim_topologies::graph::{
    Betweenness, ClosedForms, Distances, FabricGraph, Family, Form, Link, NotCounted, Placement, Summary,
};
use serde::Serialize;

use super::subject::Subject;

/// A fabric described.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Description {
    /// As it was written.
    pub fabric: String,
    /// It in a few words.
    pub title: String,
    /// Its family, if known, and what that is.
    pub family: Option<&'static str>,
    /// What the family is.
    pub about: Option<&'static str>,
    /// Where the family is from.
    pub paper: Option<&'static str>,
    /// What of the wiring is published, derived or assumed.
    pub grades: Vec<&'static str>,
    /// Parts that no link joins; 1 where it is connected.
    pub parts: usize,
    /// Number of switches.
    pub switches: Quantity,
    /// Number of terminals.
    pub terminals: Quantity,
    /// Ports in use on the switch with the most.
    pub radix: Quantity,
    /// Full-duplex links between switches.
    pub links: Quantity,
    /// Ways out of the fabric.
    pub uplinks: u64,
    /// Largest distance \[links\].
    pub diameter: Quantity,
    /// Mean distance over all pairs of terminals, with themselves too \[links\].
    pub mean_distance: Quantity,
    /// Mean distance over all pairs of different terminals \[links\].
    pub mean_distance_without_self: Quantity,
    /// Switches that the packet with the longest way visits.
    pub worst_hops: Quantity,
    /// Full-duplex links between two halves.
    pub bisection: Quantity,
    /// Pairs of terminals whose shortest ways cross a link, each shared out among its ways.
    pub link_betweenness: Range,
    /// Pairs of terminals whose shortest ways lead through a switch.
    pub switch_betweenness: Range,
    /// Shortest ways between two terminals of different switches.
    pub shortest_ways: Range,
    /// Ways without a link in common between two terminals of different switches.
    pub disjoint_ways: Range,
    /// Links by what they span.
    pub cables: Vec<Cables>,
    /// What is assumed of the places of switches.
    pub placement: String,
    /// Least and largest latency of a link; none where there are no links.
    pub latency: Option<[f64; 2]>,
    /// Unit of latencies.
    pub latency_unit: &'static str,
    /// Least and largest rate of a link.
    pub rate: Option<[f64; 2]>,
    /// Unit of rates.
    pub rate_unit: &'static str,
}

/// A quantity, counted on the graph and in closed form.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quantity {
    /// What is counted; none where `reason` says why.
    pub counted: Option<Number>,
    /// Why it is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The closed form; none where there is none.
    pub closed_form: Option<Number>,
    /// Its formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<&'static str>,
}

/// Counts are whole, means are not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// A count.
    Whole(u64),
    /// A mean.
    Real(f64),
}

/// What a quantity is at the least, in the mean and at the most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Range {
    /// The least; none where `reason` says why.
    pub least: Option<f64>,
    /// The mean.
    pub mean: Option<f64>,
    /// The most.
    pub most: Option<f64>,
    /// Where it is the most, the first of equals; none where it is the same everywhere, or of no place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_at: Option<String>,
    /// Why it is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Links that span the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cables {
    /// What they span, in words.
    pub span: String,
    /// How many there are.
    pub count: u64,
    /// Mean length, as switches are assumed to be placed; none where that is unknown \[m\].
    pub mean_m: Option<f64>,
    /// Length of the longest \[m\].
    pub longest_m: Option<f64>,
    /// Length of all \[m\].
    pub total_m: Option<f64>,
}

impl Description {
    /// Counts what can be counted.
    pub fn of(subject: &Subject) -> Self {
        let Subject {
            written,
            family,
            graph,
        } = subject;
        let entry = family.as_ref().map(|family| family.entry());
        let forms = family
            .as_ref()
            .map_or_else(ClosedForms::default, |family| family.closed_forms());
        let distances = graph.distances();
        let mean = |mean: fn(&Distances) -> f64| distances.as_ref().map(|d| Number::Real(mean(d)));
        let count =
            |count: fn(&Distances) -> u32| distances.as_ref().map(|d| Number::Whole(u64::from(count(d))));
        let whole = |form: Option<Form<u64>>| form.map(|form| (Number::Whole(form.value), form.formula));
        let diameter = forms.diameter.map(|form| Form {
            value: u64::from(form.value),
            formula: form.formula,
        });
        let ways = graph.betweenness();
        let placement = Placement::default();
        let worst_hops = diameter.map(|form| (Number::Whole(form.value + 1), "diameter + 1"));
        Self {
            fabric: written.clone(),
            title: family
                .as_ref()
                .map_or_else(|| written.clone(), |family| family.title()),
            family: entry.map(|entry| entry.entry.name),
            about: entry.map(|entry| entry.entry.help),
            paper: entry.map(|entry| entry.paper),
            grades: entry.map(|entry| entry.grades.to_vec()).unwrap_or_default(),
            parts: graph.parts(),
            switches: counted(u64::from(graph.switch_count()), forms.switches),
            terminals: counted(graph.terminals().len() as u64, forms.terminals),
            radix: counted(u64::from(graph.radix()), forms.radix),
            links: counted(graph.links().len() as u64, forms.links),
            uplinks: graph.uplinks().len() as u64,
            diameter: quantity(count(|d| d.diameter), whole(diameter)),
            mean_distance: quantity(mean(Distances::mean), mean_form(&forms, |n| n * n)),
            mean_distance_without_self: quantity(
                mean(Distances::mean_between_others),
                mean_form(&forms, |n| n * (n - 1.0)),
            ),
            worst_hops: quantity(count(Distances::worst_hops), worst_hops),
            bisection: quantity(
                graph.bisection().as_ref().map(|&links| Number::Whole(links)),
                whole(forms.bisection),
            ),
            link_betweenness: betweenness(&ways, |ways| &ways.links, |link| link_name(graph, link)),
            switch_betweenness: betweenness(
                &ways,
                |ways| &ways.switches,
                |switch| graph.switch(switch as u32).name.clone(),
            ),
            shortest_ways: range(ways.and_then(|ways| ways.ways.ok_or(NotCounted::OneSwitch))),
            disjoint_ways: range(graph.disjoint_ways()),
            cables: cables(graph, &placement),
            placement: in_words(&placement),
            latency: ends(graph, |link| link.latency),
            latency_unit: graph.units().of_latency(),
            rate: ends(graph, |link| link.rate),
            rate_unit: graph.units().of_rate(),
        }
    }

    /// As an object on a line.
    pub fn json(&self) -> String {
        // Numbers and texts: nothing in it that JSON could refuse.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

fn quantity(counted: Result<Number, &NotCounted>, closed_form: Option<(Number, &'static str)>) -> Quantity {
    Quantity {
        counted: counted.as_ref().ok().copied(),
        reason: counted.err().map(NotCounted::to_string),
        closed_form: closed_form.map(|(value, _)| value),
        formula: closed_form.map(|(_, formula)| formula),
    }
}

fn counted(count: u64, form: Option<Form<u64>>) -> Quantity {
    quantity(
        Ok(Number::Whole(count)),
        form.map(|form| (Number::Whole(form.value), form.formula)),
    )
}

/// The mean distance over as many pairs as `pairs` says of the number of terminals; the formula of that with selves.
fn mean_form(forms: &ClosedForms, pairs: impl Fn(f64) -> f64) -> Option<(Number, &'static str)> {
    let (total, terminals) = (forms.distance_total?, forms.terminals?);
    let terminals = terminals.value as f64;
    (terminals > 1.0).then(|| {
        let with_self = pairs(terminals) == terminals * terminals;
        let formula = if with_self {
            total.formula
        } else {
            "that x N / (N - 1), N terminals"
        };
        (Number::Real(total.value as f64 / pairs(terminals)), formula)
    })
}

fn range(counted: Result<Summary, NotCounted>) -> Range {
    let summary = counted.ok();
    Range {
        least: summary.map(|summary| summary.least),
        mean: summary.map(|summary| summary.mean()),
        most: summary.map(|summary| summary.most),
        most_at: None,
        reason: counted.err().map(|reason| reason.to_string()),
    }
}

/// The betweenness of links, or of switches, with the name of the first that has the most.
fn betweenness(
    ways: &Result<Betweenness, NotCounted>,
    of: impl Fn(&Betweenness) -> &[f64],
    name: impl Fn(usize) -> String,
) -> Range {
    let values = match ways {
        Ok(ways) => of(ways),
        Err(reason) => return range(Err(*reason)),
    };
    let Some(summary) = Summary::of(values.iter().copied()) else {
        return range(Err(NotCounted::OneSwitch));
    };
    // Sums of shares differ in their last digits.
    let least_of_most = summary.most * (1.0 - 1e-9);
    let at = values.iter().position(|&value| value >= least_of_most);
    Range {
        most_at: at.filter(|_| summary.least < least_of_most).map(name),
        ..range(Ok(summary))
    }
}

fn link_name(graph: &FabricGraph, number: usize) -> String {
    let link = graph.links().nth(number);
    let ends = link.into_iter().flat_map(|link| link.ends);
    let names: Vec<&str> = ends.map(|end| &*graph.switch(end.switch).name).collect();
    names.join(" - ")
}

fn cables(graph: &FabricGraph, placement: &Placement) -> Vec<Cables> {
    let runs = graph.cable_runs(placement).into_iter();
    runs.map(|run| Cables {
        span: run.kind.to_string(),
        count: run.count,
        mean_m: run.lengths.map(|lengths| lengths.total / run.count as f64),
        longest_m: run.lengths.map(|lengths| lengths.longest),
        total_m: run.lengths.map(|lengths| lengths.total),
    })
    .collect()
}

/// What is assumed of the places of switches.
fn in_words(placement: &Placement) -> String {
    let Placement {
        card_pitch,
        cards,
        chassis_pitch,
        chassis,
        rack_pitch,
        row_pitch,
        on_card,
        slack,
    } = placement;
    format!(
        "{cards} cards a chassis, {card_pitch} m apart; {chassis} chassis a rack, {chassis_pitch} m apart; \
         racks {rack_pitch} m apart in rows {row_pitch} m apart; {on_card} m on a card; \
         {slack} m more at each end that leaves a chassis"
    )
}

/// The least and the largest of a property of links.
fn ends(graph: &FabricGraph, property: impl Fn(&Link) -> f64) -> Option<[f64; 2]> {
    let values = || graph.links().map(&property);
    Some([values().reduce(f64::min)?, values().reduce(f64::max)?])
}
