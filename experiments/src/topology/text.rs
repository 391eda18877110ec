//! A description as lines of text.

use std::fmt;

use super::description::{Description, Number, Quantity};

/// Width of the names of quantities, and of numbers.
const NAME: usize = 24;
const NUMBER: usize = 12;

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => f.pad(&number.to_string()),
            // Four places, without zeros at the end.
            Self::Real(number) => {
                let text = format!("{number:.4}");
                f.pad(text.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.about {
            Some(about) => writeln!(f, "{}: {about}", self.title)?,
            None => writeln!(f, "{}", self.title)?,
        }
        if let Some(paper) = self.paper {
            writeln!(f, "  source: {paper}")?;
        }
        for grade in &self.grades {
            writeln!(f, "  {grade}")?;
        }
        writeln!(
            f,
            "\n  {:NAME$}{:>NUMBER$}{:>NUMBER$}",
            "", "counted", "closed form"
        )?;
        for (name, quantity) in self.quantities() {
            row(f, name, quantity)?;
        }
        if self.uplinks > 0 {
            writeln!(f, "  {:NAME$}{:>NUMBER$}", "uplinks", self.uplinks)?;
        }
        if self.parts > 1 {
            writeln!(f, "  {:NAME$}{:>NUMBER$}", "parts without a link", self.parts)?;
        }
        writeln!(f)?;
        self.fmt_links(f)
    }
}

impl Description {
    fn quantities(&self) -> [(&'static str, &Quantity); 9] {
        [
            ("switches", &self.switches),
            ("terminals", &self.terminals),
            ("ports of a switch", &self.radix),
            ("links", &self.links),
            ("diameter, links", &self.diameter),
            ("mean distance, links", &self.mean_distance),
            ("  without self", &self.mean_distance_without_self),
            ("worst hops, switches", &self.worst_hops),
            ("bisection, links", &self.bisection),
        ]
    }

    fn fmt_links(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cables = self
            .cables
            .iter()
            .map(|cables| format!("{} {}", cables.count, cables.span));
        let cables: Vec<String> = cables.collect();
        if !cables.is_empty() {
            writeln!(f, "  cables: {}", cables.join(", "))?;
        }
        if let (Some(latency), Some(rate)) = (self.latency, self.rate) {
            let (latency, rate) = (range(latency), range(rate));
            let (latency_unit, rate_unit) = (self.latency_unit, self.rate_unit);
            writeln!(
                f,
                "  each link: latency {latency} [{latency_unit}], {rate} [{rate_unit}] each way"
            )?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, quantity: &Quantity) -> fmt::Result {
    let number = |number: Option<Number>| number.map_or("-".to_owned(), |number| number.to_string());
    let (counted, closed) = (number(quantity.counted), number(quantity.closed_form));
    write!(f, "  {name:NAME$}{counted:>NUMBER$}{closed:>NUMBER$}")?;
    match (quantity.formula, &quantity.reason) {
        (Some(formula), _) => writeln!(f, "  = {formula}"),
        (None, Some(reason)) => writeln!(f, "  {reason}"),
        (None, None) => writeln!(f),
    }
}

/// `40`, or `1 to 3` where they differ.
fn range([least, most]: [f64; 2]) -> String {
    match least == most {
        true => least.to_string(),
        false => format!("{least} to {most}"),
    }
}
