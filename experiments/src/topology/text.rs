//! A description as lines of text.

use std::fmt;

use super::description::{Description, Number, Quantity, Range};

/// Width of the names of quantities, and of numbers.
const NAME: usize = 24;
const NUMBER: usize = 12;

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(number) => f.pad(&number.to_string()),
            Self::Real(number) if *number >= 1e9 => f.pad(&format!("{number:.3e}")),
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
        self.fmt_ways(f)?;
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

    /// How ways share links and switches, and how many there are.
    fn fmt_ways(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n  {:NAME$}{:>NUMBER$}{:>NUMBER$}{:>NUMBER$}",
            "", "least", "mean", "most"
        )?;
        for (name, range, unit) in [
            (
                "link betweenness",
                &self.link_betweenness,
                "pairs of terminals whose shortest way crosses it",
            ),
            (
                "switch betweenness",
                &self.switch_betweenness,
                "pairs whose shortest way leads through it",
            ),
            (
                "shortest ways",
                &self.shortest_ways,
                "between terminals of two switches",
            ),
            ("disjoint ways", &self.disjoint_ways, "without a link in common"),
        ] {
            range_row(f, name, range, unit)?;
        }
        Ok(())
    }

    fn fmt_links(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cables = self
            .cables
            .iter()
            .map(|cables| format!("{} {}", cables.count, cables.span));
        let cables: Vec<String> = cables.collect();
        if !cables.is_empty() {
            writeln!(f, "  cables: {}", cables.join(", "))?;
            self.fmt_lengths(f)?;
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

impl Description {
    /// Lengths of cables, with what they are by.
    fn fmt_lengths(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for cables in &self.cables {
            if let (Some(mean), Some(longest), Some(total)) =
                (cables.mean_m, cables.longest_m, cables.total_m)
            {
                writeln!(
                    f,
                    "    {:<22}  mean {mean:.2} m, longest {longest:.2} m, {total:.1} m in all",
                    cables.span
                )?;
            }
        }
        match self.cables.iter().any(|cables| cables.total_m.is_some()) {
            true => writeln!(
                f,
                "    A  {}",
                self.placement.replace("; racks", ";\n       racks")
            ),
            false => Ok(()),
        }
    }
}

fn range_row(f: &mut fmt::Formatter<'_>, name: &str, range: &Range, unit: &str) -> fmt::Result {
    let number =
        |number: Option<f64>| number.map_or("-".to_owned(), |number| Number::Real(number).to_string());
    let [least, mean, most] = [range.least, range.mean, range.most].map(number);
    write!(f, "  {name:NAME$}{least:>NUMBER$}{mean:>NUMBER$}{most:>NUMBER$}")?;
    match (&range.reason, &range.most_at) {
        (Some(reason), _) => writeln!(f, "  {reason}"),
        (None, Some(at)) => writeln!(f, "  {unit}; most at {at}"),
        (None, None) => writeln!(f, "  {unit}"),
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
