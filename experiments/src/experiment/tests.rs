//! Whole experiment files: what they mean, and that nothing that can be written makes the reader fall over.

use proptest::prelude::*;

use super::*;

/// The files of the contract, each with its number of points; 0 where it is refused.
const CASES: [(&str, &str, usize); 6] = [
    (
        "bad-deadlock.ron",
        include_str!("../../tests/cases/bad-deadlock.ron"),
        1,
    ),
    (
        "bad-field.ron",
        include_str!("../../tests/cases/bad-field.ron"),
        0,
    ),
    (
        "calxeda-redstone.ron",
        include_str!("../../tests/cases/calxeda-redstone.ron"),
        10,
    ),
    (
        "compare-routings.ron",
        include_str!("../../tests/cases/compare-routings.ron"),
        90,
    ),
    ("million.ron", include_str!("../../tests/cases/million.ron"), 1),
    (
        "torus-8x8.ron",
        include_str!("../../tests/cases/torus-8x8.ron"),
        5,
    ),
];

/// Every field that there is, two entries of traffic, several axes.
const EVERYTHING: &str = r#"Experiment(
    name: "everything", about: "all \"fields\"",
    fabric: Fabric(
        preset: BookSim, topology: Torus(sides: [4, 4], wrap: [true, false], terminals_per_switch: 2),
        routing: DimensionOrder, half_way: Parity, dateline: AtDateline, selection: AnyFree, allow_deadlock: true,
        switch: Switch(
            virtual_channels: 8, message_classes: 2, buffer_flits: 6, routing_delay: 0, vc_alloc_delay: 2, sw_alloc_delay: 3,
            st_prepare_delay: 1, st_final_delay: 2, credit_delay: 2, speculative: true, internal_speedup: 2,
            long_stages: Pipelined, hold_switch_for_packet: false, vc_reallocation: Atomic, vc_allocator: SeparableInputFirst,
            sw_allocator: Islip(iterations: 3),
        ),
        link: Link(latency: Cycles(5), bandwidth: FlitsPerCycle(0.3)),
    ),
    traffic: [
        Traffic(pattern: Uniform, injection: Poisson, packet: Flits(3), include_self: false, load: 0.1),
        Traffic(pattern: Transpose, class: 1, injection: Periodic, load: 0.3),
    ],
    sweep: [
        PacketFlits([1, 5]), BufferFlits([4, 8]), VirtualChannels([6, 8]),
        Topology([Torus(sides: [4, 4]), Mesh(sides: [2, 2], terminals_per_switch: 3)]),
        LoadRange(from: 0.2, to: 0.4, steps: 3), Seed([1, 18446744073709551615]), Routing([DimensionOrder, MinimalAdaptive]),
    ],
    measure: Measure(precision: 0.05, warmup: Cycles(0), cycles: Cycles(10), max_cycles: Cycles(1000)),
    seed: 9,
)"#;

/// A physical fabric that says everything in its units.
const PHYSICAL: &str = r#"Experiment(
    name: "physical",
    fabric: Fabric(
        topology: Torus(sides: [4, 4]), routing: DimensionOrder,
        cycle: Ns(40), flit: Bytes(50), frame: Frame(overhead: Bytes(46)), terminal_latency: Ns(80),
        switch: Switch(
            virtual_channels: 4, buffer_flits: 40,
            ports: [Ports(of: Terminals, virtual_channels: 2, buffer_flits: 64), Ports(of: Dimension(1), virtual_channels: 3)],
        ),
        link: Link(latency: Ns(45), bandwidth: Gbps(7.5)),
        links: [
            Links(of: Dimension(1), bandwidth: Gbps(2.5)),
            Links(of: Between(from: [0, 0], to: [3, 0]), latency: Us(0.2), bandwidth: FlitsPerCycle(0.5)),
        ],
    ),
    traffic: [
        Traffic(pattern: Uniform, injection: Poisson, packet: Bytes(1500), rate: Gbps(0.5)),
        Traffic(pattern: Neighbor, packet: Flits(2), load: 0.01),
    ],
    sweep: [PacketFlits([4, 31]), RateRange(from: Gbps(0.1), to: Gbps(0.3), steps: 3)],
    measure: Measure(precision: 0.05, warmup: Us(4), cycles: Ms(0.4), max_cycles: Ms(4.5)),
)"#;

/// Where the dateline does not exist at every point, and patterns do not all draw.
const PARTLY_MEANINGFUL: &str = r#"(
    name: "partly",
    fabric: (preset: BookSim, topology: Torus(sides: [4, 4]), routing: DimensionOrder),
    traffic: [(pattern: Tornado, load: 0.5)],
    sweep: [VirtualChannels([1, 2]), Pattern([Uniform, Neighbor, Adversarial(offset: 3)])],
)"#;

fn plan(text: &str) -> Plan {
    parse("x.ron", text).unwrap_or_else(|refused| panic!("{refused}"))
}

fn simple(traffic: &str, rest: &str) -> Plan {
    plan(&format!(
        "Experiment(name: \"x\", fabric: Fabric(topology: Mesh(sides: [4, 4]), routing: DimensionOrder), \
         traffic: [{traffic}], {rest})"
    ))
}

#[test]
fn the_cases_are_as_their_first_lines_say() {
    for (file, text, points) in CASES {
        match parse(file, text) {
            Ok(plan) => assert_eq!(plan.points.len(), points, "{file}"),
            Err(refused) => assert_eq!(points, 0, "{file}: {refused}"),
        }
    }
    let place = |case: usize| {
        let (file, text, _) = CASES[case];
        let refused = parse(file, text).unwrap_err();
        let first = refused.diagnostics()[0].clone();
        let place = first.place.unwrap();
        (first.message, place.line, place.column)
    };
    assert_eq!(place(1), ("unknown field `routng` in `Fabric`".to_owned(), 6, 9));
}

#[test]
fn defaults_are_those_of_the_table() {
    let plan = simple("Traffic(pattern: Uniform, load: 0.1)", "");
    let spec = &plan.points[0].spec;
    assert_eq!(spec.fabric.switch, fabricsim_core::SwitchConfig::default());
    assert_eq!(
        (spec.fabric.half_way, spec.fabric.dateline),
        (None, None),
        "a mesh has no rings"
    );
    assert_eq!(
        (spec.fabric.link.latency, spec.fabric.link.flit_time),
        (1, fabricsim_core::FlitTime::ONE)
    );
    assert_eq!(
        spec.measure,
        MeasureSpec {
            precision: 0.01,
            warmup: None,
            cycles: None,
            max_cycles: 1_000_000
        }
    );
    assert_eq!(spec.traffic[0].include_self, Some(true));
    assert_eq!((spec.seed, plan.allow_deadlock), (1, false));
}

#[test]
fn presets_fill_in_and_values_win() {
    let fabric = |fields: &str| {
        let text = format!(
            "(name: \"x\", fabric: (topology: Torus(sides: [4, 4]), routing: DimensionOrder, {fields}), \
             traffic: [(pattern: Uniform, load: 0.1)])"
        );
        plan(&text).points[0].spec.fabric.clone()
    };
    let plain = fabric("");
    assert_eq!(
        (plain.dateline, plain.half_way),
        (Some(Dateline::AtDateline), Some(HalfWay::Random))
    );
    let preset = fabric("preset: BookSim");
    assert_eq!(preset.dateline, Some(Dateline::OnEntry));
    assert_eq!(
        preset.switch.vc_reallocation,
        fabricsim_core::VcReallocation::NonAtomic
    );
    let both = fabric("preset: BookSim, dateline: AtDateline, switch: (vc_reallocation: Atomic)");
    assert_eq!(both.dateline, Some(Dateline::AtDateline));
    assert_eq!(
        both.switch.vc_reallocation,
        fabricsim_core::VcReallocation::Atomic
    );
    assert_eq!(fabric("switch: (virtual_channels: 1)").dateline, None);
}

#[test]
fn the_first_axis_is_the_outermost() {
    let plan = simple(
        "Traffic(pattern: Uniform, load: 0.1)",
        "sweep: [Seed([7, 3]), LoadRange(from: 0.05, to: 0.15, steps: 3)]",
    );
    let values: Vec<String> = plan
        .points
        .iter()
        .map(|point| format!("{} {}", point.values[0], point.values[1]))
        .collect();
    assert_eq!(values, ["7 0.05", "7 0.1", "7 0.15", "3 0.05", "3 0.1", "3 0.15"]);
    assert_eq!(plan.points[4].spec.seed, 3);
    assert_eq!(plan.points[4].spec.traffic[0].load, 0.1);
}

#[test]
fn load_scales_the_entries_and_keeps_their_shares() {
    let plan = simple(
        "Traffic(pattern: Uniform, load: 0.1), Traffic(pattern: Tornado, load: 0.3)",
        "sweep: [Load([0.2, 0.8])]",
    );
    let loads = |point: usize| {
        plan.points[point]
            .spec
            .traffic
            .iter()
            .map(|flow| flow.load)
            .collect::<Vec<_>>()
    };
    assert_eq!(loads(0), [0.05, 0.15]);
    assert_eq!(plan.points[0].spec.offered(), 0.2);
    assert_eq!(plan.points[1].spec.offered(), 0.8);
}

#[test]
fn hashes_are_of_the_point_alone() {
    let hash = |text: &str, point: usize| plan(text).points[point].spec.hash();
    let text = CASES[5].1;
    let renamed = text
        .replace("name: \"torus-8x8\"", "name: \"other\"")
        .replace("about: ", "about: // nothing\n")
        .replace("[0.01, 0.1, 0.3, 0.5, 0.6]", "[0.3]");
    assert_eq!(hash(text, 2), hash(&renamed, 0));
    assert_ne!(hash(text, 2), hash(text, 3));
    let spelled_out = plan(text).effective();
    assert_eq!(hash(text, 4), hash(&spelled_out, 4));
    let slower = text.replace("Cycles(2)", "Cycles(3)");
    assert_ne!(hash(text, 2), hash(&slower, 2));
}

#[test]
fn the_effective_experiment_means_the_same() {
    let accepted = CASES
        .iter()
        .filter(|(_, _, points)| *points > 0)
        .map(|(_, text, _)| *text);
    for text in accepted.chain([EVERYTHING, PHYSICAL, PARTLY_MEANINGFUL]) {
        let plan = plan(text);
        let effective = plan.effective();
        let again =
            parse("effective.ron", &effective).unwrap_or_else(|refused| panic!("{refused}\n{effective}"));
        assert_eq!(again.points, plan.points, "{effective}");
        assert_eq!((&again.name, &again.about), (&plan.name, &plan.about));
        assert_eq!(again.allow_deadlock, plan.allow_deadlock);
        assert_eq!(again.effective(), effective);
    }
}

#[test]
fn every_allocator_is_read_and_printed() {
    use fabricsim_core::AllocatorKind;
    for (written, kind) in [
        ("Islip(iterations: 4)", AllocatorKind::Islip { iterations: 4 }),
        ("SeparableInputFirst", AllocatorKind::SeparableInputFirst),
        ("SeparableOutputFirst", AllocatorKind::SeparableOutputFirst),
        ("Pim(iterations: 255)", AllocatorKind::Pim { iterations: 255 }),
        ("Wavefront", AllocatorKind::Wavefront),
        ("Select(iterations: 2)", AllocatorKind::Select { iterations: 2 }),
        ("Loa", AllocatorKind::Loa),
    ] {
        let text = format!(
            "(name: \"x\", fabric: (topology: Mesh(sides: [4, 4]), routing: DimensionOrder, \
             switch: (vc_allocator: {written})), traffic: [(pattern: Uniform, load: 0.1)])"
        );
        let plan = plan(&text);
        assert_eq!(plan.points[0].spec.fabric.switch.vc_allocator, kind);
        let again = parse("effective.ron", &plan.effective()).unwrap_or_else(|refused| panic!("{refused}"));
        assert_eq!(again.points, plan.points);
    }
}

#[test]
fn the_effective_experiment_spells_out_every_default() {
    let effective = plan(CASES[5].1).effective();
    for field in [
        "half_way: Random",
        "dateline: OnEntry",
        "allow_deadlock: false",
        "credit_delay: 0",
        "wrap: [true, true]",
        "terminals_per_switch: 1",
        "hold_switch_for_packet: false",
        "vc_reallocation: NonAtomic",
        "bandwidth: FlitsPerCycle(1.0)",
        "include_self: true",
        "warmup: Automatic",
        "cycles: UntilPrecise",
        "max_cycles: Cycles(1000000)",
        "precision: 0.01",
        "seed: 1",
    ] {
        assert!(effective.contains(field), "{field} is not in\n{effective}");
    }
}

#[test]
fn later_mistakes_find_their_place() {
    let place = |diagnostic: Diagnostic| {
        let place = diagnostic.place.unwrap();
        (
            place.line,
            place
                .source
                .chars()
                .skip(place.column - 1)
                .take(place.length)
                .collect::<String>(),
        )
    };
    let deadlock = plan(CASES[0].1);
    let refused = deadlock.at(
        &deadlock.points[0],
        "fabric.routing",
        "this experiment can deadlock",
    );
    assert_eq!(place(refused), (7, "DimensionOrder".to_owned()));

    let swept = plan(EVERYTHING);
    let last = swept.points.last().unwrap();
    assert_eq!(place(swept.at(last, "seed", "x")).1, "18446744073709551615");
    assert_eq!(
        place(swept.at(last, "traffic[1].load", "x")).1,
        "LoadRange(from: 0.2, to: 0.4, steps: 3)"
    );
    assert_eq!(
        place(swept.at(last, "fabric.topology.sides", "x")).1,
        "Mesh(sides: [2, 2], terminals_per_switch: 3)"
    );
    assert_eq!(place(swept.at(last, "fabric.link.latency", "x")).1, "Cycles(5)");
}

/// An edit of a file: cut, doubled, or a piece of the format in the wrong place.
fn edited(text: &str, (at, length, kind): (usize, usize, usize)) -> String {
    const PIECES: [&str; 18] = [
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        "..",
        "\"",
        "-1",
        "NaN",
        "1e300",
        "0",
        "Some(",
        "None",
        "é\u{301}",
        "/*",
        "r#\"",
        "Torus(sides: [4294967295, 2])",
    ];
    let chars: Vec<char> = text.chars().collect();
    let at = at % (chars.len() + 1);
    let end = (at + length).min(chars.len());
    let (before, cut, after) = (&chars[..at], &chars[at..end], &chars[end..]);
    let piece: Vec<char> = match kind {
        0 => Vec::new(),
        1 => return before.iter().collect(),
        2 => [cut, cut].concat(),
        kind => PIECES[(kind - 3) % PIECES.len()].chars().collect(),
    };
    before.iter().chain(&piece).chain(after).collect()
}

/// Files that are large in every way are answered at once.
#[test]
fn large_files_take_time_in_proportion() {
    let numbers = |item: &str| vec![item; 200_000].join(", ");
    let start = std::time::Instant::now();
    for axis in ["Load([NUMBERS])", "VirtualChannels([NUMBERS])", "Seed([NUMBERS])"] {
        let sweep = axis.replace("NUMBERS", &numbers("0"));
        let refused = parse(
            "x.ron",
            &CASES[0]
                .1
                .replace("traffic:", &format!("sweep: [{sweep}], traffic:")),
        );
        assert!(refused.is_err_and(|refused| refused.diagnostics().len() <= 50));
    }
    let many = CASES[0].1.replace("[8, 8]", &format!("[{}]", numbers("2")));
    assert!(parse("x.ron", &many).is_err());
    let long = CASES[1].1.replace("routng", &"routng".repeat(200_000));
    assert!(parse("x.ron", &long).unwrap_err().to_string().len() < 2000);
    // Seconds would be quadratic; the bound is generous for slow machines.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Whatever is done to a file, the answer is a plan, or mistakes with places inside of it.
    #[test]
    fn edited_files_are_answered(
        file in 0..9_usize, edits in prop::collection::vec((0..5000_usize, 0..12_usize, 0..21_usize), 1..4),
    ) {
        let sources: Vec<&str> =
            CASES.iter().map(|(_, text, _)| *text).chain([EVERYTHING, PHYSICAL, PARTLY_MEANINGFUL]).collect();
        let text = edits.into_iter().fold(sources[file].to_owned(), |text, edit| edited(&text, edit));
        match parse("edited.ron", &text) {
            Ok(plan) => {
                prop_assert!(!plan.points.is_empty());
                let again = parse("effective.ron", &plan.effective());
                prop_assert_eq!(again.map(|again| again.points), Ok(plan.points));
            }
            Err(refused) => {
                prop_assert_eq!(refused.exit_code(), 2);
                for place in refused.diagnostics().iter().filter_map(|d| d.place.as_ref()) {
                    let line = text.split('\n').nth(place.line - 1).map(str::chars).map(Iterator::count);
                    prop_assert!(line.is_some_and(|length| place.column <= length + 1), "{}", refused);
                }
                prop_assert!(refused.to_string().starts_with("error: "));
            }
        }
    }
}
