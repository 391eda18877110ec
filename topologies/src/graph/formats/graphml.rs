//! GraphML.
//!
//! Read are the undirected graph's nodes and edges, with the data `name`, `location`, `terminals` and `uplinks` of
//! nodes, `source_port`, `target_port`, `latency` and `rate` of edges, and `units` of the graph, as keys declare them by
//! `attr.name`; other data are passed over. A node without a name goes by its id.

use std::collections::HashMap;
use std::fmt::Write;

use roxmltree::{Document, Node};

use super::super::fabric_graph::{FabricGraph, Link, Units};
use super::assembly::{
    Assembly, DEFAULT_LATENCY, DEFAULT_RATE, OpenEnd, numbered_ports_of, units_of, units_word,
};
use super::mistake::{FileMistake, Span, number, shortened, whole};

/// Keys that are written: what they are of, and the type of their values.
const KEYS: [(&str, &str, &str); 9] = [
    ("units", "graph", "string"),
    ("name", "node", "string"),
    ("location", "node", "string"),
    ("terminals", "node", "string"),
    ("uplinks", "node", "string"),
    ("source_port", "edge", "int"),
    ("target_port", "edge", "int"),
    ("latency", "edge", "double"),
    ("rate", "edge", "double"),
];

pub fn read(text: &str) -> Result<FabricGraph, FileMistake> {
    let document = Document::parse(text).map_err(|error| {
        let start = offset(text, error.pos());
        FileMistake::new(start..start + 1, format!("not XML: {error}"))
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "graphml" {
        let message = format!(
            "this is no GraphML: its root is `{}`",
            shortened(root.tag_name().name())
        );
        return Err(FileMistake::new(tag(root), message).label("expected `graphml`"));
    }
    let keys: HashMap<&str, &str> = children(root, "key")
        .filter_map(|key| Some((key.attribute("id")?, key.attribute("attr.name")?)))
        .collect();
    let mut graphs = children(root, "graph");
    let Some(graph) = graphs.next() else {
        return Err(FileMistake::new(tag(root), "there is no `graph` in this file"));
    };
    if let Some(second) = graphs.next() {
        return Err(FileMistake::new(tag(second), "a second graph").label("a file holds one graph"));
    }
    let mut inner = graph.descendants().filter(|node| *node != graph);
    if let Some(not_read) = inner.find(|node| ["hyperedge", "graph"].contains(&node.tag_name().name())) {
        let message = format!("`{}` inside of a graph is not read", not_read.tag_name().name());
        return Err(FileMistake::new(tag(not_read), message).label("a fabric has nodes and edges alone"));
    }
    if graph.attribute("edgedefault") == Some("directed") {
        let message = "the graph is directed, but links are full duplex";
        return Err(FileMistake::new(tag(graph), message).label("write `edgedefault=\"undirected\"`"));
    }
    Reader {
        keys,
        ids: HashMap::new(),
        assembly: Assembly::default(),
    }
    .graph(graph)
}

struct Reader<'a> {
    /// What the ids of keys stand for.
    keys: HashMap<&'a str, &'a str>,
    /// The switches by the ids of their nodes.
    ids: HashMap<&'a str, u32>,
    assembly: Assembly,
}

impl<'a> Reader<'a> {
    fn graph(mut self, graph: Node<'a, 'a>) -> Result<FabricGraph, FileMistake> {
        let units = match self.data(graph, "units") {
            Some((text, span)) => units_of(text, &span)?,
            None => Units::Abstract,
        };
        for node in children(graph, "node") {
            self.node(node)?;
        }
        for edge in children(graph, "edge") {
            self.edge(edge)?;
        }
        self.assembly.finish(units)
    }

    fn node(&mut self, node: Node<'a, 'a>) -> Result<(), FileMistake> {
        let (id, span) = attribute(node, "id")?;
        let (name, name_span) = self.data(node, "name").unwrap_or((id, span.clone()));
        let switch = self.assembly.new_switch(name, &name_span)?;
        if self.ids.insert(id, switch).is_some() {
            return Err(FileMistake::new(
                span,
                format!("two nodes have the id `{}`", shortened(id)),
            ));
        }
        if let Some((text, span)) = self.data(node, "location") {
            self.assembly.locate(switch, text, &span)?;
        }
        if let Some((text, span)) = self.data(node, "terminals") {
            self.assembly.add_terminals(switch, text, &span)?;
        }
        if let Some((text, span)) = self.data(node, "uplinks") {
            self.assembly.add_uplinks(switch, text, &span)?;
        }
        Ok(())
    }

    fn edge(&mut self, edge: Node<'a, 'a>) -> Result<(), FileMistake> {
        if edge.attribute("directed") == Some("true") {
            let message = "the edge is directed, but links are full duplex";
            return Err(FileMistake::new(tag(edge), message));
        }
        let ends = [
            self.end(edge, "source", "source_port")?,
            self.end(edge, "target", "target_port")?,
        ];
        let latency = self.number(edge, "latency", DEFAULT_LATENCY)?;
        let rate = self.number(edge, "rate", DEFAULT_RATE)?;
        self.assembly.link(ends, latency, rate, tag(edge));
        Ok(())
    }

    fn end(&self, edge: Node<'a, 'a>, name: &str, port: &str) -> Result<OpenEnd, FileMistake> {
        let (id, span) = attribute(edge, name)?;
        let Some(&switch) = self.ids.get(id) else {
            return Err(FileMistake::new(
                span,
                format!("there is no node `{}`", shortened(id)),
            ));
        };
        let port = self.data(edge, port);
        let port = port
            .map(|(text, span)| whole(text, &span, "the port"))
            .transpose()?;
        Ok(OpenEnd { switch, port })
    }

    fn number(&self, edge: Node<'a, 'a>, name: &str, default: f64) -> Result<f64, FileMistake> {
        self.data(edge, name).map_or(Ok(default), |(text, span)| {
            number(text, &span, &format!("`{name}`"))
        })
    }

    /// A value of an element, and where it is.
    fn data(&self, of: Node<'a, 'a>, name: &str) -> Option<(&'a str, Span)> {
        let mut data = children(of, "data");
        let found = data.find(|data| {
            let key = data.attribute("key");
            key.and_then(|key| self.keys.get(key)) == Some(&name)
        })?;
        let text = found.text().unwrap_or_default();
        let span = found
            .first_child()
            .map_or_else(|| tag(found), |text| text.range());
        Some((text, span))
    }
}

fn children<'a>(of: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    of.children().filter(move |child| child.tag_name().name() == name)
}

fn attribute<'a>(of: Node<'a, 'a>, name: &str) -> Result<(&'a str, Span), FileMistake> {
    let found = of.attributes().find(|attribute| attribute.name() == name);
    found
        .map(|attribute| (attribute.value(), attribute.range_value()))
        .ok_or_else(|| {
            let element = of.tag_name().name();
            FileMistake::new(tag(of), format!("this `{element}` has no `{name}`"))
                .label(format!("write `{name}=\"…\"`"))
        })
}

/// The name in the tag that opens an element.
fn tag(of: Node) -> Span {
    let start = of.range().start;
    start..start + 1 + of.tag_name().name().len()
}

fn offset(text: &str, at: roxmltree::TextPos) -> usize {
    let rows = text.split_inclusive('\n').take(at.row.saturating_sub(1) as usize);
    let before: usize = rows.map(str::len).sum();
    let column = text[before..]
        .char_indices()
        .nth(at.col.saturating_sub(1) as usize);
    before + column.map_or(text.len() - before, |(byte, _)| byte)
}

pub fn write(graph: &FabricGraph) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for (name, of, kind) in KEYS {
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "  <key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        );
    }
    text.push_str("  <graph edgedefault=\"undirected\">\n");
    data(&mut text, "    ", "units", units_word(graph.units()));
    let terminals = numbered_ports_of(graph.terminals(), graph.switch_count());
    let uplinks = numbered_ports_of(graph.uplinks(), graph.switch_count());
    let ports = terminals.iter().zip(&uplinks);
    for ((number, switch), (terminals, uplinks)) in graph.switches().enumerate().zip(ports) {
        let _ = writeln!(text, "    <node id=\"n{number}\">");
        data(&mut text, "      ", "name", &switch.name);
        if let Some(location) = &switch.location {
            data(&mut text, "      ", "location", &location.to_string());
        }
        for (name, ports) in [("terminals", terminals), ("uplinks", uplinks)] {
            if !ports.is_empty() {
                data(&mut text, "      ", name, ports);
            }
        }
        text.push_str("    </node>\n");
    }
    for Link {
        ends: [a, b],
        latency,
        rate,
    } in graph.links()
    {
        let _ = writeln!(
            text,
            "    <edge source=\"n{}\" target=\"n{}\">",
            a.switch, b.switch
        );
        data(&mut text, "      ", "source_port", &a.port.to_string());
        data(&mut text, "      ", "target_port", &b.port.to_string());
        data(&mut text, "      ", "latency", &latency.to_string());
        data(&mut text, "      ", "rate", &rate.to_string());
        text.push_str("    </edge>\n");
    }
    text.push_str("  </graph>\n</graphml>\n");
    text
}

fn data(text: &mut String, indent: &str, key: &str, value: &str) {
    let value = value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let _ = writeln!(text, "{indent}<data key=\"{key}\">{value}</data>");
}
