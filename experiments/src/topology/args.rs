//! What can be typed after `fabricsim topology`.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

const HELP: &str = "\
Examples:
  fabricsim topology 'Torus(sides: [8, 8])'              what it is, closed forms beside what is counted
  fabricsim topology 'Dragonfly(p: 2, a: 4, h: 2)' --json
  fabricsim topology experiments/torus-8x8.ron           the fabric of an experiment
  fabricsim topology 'CardChain(cards: 4)' --report routing-table --node 15
  fabricsim topology 'KAryNTree(k: 4, n: 3)' --draw tree.svg
  fabricsim topology site.graphml --export site.csv      a fabric from a file, into another format
  fabricsim topology Viridis --export link-maps/         Calxeda's own files, one a node
  fabricsim topology --list                              the families and their parameters

Distances are links crossed between the switches of terminals, hops the switches visited. Links are full duplex and
counted once. A pair of terminals counts on each link of its shortest way, in parts where it has several: betweenness. Lengths of
cables follow from where switches stand, which is assumed: a row of cards a chassis, folded rings, a group a rack.

Files by their endings: .graphml and .dot carry all of a fabric; .csv or .edges is a table of links with the columns from,
from_port, to, to_port, latency_ns and rate_gbps (or latency_cycles and rate_flits_per_cycle), of which from and to must be
there; .anynet is BookSim2's network_file; .linkmap, or a folder with a file a node, is Calxeda's link map. A file that says
nothing of terminals has one on every switch.";

/// Describe, draw and export a fabric: its size, distances, bisection, ways and cables, and what its operators see
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct TopologyArgs {
    /// A family with its parameters as experiments write them, a file or folder with a fabric, or an experiment
    ///
    /// A file or folder goes before a family of the same name.
    #[arg(value_name = "FABRIC", required_unless_present = "list")]
    pub fabric: Option<String>,
    /// List the families, each with its parameters, paper and an example
    #[arg(long, conflicts_with_all = ["fabric", "json", "report", "draw", "export"])]
    pub list: bool,
    /// Print JSON instead of text: an object a fabric, on a line
    #[arg(long, conflicts_with = "report")]
    pub json: bool,
    /// Also draw it, as SVG or PNG by the ending of the name
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub draw: Option<PathBuf>,
    /// Also write it to a file whose ending is that of a format, or as link maps to a new folder
    #[arg(long, value_name = "FILE|DIR", value_hint = ValueHint::AnyPath)]
    pub export: Option<PathBuf>,
    /// Print what an operator of a Calxeda fabric sees, instead of the description
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["draw", "export"])]
    pub report: Option<ReportKind>,
    /// Only the report of this node, as the fabric's own file has it
    #[arg(long, value_name = "N", requires = "report")]
    pub node: Option<u32>,
    /// Of the report `uplinks`, who uses which: 0 all use 0; 1 mgmt uses 0, the others 1; 2 eth1 uses 1, the others 0
    /// [default: 0]
    #[arg(long, value_name = "MODE", requires = "report", value_parser = clap::value_parser!(u8).range(0..=2))]
    pub uplink_mode: Option<u8>,
}

/// A report of a Calxeda node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// The links that are up
    LinkMap,
    /// The weights of links 0 to 4 towards every other node
    RoutingTable,
    /// The best paths to every other node
    DepthChart,
    /// The uplinks that the interfaces use
    Uplinks,
}
