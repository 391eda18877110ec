//! The `fabricsim` program: from experiment files to verdicts, tables and pictures.

pub mod cli;
pub mod exit;
pub mod experiment;
pub mod inputs;
pub mod interrupt;
pub mod manifest;
pub mod memory;
pub mod record;
pub mod run;
pub mod store;
pub mod tables;
pub mod watch;
