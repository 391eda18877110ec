//! A fabric as a file tells it, made whole: ports that were not given, terminals in order.

use std::collections::{HashMap, HashSet};

use super::super::builder::{GraphBuilder, GraphError};
use super::super::fabric_graph::{End, FabricGraph, Link, Units};
use super::super::location::Location;
use super::mistake::{FileMistake, Span, whole};

/// What a link has, if the file does not say.
pub const DEFAULT_LATENCY: f64 = 1.0;
pub const DEFAULT_RATE: f64 = 1.0;

/// A port that a file may leave open.
#[derive(Clone, Copy, Debug)]
pub struct OpenEnd {
    pub switch: u32,
    pub port: Option<u32>,
}

#[derive(Clone, Debug)]
struct DraftSwitch {
    name: String,
    location: Option<Location>,
    span: Span,
}

#[derive(Clone, Debug)]
struct DraftLink {
    ends: [OpenEnd; 2],
    latency: f64,
    rate: f64,
    span: Span,
}

/// A terminal or an uplink with its number.
#[derive(Clone, Debug)]
struct Numbered {
    number: u32,
    at: OpenEnd,
    span: Span,
}

/// What has been read so far.
#[derive(Clone, Debug, Default)]
pub struct Assembly {
    switches: Vec<DraftSwitch>,
    numbers: HashMap<String, u32>,
    links: Vec<DraftLink>,
    terminals: Vec<Numbered>,
    uplinks: Vec<Numbered>,
}

impl Assembly {
    /// The switch of this name, added if it is new.
    pub fn switch(&mut self, name: &str, span: &Span) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.switches.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        self.switches.push(DraftSwitch {
            name: name.to_owned(),
            location: None,
            span: span.clone(),
        });
        number
    }

    /// A switch that must not be there already.
    pub fn new_switch(&mut self, name: &str, span: &Span) -> Result<u32, FileMistake> {
        match self.numbers.contains_key(name) {
            true => {
                let error = GraphError::NameTwice {
                    name: name.to_owned(),
                };
                Err(FileMistake::new(span.clone(), error.to_string()).label("names must differ"))
            }
            false => Ok(self.switch(name, span)),
        }
    }

    /// Says where a switch is.
    pub fn locate(&mut self, switch: u32, text: &str, span: &Span) -> Result<(), FileMistake> {
        let location = text
            .parse()
            .map_err(|form: &str| FileMistake::new(span.clone(), "this is no location").label(form))?;
        self.switches[switch as usize].location = Some(location);
        Ok(())
    }

    pub fn link(&mut self, ends: [OpenEnd; 2], latency: f64, rate: f64, span: Span) {
        self.links.push(DraftLink {
            ends,
            latency,
            rate,
            span,
        });
    }

    /// The terminal with this number.
    pub fn terminal(&mut self, number: u32, at: OpenEnd, span: Span) {
        self.terminals.push(Numbered { number, at, span });
    }

    /// The uplink with this number.
    pub fn uplink(&mut self, number: u32, at: OpenEnd, span: Span) {
        self.uplinks.push(Numbered { number, at, span });
    }

    /// Number of terminals and of uplinks so far.
    pub fn counts(&self) -> [u32; 2] {
        [&self.terminals, &self.uplinks].map(|numbered| numbered.len() as u32)
    }

    /// Adds what `0:5,1:6` says: terminals 0 and 1 at ports 5 and 6.
    pub fn add_terminals(&mut self, switch: u32, text: &str, span: &Span) -> Result<(), FileMistake> {
        for (number, port) in numbered_ports(text, span, "terminals")? {
            let port = Some(port);
            self.terminal(number, OpenEnd { switch, port }, span.clone());
        }
        Ok(())
    }

    /// Likewise of uplinks.
    pub fn add_uplinks(&mut self, switch: u32, text: &str, span: &Span) -> Result<(), FileMistake> {
        for (number, port) in numbered_ports(text, span, "uplinks")? {
            let port = Some(port);
            self.uplink(number, OpenEnd { switch, port }, span.clone());
        }
        Ok(())
    }

    /// The fabric.
    pub fn finish(mut self, units: Units) -> Result<FabricGraph, FileMistake> {
        let mut ports = self.ports();
        let mut builder = GraphBuilder::new(units);
        for DraftSwitch { name, location, span } in self.switches {
            builder
                .switch(name, location)
                .map_err(|error| at(&span, &error))?;
        }
        for DraftLink {
            ends,
            latency,
            rate,
            span,
        } in self.links
        {
            let ends = ends.map(|end| ports.of(end));
            let link = Link { ends, latency, rate };
            builder.link(link).map_err(|error| at(&span, &error))?;
        }
        if self.terminals.is_empty() {
            for switch in 0..builder.switch_count() {
                let port = ports.of(OpenEnd { switch, port: None });
                builder.terminal(port).map_err(|error| at(&(0..1), &error))?;
            }
        }
        for Numbered { at: end, span, .. } in in_order(&mut self.terminals, "terminal")? {
            builder
                .terminal(ports.of(*end))
                .map_err(|error| at(span, &error))?;
        }
        for Numbered { at: end, span, .. } in in_order(&mut self.uplinks, "uplink")? {
            builder.uplink(ports.of(*end)).map_err(|error| at(span, &error))?;
        }
        builder.build().map_err(|error| at(&(0..1), &error))
    }

    /// The ports that are given are taken before others are shared out.
    fn ports(&self) -> Ports {
        let of_links = self.links.iter().flat_map(|link| link.ends);
        let numbered = self.terminals.iter().chain(&self.uplinks);
        let all = of_links.chain(numbered.map(|numbered| numbered.at));
        let taken = all.filter_map(|OpenEnd { switch, port }| Some(End { switch, port: port? }));
        Ports {
            taken: taken.collect(),
            first_free: vec![0; self.switches.len()],
        }
    }
}

struct Ports {
    taken: HashSet<End>,
    first_free: Vec<u32>,
}

impl Ports {
    fn of(&mut self, OpenEnd { switch, port }: OpenEnd) -> End {
        if let Some(port) = port {
            return End { switch, port };
        }
        let free = &mut self.first_free[switch as usize];
        while self.taken.contains(&End { switch, port: *free }) {
            *free += 1;
        }
        let end = End { switch, port: *free };
        *free += 1;
        end
    }
}

/// By their numbers, which go from 0 without a gap.
fn in_order<'a>(
    numbered: &'a mut [Numbered],
    what: &str,
) -> Result<impl Iterator<Item = &'a Numbered>, FileMistake> {
    numbered.sort_by_key(|numbered| numbered.number);
    for (expected, found) in (0..).zip(&*numbered) {
        if found.number != expected {
            let message = match found.number < expected {
                true => format!("{what} {} is given twice", found.number),
                false => format!("{what} {expected} is missing"),
            };
            let label = format!("{what}s are numbered from 0 without a gap");
            return Err(FileMistake::new(found.span.clone(), message).label(label));
        }
    }
    Ok(numbered.iter())
}

fn at(span: &Span, error: &GraphError) -> FileMistake {
    FileMistake::new(span.clone(), error.to_string())
}

/// `0:5,1:6` as pairs.
fn numbered_ports(text: &str, span: &Span, what: &str) -> Result<Vec<(u32, u32)>, FileMistake> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let pair = |pair: &str| {
        let (number, port) = pair.split_once(':').ok_or_else(|| {
            FileMistake::new(span.clone(), format!("{what} are not given with their ports"))
                .label("number and port, as `0:5,1:6`")
        })?;
        Ok((whole(number, span, "a number")?, whole(port, span, "a port")?))
    };
    text.split(',').map(pair).collect()
}

/// `0:5,1:6`, of each switch.
pub fn numbered_ports_of(ends: &[End], switches: u32) -> Vec<String> {
    let mut texts = vec![String::new(); switches as usize];
    for (number, end) in ends.iter().enumerate() {
        let text = &mut texts[end.switch as usize];
        let separator = if text.is_empty() { "" } else { "," };
        text.push_str(&format!("{separator}{number}:{}", end.port));
    }
    texts
}

/// How files write units.
pub fn units_word(units: Units) -> &'static str {
    match units {
        Units::Abstract => "cycles",
        Units::Physical => "ns",
    }
}

/// Units as files write them.
pub fn units_of(text: &str, span: &Span) -> Result<Units, FileMistake> {
    match text {
        "cycles" => Ok(Units::Abstract),
        "ns" => Ok(Units::Physical),
        _ => Err(FileMistake::new(span.clone(), format!("unknown units `{text}`"))
            .label("`cycles` (and flits a cycle), or `ns` (and Gb/s)")),
    }
}
