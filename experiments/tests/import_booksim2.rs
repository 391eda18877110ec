//! BookSim2 configurations become experiments that mean the same, and say what does not carry over.

use fabricsim::experiment::{self, PointSpec};
use fabricsim::import::booksim2::{Document, ImportError, Imported, Source, import};
use fabricsim_core::VcReallocation;
use proptest::prelude::*;

const TORUS: &str = "topology = torus;\nk = 4;\nn = 2;\nrouting_function = dim_order;\n";

fn sources(arguments: &[&str]) -> Vec<Source> {
    let source = |(index, argument): (usize, &&str)| match argument.contains(';') {
        true => Source::File(Document {
            name: format!("folder/file{index}.cfg"),
            text: argument.to_string(),
        }),
        false => Source::Override(argument.to_string()),
    };
    arguments.iter().enumerate().map(source).collect()
}

fn imported(arguments: &[&str]) -> Imported {
    import(&sources(arguments), "test").unwrap()
}

/// On top of a small torus.
fn on_torus(overrides: &[&str]) -> Imported {
    imported(&[&[TORUS], overrides].concat())
}

fn refused(overrides: &[&str]) -> ImportError {
    import(&sources(&[&[TORUS], overrides].concat()), "test").unwrap_err()
}

/// The line of the experiment that has `field`, without blanks and comment.
fn line(imported: &Imported, field: &str) -> String {
    let lines = imported.ron.lines().filter(|line| !line.starts_with("//"));
    let line = lines.map(str::trim).find(|line| line.starts_with(field));
    let line = line.unwrap_or_else(|| panic!("no {field} in\n{}", imported.ron));
    line.split("//").next().unwrap_or_default().trim_end().to_owned()
}

fn note_keys(imported: &Imported) -> Vec<&str> {
    imported.notes.iter().map(|note| note.key).collect()
}

#[test]
fn every_value_is_written_out() {
    let imported = on_torus(&[
        "num_vcs=6",
        "vc_buf_size=5",
        "packet_size=4",
        "injection_rate=0.05",
        "seed=9",
    ]);
    let expected = r#"// Imported from BookSim2 parameters: file0.cfg num_vcs=6 vc_buf_size=5 packet_size=4 injection_rate=0.05 seed=9
// Everything in them has a counterpart here.
Experiment(
    name: "test",
    fabric: Fabric(
        topology: Torus(sides: [4, 4]), // topology, k, n
        routing: DimensionOrder,        // routing_function
        half_way: Random,               // either direction at exactly half a ring
        dateline: OnEntry,              // the class of virtual channels is chosen on entering a ring
        switch: Switch(
            virtual_channels: 6,        // num_vcs
            buffer_flits: 5,            // vc_buf_size
            routing_delay: 1,
            vc_alloc_delay: 1,
            sw_alloc_delay: 1,
            st_prepare_delay: 0,
            st_final_delay: 1,
            credit_delay: 0,
            speculative: false,
            internal_speedup: 1,
            long_stages: Batched,       // stages of several cycles take new flits when those before have left
            hold_switch_for_packet: false,
            vc_reallocation: NonAtomic, // wait_for_tail_credit
            vc_allocator: Islip(iterations: 1),
            sw_allocator: Islip(iterations: 1),
        ),
        link: Link(latency: Cycles(2)), // use_noc_latency: 2 on a torus, 1 without it
    ),
    traffic: [
        // Load in flits/terminal/cycle.
        Traffic(pattern: Uniform, include_self: true, injection: Bernoulli, packet: Flits(4), load: 0.2),
    ],
    measure: Measure(
        warmup: Cycles(3000), // warmup_periods x sample_period
        cycles: Cycles(3000), // 3 x sample_period, the least that BookSim2 measures; it goes on until 3 samples agree
        precision: 0.05,      // stopping_thres, here of the 95 % interval
    ),
    seed: 9,                  // its random numbers are not BookSim2's
)
"#;
    assert_eq!(imported.ron, expected);
    assert!(imported.notes.is_empty());
}

#[test]
fn what_is_not_set_is_booksim2s_default() {
    let imported = on_torus(&[]);
    assert_eq!(line(&imported, "virtual_channels"), "virtual_channels: 16,");
    assert_eq!(line(&imported, "buffer_flits"), "buffer_flits: 8,");
    assert_eq!(line(&imported, "seed"), "seed: 0,");
    assert!(line(&imported, "Traffic(").contains("packet: Flits(1), load: 0.1"));
}

#[test]
fn files_and_overrides_are_read_in_order() {
    let imported = imported(&[TORUS, "num_vcs=2", "num_vcs = 4;\nk = 3;", "k=5"]);
    assert_eq!(line(&imported, "virtual_channels"), "virtual_channels: 4,");
    assert_eq!(line(&imported, "topology"), "topology: Torus(sides: [5, 5]),");
}

#[test]
fn every_part_of_the_microarchitecture_is_mapped() {
    for (setting, field) in [
        ("routing_delay=0", "routing_delay: 0,"),
        ("vc_alloc_delay=2", "vc_alloc_delay: 2,"),
        ("sw_alloc_delay=3", "sw_alloc_delay: 3,"),
        ("st_prepare_delay=1", "st_prepare_delay: 1,"),
        ("st_final_delay=2", "st_final_delay: 2,"),
        ("credit_delay=2", "credit_delay: 2,"),
        ("speculative=1", "speculative: true,"),
        ("internal_speedup=2.0", "internal_speedup: 2,"),
        ("wait_for_tail_credit=1", "vc_reallocation: Atomic,"),
        ("vc_allocator=islip(3)", "vc_allocator: Islip(iterations: 3),"),
        (
            "sw_allocator=separable_input_first",
            "sw_allocator: SeparableInputFirst,",
        ),
        (
            "sw_allocator=separable_input_first(round_robin)",
            "sw_allocator: SeparableInputFirst,",
        ),
        (
            "vc_allocator=separable_output_first",
            "vc_allocator: SeparableOutputFirst,",
        ),
        ("vc_allocator=pim", "vc_allocator: Pim(iterations: 1),"),
        ("sw_allocator=pim(4)", "sw_allocator: Pim(iterations: 4),"),
        ("vc_allocator=wavefront", "vc_allocator: Wavefront,"),
        ("sw_allocator=select(2)", "sw_allocator: Select(iterations: 2),"),
        ("sw_allocator=loa", "sw_allocator: Loa,"),
        ("use_noc_latency=0", "link: Link(latency: Cycles(1)),"),
        ("buf_size=100", "buffer_flits: 6,"),
    ] {
        let imported = on_torus(&[setting]);
        assert_eq!(
            line(&imported, field.split(':').next().unwrap()),
            field,
            "{setting}"
        );
        assert!(imported.notes.is_empty(), "{setting}: {:?}", imported.notes);
    }
}

#[test]
fn a_mesh_has_short_links_and_no_dateline() {
    for routing in ["dor", "dim_order"] {
        let imported = on_torus(&["topology=mesh", &format!("routing_function={routing}")]);
        assert_eq!(line(&imported, "topology"), "topology: Mesh(sides: [4, 4]),");
        assert_eq!(line(&imported, "routing"), "routing: DimensionOrder,");
        assert_eq!(line(&imported, "link"), "link: Link(latency: Cycles(1)),");
        assert!(!imported.ron.contains("dateline") && !imported.ron.contains("half_way"));
    }
}

#[test]
fn patterns_keep_their_meaning() {
    for (theirs, ours) in [
        ("uniform", "Uniform, include_self: true"),
        ("tornado", "Tornado"),
        ("transpose", "Transpose"),
        ("bitcomp", "BitComplement"),
        ("bitrev", "BitReverse"),
        ("shuffle", "Shuffle"),
        ("neighbor", "Neighbor"),
    ] {
        let imported = on_torus(&[&format!("traffic={theirs}")]);
        let expected = format!("Traffic(pattern: {ours}, injection: Bernoulli");
        assert!(line(&imported, "Traffic(").starts_with(&expected), "{theirs}");
    }
}

#[test]
fn rates_in_packets_become_loads_in_flits() {
    let load = |settings: &[&str]| {
        let line = line(&on_torus(settings), "Traffic(");
        line.split("load: ")
            .nth(1)
            .unwrap()
            .trim_end_matches("),")
            .to_owned()
    };
    assert_eq!(load(&["injection_rate=0.1", "packet_size=3"]), "0.3");
    assert_eq!(
        load(&[
            "injection_rate=0.3",
            "packet_size=3",
            "injection_rate_uses_flits=1"
        ]),
        "0.3"
    );
    assert_eq!(load(&["injection_rate={0.2,0.7}"]), "0.2");
    // Ten flits a cycle don't fit the injection channel: saturated here as there.
    assert_eq!(load(&["injection_rate=0.5", "packet_size=20"]), "1.0");
    assert_eq!(
        note_keys(&on_torus(&["injection_rate=0.5", "packet_size=20"])),
        ["injection_rate"]
    );
}

#[test]
fn classes_become_entries_of_traffic() {
    let imported = on_torus(&[
        "classes=2",
        "traffic={uniform,tornado}",
        "packet_size={1,5}",
        "injection_rate={0.1,0.02}",
    ]);
    let flows: Vec<_> = imported
        .ron
        .lines()
        .filter(|line| line.contains("Traffic("))
        .collect();
    assert_eq!(flows.len(), 2);
    assert!(flows[0].contains("Uniform") && flows[0].contains("Flits(1), load: 0.1)"));
    assert!(flows[1].contains("Tornado") && flows[1].contains("Flits(5), load: 0.1)"));
    assert_eq!(note_keys(&imported), ["classes"]);
}

#[test]
fn sample_periods_become_warmup_and_window() {
    let imported = on_torus(&["sample_period=500", "warmup_periods=4", "max_samples=6"]);
    assert_eq!(line(&imported, "warmup"), "warmup: Cycles(2000),");
    assert_eq!(line(&imported, "cycles"), "cycles: Cycles(1000),");
    let imported = on_torus(&["sample_period=200000"]);
    assert_eq!(line(&imported, "max_cycles"), "max_cycles: Cycles(2400000),");
    let imported = on_torus(&["warmup_periods=0"]);
    assert!(!imported.ron.contains("warmup:"));
    assert_eq!(note_keys(&imported), ["warmup_periods"]);
    let imported = on_torus(&["stopping_thres=0.01"]);
    assert_eq!(line(&imported, "precision"), "precision: 0.01,");
    assert_eq!(note_keys(&on_torus(&["stopping_thres=-1.0"])), ["stopping_thres"]);
    let imported = on_torus(&["sim_count=3", "seed=5"]);
    assert_eq!(line(&imported, "sweep"), "sweep: [Seed([5, 6, 7])],");
}

#[test]
fn what_has_no_counterpart_is_said_once_a_key_with_its_place() {
    let imported = on_torus(&[
        "noq = 1;\narb_type = matrix; alloc_iters = 3;\npriority = age;\nprint_activity = 1;\nnum_vcs = 8;",
        "num_vcs=5",
    ]);
    assert_eq!(
        note_keys(&imported),
        ["noq", "arb_type", "alloc_iters", "priority", "num_vcs"]
    );
    let places: Vec<_> = imported
        .notes
        .iter()
        .map(|note| note.place.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(
        places,
        [
            "folder/file1.cfg:1:7",
            "folder/file1.cfg:2:12",
            "folder/file1.cfg:2:34",
            "folder/file1.cfg:3:12",
            "command line:1:9"
        ]
    );
    assert!(
        imported.notes[1]
            .to_string()
            .starts_with("arb_type = matrix: BookSim2 ignores it")
    );
    assert!(
        imported.notes[4]
            .to_string()
            .contains("both dateline classes use virtual channel 2")
    );
    for note in &imported.notes {
        assert!(
            imported.ron.contains(&format!("//   {note}\n")),
            "{note} is not in the file"
        );
    }
    assert_eq!(imported.irrelevant, ["print_activity = 1"]);
}

#[test]
fn a_value_set_to_its_default_needs_no_note() {
    let settings = [
        "noq=0",
        "alloc_iters=1",
        "priority=none",
        "latency_thres=500.0",
        "input_speedup=1",
    ];
    assert!(on_torus(&settings).notes.is_empty());
}

#[test]
fn routings_that_come_later_keep_their_names() {
    let classes = &["routing_function"][..];
    for (topology, theirs, ours, noted) in [
        ("torus", "valiant", "Valiant", classes),
        (
            "torus",
            "min_adapt",
            "MinimalAdaptive",
            &["routing_function", "wait_for_tail_credit"],
        ),
        ("mesh", "xy_yx", "O1Turn", classes),
        ("mesh", "romm", "Romm", classes),
    ] {
        let settings = [
            format!("topology={topology}"),
            format!("routing_function={theirs}"),
        ];
        let imported = on_torus(&settings.each_ref().map(String::as_str));
        assert_eq!(line(&imported, "routing"), format!("routing: {ours},"));
        assert_eq!(note_keys(&imported), noted);
    }
}

/// Its import runs: adaptive packets would block each other in buffers that another is in.
#[test]
fn adaptive_packets_enter_where_they_have_room() {
    let settings = ["topology=mesh", "routing_function=min_adapt"];
    let imported = on_torus(&settings);
    assert_eq!(
        line(&imported, "vc_reallocation"),
        "vc_reallocation: WholePacketFits,"
    );
    assert!(experiment::parse("x.ron", &imported.ron).is_ok());
}

#[test]
fn what_a_dragonfly_has_beyond_booksim2s_two_channels_is_told() {
    let dragonfly = ["topology=dragonflynew", "k=2", "n=1"];
    let with = |more: &[&str]| on_torus(&[&dragonfly[..], more].concat());
    let minimal = with(&["routing_function=min", "num_vcs=8"]);
    assert_eq!(line(&minimal, "virtual_channels"), "virtual_channels: 2,");
    assert!(note_keys(&minimal).contains(&"num_vcs"));
    let two = with(&["routing_function=min", "num_vcs=2"]);
    assert!(!note_keys(&two).contains(&"num_vcs"));
    let ugal = with(&["routing_function=ugal", "num_vcs=3"]);
    let told: Vec<String> = ugal.notes.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|note| note.contains("30 flits")), "{told:?}");
}

#[test]
fn pairs_of_a_flattened_butterfly_are_told_to_differ() {
    let of = |traffic| {
        let settings = [
            "topology=flatfly",
            "k=4",
            "n=2",
            "c=4",
            "use_noc_latency=0",
            "routing_function=ran_min",
            traffic,
        ];
        note_keys(&on_torus(&settings)).contains(&"traffic")
    };
    assert!(of("traffic=bitrev") && !of("traffic=uniform"));
}

#[test]
fn what_leaves_nothing_to_simulate_is_refused_with_its_place() {
    for (setting, message) in [
        ("topology=fly", "topology `fly` has no counterpart here"),
        ("topology=toru", "BookSim2 has no topology `toru`"),
        ("k=0", "`k` is 0, but a dimension has at least 1 switch"),
        ("n=0", "`n` is 0, but must be 1 to 32 dimensions"),
        (
            "routing_function=chaos",
            "`chaos` on a torus has no counterpart here",
        ),
        ("routing_function=dor", "`dor` on a torus has no counterpart here"),
        (
            "routing_function=dim_ordre",
            "BookSim2 has no routing function `dim_ordre`",
        ),
        ("router=event", "router `event` has no counterpart here"),
        ("num_vcs=65", "`num_vcs` is 65, but must be 1 to 64"),
        ("vc_buf_size=0", "`vc_buf_size` is 0, but must be 1 to 32767"),
        ("vc_alloc_delay=0", "`vc_alloc_delay` is 0, but must be 1 to 255"),
        ("st_final_delay=0", "`st_final_delay` is 0, but must be 1 to 255"),
        (
            "internal_speedup=1.5",
            "`internal_speedup` is 1.5, but must be a whole number from 1 to 64",
        ),
        (
            "vc_allocator=rr_wavefront",
            "`vc_allocator` `rr_wavefront` has no counterpart here",
        ),
        (
            "sw_allocator=max_size",
            "`sw_allocator` `max_size` has no counterpart here",
        ),
        ("vc_allocator=pim(0)", "`pim(0)` is not `pim(1)` to `pim(255)`"),
        (
            "vc_allocator=separable_output_first(matrix)",
            "arbiter `matrix` has no counterpart here",
        ),
        (
            "sw_allocator=islip(0)",
            "`islip(0)` is not `islip(1)` to `islip(255)`",
        ),
        (
            "sw_allocator=isslip",
            "`sw_allocator` `isslip` is none of BookSim2's",
        ),
        (
            "sim_type=batch",
            "`sim_type = batch` (closed loop) has no counterpart here",
        ),
        (
            "injection_process=on_off",
            "injection process `on_off` has no counterpart here",
        ),
        (
            "traffic=hotspot",
            "traffic pattern `hotspot` has no counterpart here",
        ),
        (
            "traffic=unifrom",
            "traffic pattern `unifrom` is none of BookSim2's",
        ),
        (
            "traffic=tornado(8,2)",
            "`tornado` with parameters of its own has no counterpart here",
        ),
        (
            "packet_size={{1,4}}",
            "packets of several sizes have no counterpart here",
        ),
        (
            "packet_size=0",
            "`packet_size` is 0, but must be 1 to 65535 flits",
        ),
        (
            "injection_rate=1.5",
            "1.5 packets/node/cycle are not between 0 and 1",
        ),
        ("max_samples=3", "BookSim2 would end before it measures"),
        ("seed=-1", "seeds are not negative here"),
    ] {
        let error = refused(&[setting]);
        assert!(error.message.starts_with(message), "{setting}: {}", error.message);
        let column = setting.find('=').unwrap() + 2;
        assert_eq!(
            error.place.unwrap().to_string(),
            format!("command line:1:{column}"),
            "{setting}"
        );
    }
}

#[test]
fn mistakes_look_like_those_in_experiments() {
    let error = import(&sources(&["topology = torus;\n  num_vc = 4;\n"]), "test").unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.starts_with("error: BookSim2 has no key `num_vc`\n"),
        "{shown}"
    );
    assert!(
        shown.contains("[folder/file0.cfg:2:3]") && shown.contains("did you mean `num_vcs`?"),
        "{shown}"
    );
}

#[test]
fn a_missing_routing_function_is_said() {
    let error = import(&sources(&["k = 4;"]), "test").unwrap_err();
    assert_eq!(
        error.message,
        "`routing_function` is not set, and BookSim2 has no default for it"
    );
    let error = import(&sources(&["k=4"]), "test").unwrap_err();
    assert_eq!(
        error.message,
        "there is no configuration file among the arguments"
    );
}

/// The first point of the experiment.
fn spec(imported: &Imported) -> PointSpec {
    let plan = experiment::parse("test.ron", &imported.ron).unwrap();
    plan.points[0].spec.clone()
}

#[test]
fn every_pattern_and_allocator_makes_a_valid_experiment() {
    for setting in [
        "topology=mesh",
        "traffic=transpose",
        "vc_allocator=islip(9)",
        "sim_count=4",
        "warmup_periods=0",
    ] {
        spec(&on_torus(&[setting]));
    }
    let classes = on_torus(&[
        "classes=3",
        "packet_size={1,4,9}",
        "traffic={uniform,shuffle}",
        "injection_rate=0.3",
    ]);
    let offered = spec(&classes).offered();
    assert!((offered - 1.0).abs() < 1e-12, "{offered}");
}

proptest! {
    /// What was set is what will be simulated.
    #[test]
    fn values_survive(
        k in 2_i32..9, n in 1_u32..4, vcs in 2_u8..40, flits in 1_u16..100, packet in 1_u16..30,
        delays in prop::array::uniform6(1_u8..9), rate in 0.0_f64..0.03, atomic: bool, speculative: bool,
        speedup in 1_u8..5, seed in 0_i32..1000, period in 1_u64..5000,
    ) {
        let [routing, vc, sw, prepare, last, credit] = delays;
        let text = format!(
            "topology = torus; routing_function = dim_order; k = {k}; n = {n}; num_vcs = {vcs};\n\
             vc_buf_size = {flits}; packet_size = {packet}; injection_rate = {rate:?};\n\
             routing_delay = {routing}; vc_alloc_delay = {vc}; sw_alloc_delay = {sw}; st_prepare_delay = {prepare};\n\
             st_final_delay = {last}; credit_delay = {credit}; wait_for_tail_credit = {};\n\
             speculative = {}; internal_speedup = {speedup}.0; seed = {seed}; sample_period = {period};",
            u8::from(atomic), u8::from(speculative),
        );
        let spec = spec(&imported(&[&text]));
        let switch = spec.fabric.switch;
        prop_assert_eq!(spec.fabric.topology.shape().sides, vec![k as u32; n as usize]);
        prop_assert_eq!((switch.virtual_channels, switch.buffer_flits), (vcs, flits));
        prop_assert_eq!((switch.routing_delay, switch.vc_alloc_delay, switch.sw_alloc_delay), (routing, vc, sw));
        prop_assert_eq!((switch.st_prepare_delay, switch.st_final_delay, switch.credit_delay), (prepare, last, credit));
        prop_assert_eq!((switch.speculative, switch.internal_speedup), (speculative, speedup));
        prop_assert_eq!(switch.vc_reallocation == VcReallocation::Atomic, atomic);
        prop_assert_eq!(spec.traffic[0].packet_flits, packet);
        prop_assert!((spec.offered() - rate * f64::from(packet)).abs() < 1e-12);
        prop_assert_eq!(spec.seed, seed as u64);
        prop_assert_eq!((spec.measure.warmup, spec.measure.cycles), (Some(3 * period), Some(3 * period)));
    }

    /// Whatever is in a file, there is an experiment or an error with a place in the file.
    #[test]
    fn any_text_is_read_or_refused(text in r"(k|topology|=|;|[0-9]|\{|\}|//|[ \n.,()a-z-]|\PC){0,40}") {
        let source = Source::File(Document { name: "f".into(), text });
        if let Err(error) = import(&[source], "x") {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
