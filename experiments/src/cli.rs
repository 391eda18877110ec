//! The command line: what the user can type, and its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::import::ImportArgs;
use crate::topology::TopologyArgs;
use crate::validate::ValidateArgs;
use crate::watch::WatchedPacket;

const EXAMPLES: &str = "\
Examples:
  fabricsim run torus-8x8.ron            simulate, write results/torus-8x8/, draw the pictures
  fabricsim check torus-8x8.ron          what would be simulated: bounds, deadlock proof, memory, time
  fabricsim topology 'Torus(sides: [8, 8])'   a fabric: sizes, distances, closed forms
  fabricsim list routings                what an experiment file may say
  fabricsim plot results/a results/b --out compared

Exit codes: 0 done (points that saturated included), 1 a run failed (deadlocked, stalled, out of memory, I/O),
2 the experiment or the command line is wrong, 130 stopped by Ctrl-C or SIGTERM.";

/// Simulates interconnect fabrics flit by flit, from RON experiment files to verdicts, tables and pictures.
#[derive(Debug, Parser)]
#[command(name = "fabricsim", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands; the help of each is the comment of its type.
#[derive(Debug, Subcommand)]
#[allow(missing_docs)]
pub enum Command {
    Run(RunArgs),
    Check(CheckArgs),
    Topology(TopologyArgs),
    List(ListArgs),
    Plot(PlotArgs),
    Import(ImportArgs),
    Validate(ValidateArgs),
    Bench(BenchArgs),
    Completions(CompletionsArgs),
}

const RUN_HELP: &str = "\
Examples:
  fabricsim run torus-8x8.ron                    results in results/torus-8x8/
  fabricsim run experiments/ --threads 4         every .ron file in the folder and below it
  fabricsim run torus-8x8.ron --out /tmp/first   results in /tmp/first/
  fabricsim run torus-8x8.ron --watch 12:0       with the timetable of the first packet of terminal 12

The folder of results holds points.csv (a row a point), links.csv (how busy each link was), the pictures, after a deadlock
deadlock.csv (which packet waits where for which),
experiment.ron (the experiment with every default spelled out), manifest.json (version, seed, machine, times) and
points/ (a file a finished point). Above a million rows links.csv has the thousand hottest links of each point, and
links-quantiles.csv says how busy the others were. Finished points are kept: stop with Ctrl-C, run the same command again, and only
what is missing is simulated. A changed experiment keeps the points that did not change and drops the others.
Nothing is run before every file is found to be right.";

/// Simulate experiments and write their tables and pictures
#[derive(Debug, Args)]
#[command(after_help = RUN_HELP)]
pub struct RunArgs {
    /// Experiment files, or folders that are searched for .ron files
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    // No comment for clap to take as the help of the whole command.
    #[allow(missing_docs)]
    #[command(flatten)]
    pub threads: Threads,
    /// Threads that simulate each point [default: as many as are left over and make it faster]
    ///
    /// So many points are simulated side by side that all have theirs. The results are the same for every number.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads_a_point: Option<u16>,
    /// Keep each thread on a processor of its own, where points are simulated one at a time
    ///
    /// Of use on machines with several sockets: the memory of a tile is that of the processor that simulates it.
    #[arg(long)]
    pub pin: bool,
    /// Folder of the results, instead of results/NAME; for one experiment only
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Also print when packet NUMBER (from 0) of TERMINAL passes each stage of each switch
    ///
    /// The timetable is that of the first point of each experiment, which is simulated for it even if its result
    /// is there already. It is written to watch.txt in the folder of results as well.
    #[arg(long, value_name = "TERMINAL:NUMBER", num_args = 1..)]
    pub watch: Vec<WatchedPacket>,
}

/// How many threads simulate.
#[derive(Clone, Copy, Debug, Args)]
pub struct Threads {
    /// Threads to use [default: the processors of the machine]
    ///
    /// Points are simulated side by side. Where there are more threads than points, each point is cut into tiles for
    /// several of them, if it is large enough for that to be faster. The results are the same for every number, to the bit.
    #[arg(long = "threads", value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub number: Option<u16>,
}

impl Threads {
    /// The number asked for, else what the machine has.
    pub fn resolve(self) -> usize {
        match self.number {
            Some(number) => usize::from(number),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

const CHECK_HELP: &str = "\
Examples:
  fabricsim check torus-8x8.ron
  fabricsim check experiments/                       every .ron file in the folder and below it
  fabricsim check --json torus-8x8.ron | jq '.points[].channel_bound'
  fabricsim check --draw cycle.svg bad-deadlock.ron  the channels that can wait for each other, as a picture

With --json each experiment is one object on a line: name, file, memory_bytes (one simulation; times the points that
run side by side), seconds (an estimate), seconds_to_limits (the same where points come to their limit of cycles), and
points, an array with the axes of each point, zero_load_latency (mean over the pattern, whole packet, cycles),
channel_bound and capacity_bound (flits/terminal/cycle; null where there is none, with a bound_reason), worst_case (of
the permutation that the routing carries worst: channel_bound, the switches of the link that bounds it, the
destinations by terminal; null with a reason), deadlock_free (true, false, or null where it is not proved) and the
argument.";

/// Check experiments without simulating: the effective experiment, bounds, deadlock proof, memory and time
#[derive(Debug, Args)]
#[command(after_help = CHECK_HELP)]
pub struct CheckArgs {
    /// Experiment files, or folders that are searched for .ron files
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
    // No comment for clap to take as the help of the whole command.
    #[allow(missing_docs)]
    #[command(flatten)]
    pub threads: Threads,
    /// Folder of the results that a run would write, instead of results/NAME: says what is there already
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Draw the channels by which the first point that can deadlock does: SVG or PNG, by the name of the file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub draw: Option<PathBuf>,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// List what experiment files may say, each name with its parameters and an example
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Which names; all without it
    pub what: Option<Listing>,
}

/// A kind of names that experiments use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listing {
    /// What a file is
    Experiment,
    /// What carries the traffic
    Fabric,
    /// Sets of choices that go together
    Presets,
    /// Shapes of a fabric
    Topologies,
    /// Routing algorithms, and their rules
    Routings,
    /// The microarchitecture of switches
    Switches,
    /// How requests are matched in a switch
    Allocators,
    /// Links between switches, frames on them
    Links,
    /// What terminals send
    Traffic,
    /// Where packets go
    Patterns,
    /// When packets are created
    Injections,
    /// What a sweep may vary
    Axes,
    /// How long to measure
    Measure,
    /// Units of time, bandwidth and length
    Units,
}

const PLOT_HELP: &str = "\
Examples:
  fabricsim plot results/torus-8x8                     draw its pictures again, in place
  fabricsim plot results/a results/b --out compared    the curves of both, side by side";

/// Draw results again, or several side by side
#[derive(Debug, Args)]
#[command(after_help = PLOT_HELP)]
pub struct PlotArgs {
    /// Folders of results
    #[arg(required = true, value_name = "RESULTS", value_hint = ValueHint::DirPath)]
    pub results: Vec<PathBuf>,
    /// Folder for the pictures [default: the folder of results, if it is one]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

const BENCH_HELP: &str = "\
Examples:
  fabricsim bench                                      all configurations, three times each: some minutes
  fabricsim bench --quick --out before.csv             without the fabrics of a million nodes, which take gigabytes
  fabricsim bench --quick --against before.csv         faster or slower than the version that wrote before.csv?
  fabricsim bench --only 64x64 --repeat 5              the configurations with 64x64 in their name
  fabricsim bench --list                               what is measured

A configuration is an experiment, simulated for so many cycles once its fabric is full: these are what rates are of. One
flit through one switch is a flit-hop. `ns` is time on the clock, `CPU ns` time in which the simulating thread had a
processor; where they differ the machine had other things to do. `instr` and `cycles` are what the processor counts of
the simulating thread, `-` where the system does not let it (virtual machines, mostly). `spread` is how far the fastest
and the slowest run are apart. Memory of the simulation is estimated before it starts, and of fabrics of a million nodes
what the process holds of it is told too. `prepare` is the time to read the experiment, to build the fabric and to prove
it free of deadlock, `build` the time to set up sources and engine.

Measure on a machine with nothing else to do, a release build, and compare what the same machine measured.";

/// Measure how fast the simulator is, and compare versions
#[derive(Debug, Args)]
#[command(after_help = BENCH_HELP)]
pub struct BenchArgs {
    /// Only configurations with this in their name
    #[arg(long, value_name = "SUBSTRING", default_value = "", hide_default_value = true)]
    pub only: String,
    /// Leave out the fabrics of a million nodes
    #[arg(long)]
    pub quick: bool,
    /// Print the names of the configurations and measure nothing
    #[arg(long)]
    pub list: bool,
    /// Runs of each configuration; their medians are told
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub repeat: u16,
    /// Also write the table to a file, as CSV
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Compare with a table that an earlier version wrote with `--out`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub against: Option<PathBuf>,
}

/// Print a shell's completions of this command line
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  fabricsim completions bash > ~/.local/share/bash-completion/completions/fabricsim"
)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
