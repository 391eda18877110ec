//! The engine on small fabrics made by hand. A module a behaviour.

mod conservation;
mod deadlock;
mod determinism;
mod golden;
mod pipeline_rates;
mod plain_switches;
mod queue_lengths;
mod random_switches;
mod single_switch;
mod support;
mod tiles_and_threads;
mod torus;
mod verdicts;
mod watching;
