//! The `fabricsim` program: from RON experiment files to verdicts, tables and pictures.
//!
//! The way of an experiment:
//!
//! 1. [`experiment`] reads and checks the file: a plan with the points of the sweep;
//! 2. [`prepare`] builds the fabrics of the points and analyses them: deadlock proof, bounds, memory;
//! 3. [`run`] simulates the points side by side, and [`store`] keeps each result as soon as it is there;
//! 4. [`results`] makes tables and pictures of them, [`terminal`] says what was found.
//!
//! [`deadlock`] explains a deadlock that a run met. [`topology`] describes fabrics as graphs, more of them than can be run.
//!
//! [`commands`] are the subcommands of the program, [`cli`] is what can be typed. [`import`] and [`validate`]
//! are the bridges to other simulators, [`mod@bench`] measures how fast this one is.

pub mod analysis;
pub mod any_routing;
pub mod axes;
pub mod bench;
pub mod cli;
pub mod commands;
pub mod deadlock;
pub mod estimate;
pub mod execution;
pub mod exit;
pub mod experiment;
pub mod fabric;
pub mod import;
pub mod interrupt;
pub mod manifest;
pub mod memory;
mod memory_limits;
pub mod prepare;
pub mod record;
pub mod results;
pub mod route_latency;
pub mod run;
pub mod store;
pub mod tables;
pub mod terminal;
pub mod topology;
pub mod units;
pub mod validate;
pub mod warmup;
pub mod watch;
pub mod zero_load;
