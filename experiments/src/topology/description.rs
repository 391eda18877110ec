//! What is said of a fabric, closed forms beside what is counted.

use fabricsim_topologies::graph::{ClosedForms, Distances, FabricGraph, Family, Form, Link, NotCounted};
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
    /// Links by what they span.
    pub cables: Vec<Cables>,
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

/// Links that span the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cables {
    /// What they span, in words.
    pub span: String,
    /// How many there are.
    pub count: u64,
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
            cables: cables(graph),
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

fn cables(graph: &FabricGraph) -> Vec<Cables> {
    let kinds = graph.cables().into_iter();
    kinds
        .map(|(kind, count)| Cables {
            span: kind.to_string(),
            count,
        })
        .collect()
}

/// The least and the largest of a property of links.
fn ends(graph: &FabricGraph, property: impl Fn(&Link) -> f64) -> Option<[f64; 2]> {
    let values = || graph.links().map(&property);
    Some([values().reduce(f64::min)?, values().reduce(f64::max)?])
}
