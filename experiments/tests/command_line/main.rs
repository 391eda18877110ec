//! The `fabricsim` program as its users meet it: a module for each behaviour, all over the real binary.

mod bench;
mod check;
mod deadlock;
mod desk;
mod determinism;
mod fragment;
mod interrupted;
mod list;
mod physical;
mod plot;
mod readme;
mod results;
mod run;
mod schema;
mod topology;
