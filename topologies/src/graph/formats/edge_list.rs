//! A table of links as CSV.
//!
//! Columns by their names, in any order: `from` and `to` have to be there, `from_port`, `to_port`, and either
//! `latency_cycles` and `rate_flits_per_cycle` or `latency_ns` and `rate_gbps` may be. A row whose `to` is `terminal` or
//! `uplink` puts one on a port of `from`; they are numbered in the order of their rows.

use std::fmt::Write;

use super::super::fabric_graph::{End, FabricGraph, Link, Units};
use super::CanNotCarry;
use super::assembly::{Assembly, DEFAULT_LATENCY, DEFAULT_RATE, OpenEnd};
use super::mistake::{FileMistake, Span, number, shortened, whole};

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    From,
    FromPort,
    To,
    ToPort,
    Latency(Units),
    Rate(Units),
}

const COLUMNS: [(&str, Column); 8] = [
    ("from", Column::From),
    ("from_port", Column::FromPort),
    ("to", Column::To),
    ("to_port", Column::ToPort),
    ("latency_cycles", Column::Latency(Units::Abstract)),
    ("rate_flits_per_cycle", Column::Rate(Units::Abstract)),
    ("latency_ns", Column::Latency(Units::Physical)),
    ("rate_gbps", Column::Rate(Units::Physical)),
];

const TERMINAL: &str = "terminal";
const UPLINK: &str = "uplink";

/// A value of a row, without its quotes, and where it is.
struct Cell {
    text: String,
    span: Span,
}

pub fn read(text: &str) -> Result<FabricGraph, FileMistake> {
    let mut lines = Lines { text, at: 0 };
    let Some(header) = lines.next().transpose()? else {
        return Err(FileMistake::new(0..1, "the file is empty").label("the first line names the columns"));
    };
    let table = Table::of(&header)?;
    let mut assembly = Assembly::default();
    for row in lines {
        table.row(&row?, &mut assembly)?;
    }
    assembly.finish(table.units)
}

/// The columns, in the order of the file.
struct Table {
    columns: Vec<Column>,
    units: Units,
}

impl Table {
    fn of(header: &[Cell]) -> Result<Self, FileMistake> {
        let mut columns = Vec::new();
        let mut units = None;
        for Cell { text, span } in header {
            let known = COLUMNS.iter().find(|(name, _)| *name == text.trim());
            let Some(&(_, column)) = known else {
                let names: Vec<String> = COLUMNS.iter().map(|(name, _)| format!("`{name}`")).collect();
                let message = format!("unknown column `{}`", shortened(text));
                return Err(FileMistake::new(span.clone(), message)
                    .label(format!("columns are {}", names.join(", "))));
            };
            if columns.contains(&column) {
                return Err(FileMistake::new(span.clone(), "the column is there twice"));
            }
            if let Column::Latency(of) | Column::Rate(of) = column {
                if units.is_some_and(|units| units != of) {
                    let message = "cycles and nanoseconds in one table";
                    return Err(FileMistake::new(span.clone(), message).label(
                        "`latency_ns` goes with `rate_gbps`, `latency_cycles` with `rate_flits_per_cycle`",
                    ));
                }
                units = Some(of);
            }
            columns.push(column);
        }
        for (name, column) in [("from", Column::From), ("to", Column::To)] {
            if !columns.contains(&column) {
                let span = header.first().map_or(0..1, |cell| cell.span.clone());
                return Err(FileMistake::new(span, format!("there is no column `{name}`"))
                    .label("the first line names the columns"));
            }
        }
        Ok(Self {
            columns,
            units: units.unwrap_or(Units::Abstract),
        })
    }

    fn row(&self, row: &[Cell], assembly: &mut Assembly) -> Result<(), FileMistake> {
        let whole_row = match row {
            [only] => only.span.clone(),
            [first, .., last] => first.span.start..last.span.end,
            [] => return Ok(()),
        };
        if row.len() != self.columns.len() {
            let message = format!("{} values for {} columns", row.len(), self.columns.len());
            return Err(FileMistake::new(whole_row, message).label("names with commas are written in quotes"));
        }
        let cell = |of: Column| {
            let cells = self.columns.iter().zip(row);
            cells
                .filter(|(column, _)| **column == of)
                .map(|(_, cell)| cell)
                .next()
        };
        let given = |of: Column| cell(of).filter(|cell| !cell.text.trim().is_empty());
        let port = |of: Column| {
            given(of)
                .map(|cell| whole(&cell.text, &cell.span, "the port"))
                .transpose()
        };
        let (Some(from), Some(to)) = (cell(Column::From), cell(Column::To)) else {
            return Ok(());
        };
        for name in [from, to] {
            if name.text.is_empty() {
                return Err(FileMistake::new(name.span.clone(), "a switch needs a name"));
            }
        }
        let from = OpenEnd {
            switch: assembly.switch(&from.text, &from.span),
            port: port(Column::FromPort)?,
        };
        let [terminals, uplinks] = assembly.counts();
        match &*to.text {
            TERMINAL => assembly.terminal(terminals, from, whole_row),
            UPLINK => assembly.uplink(uplinks, from, whole_row),
            name => {
                let to = OpenEnd {
                    switch: assembly.switch(name, &to.span),
                    port: port(Column::ToPort)?,
                };
                let value = |of: Column, what: &str, default: f64| {
                    given(of).map_or(Ok(default), |cell| number(&cell.text, &cell.span, what))
                };
                let latency = value(Column::Latency(self.units), "the latency", DEFAULT_LATENCY)?;
                let rate = value(Column::Rate(self.units), "the rate", DEFAULT_RATE)?;
                assembly.link([from, to], latency, rate, whole_row);
            }
        }
        Ok(())
    }
}

/// The rows of a table, line by line; empty ones and comments after `#` are passed over.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Result<Vec<Cell>, FileMistake>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.at < self.text.len() {
            let start = self.at;
            let rest = &self.text[start..];
            let length = rest.find('\n').unwrap_or(rest.len());
            self.at = start + length + 1;
            let line = rest[..length].trim_end_matches('\r');
            if !line.trim().is_empty() && !line.starts_with('#') {
                return Some(cells(line, start));
            }
        }
        None
    }
}

fn cells(line: &str, start: usize) -> Result<Vec<Cell>, FileMistake> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let (text, length) = match line[at..].starts_with('"') {
            true => quoted(&line[at..], start + at)?,
            false => {
                let length = line[at..].find(',').unwrap_or(line.len() - at);
                (line[at..at + length].trim().to_owned(), length)
            }
        };
        let span = start + at..start + at + length.max(1);
        cells.push(Cell { text, span });
        at += length;
        match line[at..].chars().next() {
            None => return Ok(cells),
            Some(',') => at += 1,
            Some(_) => {
                let here = start + at..start + at + 1;
                return Err(FileMistake::new(here, "text after a closing quote").label("expected `,`"));
            }
        }
    }
}

/// The value in quotes at the start of `rest`, and its length with them; `""` is a quote.
fn quoted(rest: &str, at: usize) -> Result<(String, usize), FileMistake> {
    let mut value = String::new();
    let mut signs = rest.char_indices().skip(1).peekable();
    while let Some((byte, sign)) = signs.next() {
        match sign {
            '"' if signs.next_if(|&(_, next)| next == '"').is_some() => value.push('"'),
            '"' => return Ok((value, byte + 1)),
            _ => value.push(sign),
        }
    }
    Err(FileMistake::new(at..at + 1, "the text is never closed").label("has no matching `\"`"))
}

pub fn write(graph: &FabricGraph) -> Result<String, CanNotCarry> {
    if let Some(switch) = graph
        .switches()
        .find(|switch| [TERMINAL, UPLINK].contains(&&*switch.name))
    {
        return Err(CanNotCarry(format!(
            "a switch is named `{}`, which edge lists understand otherwise",
            switch.name
        )));
    }
    let (latency, rate) = match graph.units() {
        Units::Abstract => ("latency_cycles", "rate_flits_per_cycle"),
        Units::Physical => ("latency_ns", "rate_gbps"),
    };
    let mut text = format!("from,from_port,to,to_port,{latency},{rate}\n");
    let name = |end: &End| in_quotes(&graph.switch(end.switch).name);
    for (ends, what) in [(graph.terminals(), TERMINAL), (graph.uplinks(), UPLINK)] {
        for end in ends {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{},{},{what},,,", name(end), end.port);
        }
    }
    for Link {
        ends: [a, b],
        latency,
        rate,
    } in graph.links()
    {
        let _ = writeln!(
            text,
            "{},{},{},{},{latency},{rate}",
            name(a),
            a.port,
            name(b),
            b.port
        );
    }
    Ok(text)
}

/// A name; in quotes where it could be read otherwise.
fn in_quotes(name: &str) -> String {
    let is_plain = name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    match is_plain {
        true => name.to_owned(),
        false => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}
