//! What can be typed after `fabricsim topology`.

use clap::{Args, ValueEnum};

const HELP: &str = "\
Examples:
  fabricsim topology 'Torus(sides: [8, 8])'              what it is, closed forms beside what is counted
  fabricsim topology 'Dragonfly(p: 2, a: 4, h: 2)' --json
  fabricsim topology experiments/torus-8x8.ron           the fabric of an experiment
  fabricsim topology 'CardChain(cards: 4)' --report routing-table --node 15
  fabricsim topology --list                              the families and their parameters

Distances are links crossed between the switches of terminals, hops the switches visited. Links are full duplex and
counted once.";

/// Describe a fabric: its size, distances and bisection, and what its operators see
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct TopologyArgs {
    /// A family with its parameters as experiments write them, or an experiment
    #[arg(value_name = "FABRIC", required_unless_present = "list")]
    pub fabric: Option<String>,
    /// List the families, each with its parameters, paper and an example
    #[arg(long, conflicts_with_all = ["fabric", "json", "report"])]
    pub list: bool,
    /// Print JSON instead of text: an object a fabric, on a line
    #[arg(long, conflicts_with = "report")]
    pub json: bool,
    /// Print what an operator of a Calxeda fabric sees, instead of the description
    #[arg(long, value_name = "REPORT")]
    pub report: Option<ReportKind>,
    /// Only the report of this node, as the fabric's own file has it
    #[arg(long, value_name = "N", requires = "report")]
    pub node: Option<u32>,
    /// Which uplinks the interfaces of nodes use: 0 all use 0; 1 mgmt uses 0, the others 1; 2 eth1 uses 1, the others 0
    #[arg(
        long,
        value_name = "MODE",
        default_value_t = 0,
        requires = "report",
        value_parser = clap::value_parser!(u8).range(0..=2)
    )]
    pub uplink_mode: u8,
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
