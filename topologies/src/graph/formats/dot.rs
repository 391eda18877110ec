//! DOT, the undirected part of it: nodes, edges and their attributes, without subgraphs and ports of records.
//!
//! Read are `location`, `terminals` and `uplinks` of nodes, `ports`, `latency` and `rate` of edges, and `units` of the
//! graph; other attributes are passed over, so that what petgraph's `Dot` writes of an undirected graph is read, too.

use std::fmt::Write;

use super::super::fabric_graph::{FabricGraph, Link, Units};
use super::assembly::{
    Assembly, DEFAULT_LATENCY, DEFAULT_RATE, OpenEnd, numbered_ports_of, units_of, units_word,
};
use super::dot_lexer::{Kind, Token, tokens};
use super::mistake::{FileMistake, Span, number, whole};

pub fn read(text: &str) -> Result<FabricGraph, FileMistake> {
    let tokens = tokens(text)?;
    let parser = Parser {
        tokens: &tokens,
        next: 0,
        units: Units::Abstract,
        assembly: Assembly::default(),
    };
    parser.file()
}

/// An attribute: its name, its value, where the value is.
struct Attribute {
    name: String,
    value: String,
    span: Span,
}

struct Parser<'a> {
    /// The last is [`Kind::End`].
    tokens: &'a [Token],
    next: usize,
    units: Units,
    assembly: Assembly,
}

impl Parser<'_> {
    fn file(mut self) -> Result<FabricGraph, FileMistake> {
        if self.is_word("strict") {
            return Err(self
                .unexpected("`graph`")
                .label("`strict` has no parallel links: leave it out"));
        }
        if self.is_word("digraph") {
            let message = "the graph is directed, but links are full duplex";
            return Err(FileMistake::new(self.peek().span.clone(), message)
                .label("write `graph`, and each link once with `--`"));
        }
        if !self.is_word("graph") {
            return Err(self.unexpected("`graph`"));
        }
        self.next += 1;
        if matches!(self.peek().kind, Kind::Word(_) | Kind::Quoted(_)) {
            self.next += 1;
        }
        self.expect('{')?;
        while self.peek().kind != Kind::Symbol('}') {
            self.statement()?;
        }
        self.next += 1;
        if self.peek().kind != Kind::End {
            return Err(self.unexpected("the end").label("a file holds one graph"));
        }
        self.assembly.finish(self.units)
    }

    fn statement(&mut self) -> Result<(), FileMistake> {
        if self.skips(';') {
            return Ok(());
        }
        if self.is_word("subgraph") || self.peek().kind == Kind::Symbol('{') {
            return Err(
                FileMistake::new(self.peek().span.clone(), "subgraphs are not read")
                    .label("write nodes and edges outside of it"),
            );
        }
        let is_keyword = ["graph", "node", "edge"].iter().any(|word| self.is_word(word));
        let (first, span) = self.id("a node")?;
        if self.peek().kind == Kind::Symbol('=') {
            let attribute = self.value(first)?;
            return self.of_graph(attribute);
        }
        if is_keyword {
            return self.defaults(&first);
        }
        self.node_or_edges(first, span)
    }

    /// `graph [units=ns]`; defaults of nodes and edges say nothing of the fabric.
    fn defaults(&mut self, of: &str) -> Result<(), FileMistake> {
        for attribute in self.attributes()? {
            match of {
                "graph" => self.of_graph(attribute)?,
                _ if is_read(&attribute.name) => {
                    let message = format!("`{}` as the default of every {of} is not read", attribute.name);
                    return Err(
                        FileMistake::new(attribute.span, message).label(format!("write it at each {of}"))
                    );
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn of_graph(&mut self, attribute: Attribute) -> Result<(), FileMistake> {
        if attribute.name == "units" {
            self.units = units_of(&attribute.value, &attribute.span)?;
        }
        Ok(())
    }

    fn node_or_edges(&mut self, first: String, span: Span) -> Result<(), FileMistake> {
        let mut nodes = vec![(first, span)];
        loop {
            match self.peek().kind {
                Kind::Link => {
                    self.next += 1;
                    nodes.push(self.id("a node")?);
                }
                Kind::Arrow => {
                    return Err(self.unexpected("`--`").label("links are full duplex: write `--`"));
                }
                Kind::Symbol(':') => {
                    return Err(self
                        .unexpected("`--`, `[` or `;`")
                        .label("write `ports=\"1:0\"` at the edge"));
                }
                _ => break,
            }
        }
        let attributes = self.attributes()?;
        match &*nodes {
            [(name, span)] => self.node(name, span, attributes),
            _ => nodes.windows(2).try_for_each(|pair| self.edge(pair, &attributes)),
        }
    }

    fn node(&mut self, name: &str, span: &Span, attributes: Vec<Attribute>) -> Result<(), FileMistake> {
        let switch = self.assembly.switch(name, span);
        for Attribute { name, value, span } in attributes {
            match &*name {
                "location" => self.assembly.locate(switch, &value, &span)?,
                "terminals" => self.assembly.add_terminals(switch, &value, &span)?,
                "uplinks" => self.assembly.add_uplinks(switch, &value, &span)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn edge(&mut self, pair: &[(String, Span)], attributes: &[Attribute]) -> Result<(), FileMistake> {
        let (mut ports, mut latency, mut rate) = ([None, None], DEFAULT_LATENCY, DEFAULT_RATE);
        for Attribute { name, value, span } in attributes {
            match &**name {
                "ports" => ports = both_ports(value, span)?.map(Some),
                "latency" => latency = number(value, span, "`latency`")?,
                "rate" => rate = number(value, span, "`rate`")?,
                _ => {}
            }
        }
        let [a, b] = [&pair[0], &pair[1]];
        let switches = [a, b].map(|(name, span)| self.assembly.switch(name, span));
        let ends = [0, 1].map(|end| OpenEnd {
            switch: switches[end],
            port: ports[end],
        });
        self.assembly.link(ends, latency, rate, a.1.start..b.1.end);
        Ok(())
    }

    /// `[a=b, c=d]`, several times or not at all.
    fn attributes(&mut self) -> Result<Vec<Attribute>, FileMistake> {
        let mut attributes = Vec::new();
        while self.skips('[') {
            while !self.skips(']') {
                let (name, _) = self.id("an attribute or `]`")?;
                attributes.push(self.value(name)?);
                // Either may stand between attributes, or none.
                if !self.skips(',') {
                    self.skips(';');
                }
            }
        }
        Ok(attributes)
    }

    fn value(&mut self, name: String) -> Result<Attribute, FileMistake> {
        self.expect('=')?;
        let (value, span) = self.id(&format!("a value of `{name}`"))?;
        Ok(Attribute { name, value, span })
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.peek().kind, Kind::Word(id) if id == word)
    }

    /// Passes over a symbol, if it is there.
    fn skips(&mut self, symbol: char) -> bool {
        let is_there = self.peek().kind == Kind::Symbol(symbol);
        self.next += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, symbol: char) -> Result<(), FileMistake> {
        match self.skips(symbol) {
            true => Ok(()),
            false => Err(self.unexpected(&format!("`{symbol}`"))),
        }
    }

    fn id(&mut self, what: &str) -> Result<(String, Span), FileMistake> {
        let Token { kind, span } = self.peek();
        let (Kind::Word(id) | Kind::Quoted(id)) = kind else {
            return Err(self.unexpected(what));
        };
        let found = (id.clone(), span.clone());
        self.next += 1;
        Ok(found)
    }

    fn unexpected(&self, expected: &str) -> FileMistake {
        let Token { kind, span } = self.peek();
        let message = format!("expected {expected}, found {}", kind.shown());
        FileMistake::new(span.clone(), message).label(format!("expected {expected}"))
    }
}

fn is_read(attribute: &str) -> bool {
    ["location", "terminals", "uplinks", "ports", "latency", "rate"].contains(&attribute)
}

/// `1:0`: the ports at either end.
fn both_ports(text: &str, span: &Span) -> Result<[u32; 2], FileMistake> {
    let (from, to) = text.split_once(':').ok_or_else(|| {
        FileMistake::new(span.clone(), "`ports` are those at both ends").label("two numbers, as `1:0`")
    })?;
    Ok([whole(from, span, "the port")?, whole(to, span, "the port")?])
}

pub fn write(graph: &FabricGraph) -> String {
    let mut text = format!("graph {{\n  graph [units={}];\n", units_word(graph.units()));
    let terminals = numbered_ports_of(graph.terminals(), graph.switch_count());
    let uplinks = numbered_ports_of(graph.uplinks(), graph.switch_count());
    for ((switch, terminals), uplinks) in graph.switches().zip(&terminals).zip(&uplinks) {
        let location = switch
            .location
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let attributes = [
            ("location", &location),
            ("terminals", terminals),
            ("uplinks", uplinks),
        ];
        let attributes = attributes.into_iter().filter(|(_, value)| !value.is_empty());
        let attributes: Vec<String> = attributes
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        let _ = match attributes.is_empty() {
            true => writeln!(text, "  {};", in_quotes(&switch.name)),
            // Writing to a text does not fail.
            false => writeln!(text, "  {} [{}];", in_quotes(&switch.name), attributes.join(", ")),
        };
    }
    for Link {
        ends: [a, b],
        latency,
        rate,
    } in graph.links()
    {
        let [from, to] = [a, b].map(|end| in_quotes(&graph.switch(end.switch).name));
        let ports = format!("{}:{}", a.port, b.port);
        let _ = writeln!(
            text,
            "  {from} -- {to} [ports=\"{ports}\", latency={latency}, rate={rate}];"
        );
    }
    text.push_str("}\n");
    text
}

fn in_quotes(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
