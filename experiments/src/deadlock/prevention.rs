//! What would have prevented a deadlock.

use fabricsim_topologies::Proof;

use crate::experiment::{FabricSpec, Queueing};
use crate::prepare::FIFO_ON_A_RING;

/// The end of what the proof advises: it runs already.
const ALL_THE_SAME: &str = "; `allow_deadlock: true` runs it all the same";

/// What was known before the run, in words; `None` of a fabric that was held to be free of deadlock.
pub fn prevention(spec: &FabricSpec, proof: &Proof) -> Option<String> {
    match proof {
        Proof::Proved { .. } => None,
        Proof::Deadlock { help, .. } => {
            let help = match spec.queueing {
                Queueing::Fifo => FIFO_ON_A_RING,
                _ => help,
            };
            Some(help.strip_suffix(ALL_THE_SAME).unwrap_or(help).to_owned())
        }
        Proof::NotProved { reason } => Some(format!("it was not proved free of deadlock: {reason}")),
    }
}
