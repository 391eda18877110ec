//! The keys that BookSim2 knows, their types and defaults (commit 28f43299), and what they are to us.

/// What a key means for an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Has a counterpart; `mapping` reads it.
    Mapped,
    /// Does not change what is simulated on a torus or mesh, or does so only together with another key that
    /// is reported: files to write, power, other topologies, parts of features that are off.
    Irrelevant,
    /// BookSim2 itself reads it nowhere, or nowhere that has an effect.
    Ignored {
        /// What would have the effect that the name promises.
        why: &'static str,
    },
    /// Changes what is simulated, and has no counterpart.
    Unmodelled {
        /// What it does there.
        why: &'static str,
        /// What happens here instead.
        instead: &'static str,
    },
}

/// A key. It has a value of each type that it has a default for; a text, once set, wins over a number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub name: &'static str,
    pub text: Option<&'static str>,
    pub integer: Option<i32>,
    pub real: Option<f64>,
    pub role: Role,
}

/// The key of that name.
pub(super) fn key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

const fn text(name: &'static str, default: &'static str, role: Role) -> Key {
    Key {
        name,
        text: Some(default),
        integer: None,
        real: None,
        role,
    }
}

const fn integer(name: &'static str, default: i32, role: Role) -> Key {
    Key {
        name,
        text: None,
        integer: Some(default),
        real: None,
        role,
    }
}

const fn real(name: &'static str, default: f64, role: Role) -> Key {
    Key {
        name,
        text: None,
        integer: None,
        real: Some(default),
        role,
    }
}

/// A number, or a list with a value a traffic class.
const fn listed(mut key: Key) -> Key {
    key.text = Some("");
    key
}

const fn unmodelled(why: &'static str, instead: &'static str) -> Role {
    Role::Unmodelled { why, instead }
}

use Role::{Irrelevant, Mapped};

const BATCH: Role = unmodelled("it belongs to `sim_type = batch`", "the traffic is open-loop");
const SHARED: Role = Irrelevant; // reported with `buffer_policy`
const READ_WRITE: Role = Irrelevant; // reported with `use_read_write`
const STOPPING: Role = unmodelled(
    "it decides when BookSim2 stops, warms up or gives up",
    "`measure` says how long to warm up and to measure, and the verdict is reached by fabricsim's own rule",
);

/// In the order of BookSim2's own list.
pub(super) const KEYS: &[Key] = &[
    // Network.
    text("channel_file", "", Irrelevant),
    integer(
        "subnets",
        1,
        unmodelled(
            "parallel networks share the traffic",
            "one network carries all of it",
        ),
    ),
    text("topology", "torus", Mapped),
    integer("k", 8, Mapped),
    integer("n", 2, Mapped),
    integer(
        "c",
        1,
        Role::Ignored {
            why: "a switch of a torus, mesh or fat tree has the terminals that it has; `flatfly` takes it",
        },
    ),
    text("routing_function", "none", Mapped),
    integer("use_noc_latency", 1, Mapped),
    integer("x", 8, Mapped),
    integer("y", 8, Irrelevant),
    integer("xr", 1, Mapped),
    integer("yr", 1, Irrelevant),
    integer(
        "link_failures",
        0,
        unmodelled("broken links (BookSim2 aborts on them)", "all links work"),
    ),
    listed(integer("fail_seed", 0, Irrelevant)),
    integer("in_ports", 5, Irrelevant),
    integer("out_ports", 5, Irrelevant),
    // Router.
    text("router", "iq", Mapped),
    integer(
        "output_delay",
        0,
        Role::Ignored {
            why: "`st_prepare_delay` and `st_final_delay` set the delay of the switch",
        },
    ),
    integer("credit_delay", 0, Mapped),
    real("internal_speedup", 1.0, Mapped),
    integer(
        "output_buffer_size",
        -1,
        unmodelled("finite output queues", "output queues are unlimited, as with -1"),
    ),
    integer(
        "noq",
        0,
        unmodelled(
            "virtual channels are bound to the next output",
            "any virtual channel may be given",
        ),
    ),
    integer("speculative", 0, Mapped),
    integer(
        "spec_check_elig",
        1,
        unmodelled(
            "a speculative request needs no eligible virtual channel",
            "it needs one, as with 1",
        ),
    ),
    integer(
        "spec_check_cred",
        1,
        unmodelled("a speculative request needs no credit", "it needs one, as with 1"),
    ),
    integer(
        "spec_mask_by_reqs",
        0,
        unmodelled("requests, not grants, mask speculation", "grants do, as with 0"),
    ),
    text(
        "spec_sw_allocator",
        "prio",
        unmodelled(
            "a switch allocator of its own for speculative requests",
            "one allocator prefers the others, as with `prio`",
        ),
    ),
    integer("num_vcs", 16, Mapped),
    integer("vc_buf_size", 8, Mapped),
    integer("buf_size", -1, Mapped),
    text(
        "buffer_policy",
        "private",
        unmodelled(
            "virtual channels share a buffer",
            "each has its own, as with `private`",
        ),
    ),
    integer("private_bufs", -1, SHARED),
    listed(integer("private_buf_size", 1, SHARED)),
    listed(integer("private_buf_start_vc", -1, SHARED)),
    listed(integer("private_buf_end_vc", -1, SHARED)),
    integer("max_held_slots", -1, SHARED),
    integer("feedback_aging_scale", 1, SHARED),
    integer("feedback_offset", 0, SHARED),
    integer("wait_for_tail_credit", 0, Mapped),
    integer(
        "vc_busy_when_full",
        0,
        unmodelled(
            "a virtual channel without credit is not given to a packet",
            "it may be, as with 0",
        ),
    ),
    integer(
        "vc_prioritize_empty",
        0,
        unmodelled(
            "empty virtual channels are given first",
            "all are equal, as with 0",
        ),
    ),
    integer(
        "vc_priority_donation",
        0,
        Role::Ignored {
            why: "it acts on priorities, and packets have none",
        },
    ),
    integer(
        "vc_shuffle_requests",
        0,
        unmodelled(
            "requests for virtual channels are shuffled",
            "they are not, as with 0",
        ),
    ),
    integer("hold_switch_for_packet", 0, Mapped),
    integer(
        "input_speedup",
        1,
        unmodelled("several crossbar inputs a port", "one, as with 1"),
    ),
    integer(
        "output_speedup",
        1,
        unmodelled("several crossbar outputs a port", "one, as with 1"),
    ),
    integer("routing_delay", 1, Mapped),
    integer("vc_alloc_delay", 1, Mapped),
    integer("sw_alloc_delay", 1, Mapped),
    integer("st_prepare_delay", 0, Mapped),
    integer("st_final_delay", 1, Mapped),
    integer(
        "vct",
        0,
        Role::Ignored {
            why: "only the event-driven router reads it",
        },
    ),
    // Allocators.
    text("vc_allocator", "islip", Mapped),
    text("sw_allocator", "islip", Mapped),
    text(
        "arb_type",
        "round_robin",
        Role::Ignored {
            why: "its iq router takes the arbiter from parameters such as `separable_input_first(ARBITER)` alone",
        },
    ),
    integer(
        "alloc_iters",
        1,
        Role::Ignored {
            why: "its iq router takes the iterations from parameters such as `islip(ITERATIONS)` alone",
        },
    ),
    // Traffic.
    integer("classes", 1, Mapped),
    text("traffic", "uniform", Mapped),
    listed(integer("class_priority", 0, Irrelevant)), // reported with `priority`
    listed(integer("perm_seed", 0, Irrelevant)),
    listed(real("injection_rate", 0.1, Mapped)),
    integer("injection_rate_uses_flits", 0, Mapped),
    listed(integer("packet_size", 1, Mapped)),
    listed(integer("packet_size_rate", 1, Irrelevant)), // matters for several sizes, which are refused
    text("injection_process", "bernoulli", Mapped),
    real("burst_alpha", 0.5, Irrelevant),
    real("burst_beta", 0.5, Irrelevant),
    real("burst_r1", -1.0, Irrelevant),
    text(
        "priority",
        "none",
        unmodelled("packets have priorities", "all are equal, as with `none`"),
    ),
    integer("batch_size", 1000, BATCH),
    integer("batch_count", 1, BATCH),
    integer("max_outstanding_requests", 0, BATCH),
    listed(integer(
        "use_read_write",
        0,
        unmodelled("requests are answered by replies", "packets go one way"),
    )),
    listed(real("write_fraction", 0.5, READ_WRITE)),
    integer("read_request_begin_vc", 0, READ_WRITE),
    integer("read_request_end_vc", 5, READ_WRITE),
    integer("write_request_begin_vc", 2, READ_WRITE),
    integer("write_request_end_vc", 7, READ_WRITE),
    integer("read_reply_begin_vc", 8, READ_WRITE),
    integer("read_reply_end_vc", 13, READ_WRITE),
    integer("write_reply_begin_vc", 10, READ_WRITE),
    integer("write_reply_end_vc", 15, READ_WRITE),
    integer("read_request_subnet", 0, READ_WRITE),
    integer("read_reply_subnet", 0, READ_WRITE),
    integer("write_request_subnet", 0, READ_WRITE),
    integer("write_reply_subnet", 0, READ_WRITE),
    listed(integer("read_request_size", 1, READ_WRITE)),
    listed(integer("write_request_size", 1, READ_WRITE)),
    listed(integer("read_reply_size", 1, READ_WRITE)),
    listed(integer("write_reply_size", 1, READ_WRITE)),
    // Simulation.
    text("sim_type", "latency", Mapped),
    integer("warmup_periods", 3, Mapped),
    integer("sample_period", 1000, Mapped),
    integer("max_samples", 10, Mapped),
    listed(integer(
        "measure_stats",
        1,
        unmodelled("statistics leave this class out", "they cover all packets"),
    )),
    integer("pair_stats", 0, Irrelevant),
    listed(real("latency_thres", 500.0, STOPPING)),
    listed(real("warmup_thres", 0.05, STOPPING)),
    listed(real("acc_warmup_thres", 0.05, STOPPING)),
    listed(real("stopping_thres", 0.05, Mapped)),
    listed(real("acc_stopping_thres", 0.05, STOPPING)),
    integer("sim_count", 1, Mapped),
    integer(
        "include_queuing",
        1,
        unmodelled(
            "source queueing is left out of packet latency",
            "packet latency includes it; `network_latency_mean` does not",
        ),
    ),
    listed(integer("seed", 0, Mapped)),
    integer("print_activity", 0, Irrelevant),
    integer("print_csv_results", 0, Irrelevant),
    integer("deadlock_warn_timeout", 256, Irrelevant),
    integer("viewer_trace", 0, Irrelevant),
    text("watch_file", "", Irrelevant),
    text("watch_flits", "", Irrelevant),
    text("watch_packets", "", Irrelevant),
    text("watch_transactions", "", Irrelevant),
    text("watch_out", "", Irrelevant),
    text("stats_out", "", Irrelevant),
    // Known to builds with tracking compiled in.
    text("injected_flits_out", "", Irrelevant),
    text("received_flits_out", "", Irrelevant),
    text("stored_flits_out", "", Irrelevant),
    text("sent_flits_out", "", Irrelevant),
    text("outstanding_credits_out", "", Irrelevant),
    text("ejected_flits_out", "", Irrelevant),
    text("active_packets_out", "", Irrelevant),
    text("used_credits_out", "", Irrelevant),
    text("free_credits_out", "", Irrelevant),
    text("max_credits_out", "", Irrelevant),
    text("sent_packets_out", "", Irrelevant),
    integer("sim_power", 0, Irrelevant),
    text("power_output_file", "pwr_tmp", Irrelevant),
    text("tech_file", "", Irrelevant),
    integer("channel_width", 128, Irrelevant),
    integer("channel_sweep", 0, Irrelevant),
    text("network_file", "", Irrelevant),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_listed_once_and_has_a_default() {
        for (i, key) in KEYS.iter().enumerate() {
            assert!(
                KEYS[i + 1..].iter().all(|other| other.name != key.name),
                "{} twice",
                key.name
            );
            assert!(
                key.text.is_some() || key.integer.is_some() || key.real.is_some(),
                "{} has no type",
                key.name
            );
        }
    }
}
