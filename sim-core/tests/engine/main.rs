//! The engine on small fabrics made by hand. A module a behaviour.

mod conservation;
mod deadlock;
mod determinism;
mod pipeline_rates;
mod single_switch;
mod support;
mod verdicts;
mod watching;
