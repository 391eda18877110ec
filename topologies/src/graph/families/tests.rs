//! Closed forms hold for all small parameters, and wirings are as they should be.

use std::collections::HashSet;

use crate::graph::*;

/// Every family with all small parameters.
fn small_fabrics() -> Vec<Box<dyn Family>> {
    let mut fabrics: Vec<Box<dyn Family>> = Vec::new();
    for sides in small_sides() {
        for wrap in 0..1_usize << sides.len() {
            let wrap = (0..sides.len()).map(|d| wrap >> d & 1 == 1).collect();
            fabrics.push(Box::new(GridFabric::new(sides.clone(), wrap, 1).unwrap()));
        }
        fabrics.push(Box::new(
            GridFabric::new(sides.clone(), vec![true; sides.len()], 3).unwrap(),
        ));
        for terminals in 1..=2 {
            fabrics.push(Box::new(HyperX::new(sides.clone(), None, terminals).unwrap()));
            let widths = (1..).take(sides.len()).collect();
            fabrics.push(Box::new(
                HyperX::new(sides.clone(), Some(widths), terminals).unwrap(),
            ));
        }
    }
    for terminals in 1..=2 {
        for switches in 3..=17 {
            fabrics.push(Box::new(Ring::new(switches, terminals).unwrap()));
        }
        for switches in 2..=12 {
            fabrics.push(Box::new(CompleteGraph::new(switches, terminals).unwrap()));
        }
        for dimensions in 1..=7 {
            fabrics.push(Box::new(Hypercube::new(dimensions, terminals).unwrap()));
        }
    }
    for (k, n) in [
        (2, 1),
        (2, 2),
        (2, 3),
        (2, 4),
        (2, 5),
        (3, 1),
        (3, 2),
        (3, 3),
        (4, 2),
        (4, 3),
        (5, 2),
        (7, 1),
    ] {
        fabrics.push(Box::new(KAryNTree::new(k, n).unwrap()));
    }
    for (k, n) in [
        (2, 2),
        (2, 3),
        (2, 5),
        (3, 2),
        (3, 3),
        (4, 2),
        (4, 3),
        (5, 2),
        (8, 2),
        (16, 2),
    ] {
        fabrics.push(Box::new(FlattenedButterfly::new(k, n).unwrap()));
    }
    fabrics.push(Box::new(EnergyCard));
    for cards in 1..=7 {
        fabrics.push(Box::new(CardChain::new(cards).unwrap()));
    }
    for sides in [[4, 4], [4, 6], [6, 8], [8, 8], [12, 10]] {
        fabrics.push(Box::new(CardGrid::torus(&sides, 0).unwrap()));
    }
    for sides in [[4, 4], [4, 8], [12, 8]] {
        fabrics.push(Box::new(CardGrid::mesh(&sides, 0).unwrap()));
    }
    for product in [Product::Viridis, Product::Redstone] {
        fabrics.push(Box::new(CardGrid::product(product)));
    }
    for arrangement in Arrangement::ALL {
        for (p, a, h) in dragonflies() {
            for groups in 2..=a * h + 1 {
                fabrics.push(Box::new(
                    Dragonfly::new(p, a, h, Some(groups), arrangement).unwrap(),
                ));
            }
        }
    }
    fabrics
}

fn small_sides() -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = (1..=9).map(|side| vec![side]).collect();
    for x in 1..=6 {
        for y in 1..=6 {
            all.push(vec![x, y]);
            all.extend((1..=4).filter(|z| x * y * z <= 60).map(|z| vec![x, y, z]));
        }
    }
    all
}

fn dragonflies() -> impl Iterator<Item = (u32, u32, u32)> {
    (1..=2).flat_map(|p| (1..=4).flat_map(move |a| (1..=3).map(move |h| (p, a, h))))
}

#[test]
fn closed_forms_are_what_is_counted() {
    let mut bisected = 0;
    for fabric in small_fabrics() {
        let (graph, forms, title) = (fabric.graph().unwrap(), fabric.closed_forms(), fabric.title());
        let counted = [
            (forms.switches, u64::from(graph.switch_count())),
            (forms.terminals, graph.terminals().len() as u64),
            (forms.radix, u64::from(graph.radix())),
            (forms.links, graph.links().len() as u64),
        ];
        for (form, counted) in counted {
            let form = form.unwrap_or_else(|| panic!("{title} has no form"));
            assert_eq!(form.value, counted, "{title}: {}", form.formula);
        }
        assert_eq!(graph.parts(), 1, "{title}");
        if graph.terminals().len() < 2 {
            continue;
        }
        let distances = graph.distances().unwrap();
        if let Some(form) = forms.diameter {
            assert_eq!(form.value, distances.diameter, "{title}: {}", form.formula);
        }
        if let Some(form) = forms.distance_total {
            assert_eq!(form.value, distances.total, "{title}: {}", form.formula);
        }
        if let (Some(form), 2..=14) = (forms.bisection, graph.switch_count()) {
            assert_eq!(Ok(form.value), graph.bisection(), "{title}: {}", form.formula);
            bisected += 1;
        }
    }
    assert!(bisected > 150, "{bisected}");
}

#[test]
fn every_port_is_used_once_and_links_lead_both_ways() {
    for fabric in small_fabrics() {
        let (graph, title) = (fabric.graph().unwrap(), fabric.title());
        let mut used = HashSet::new();
        let ends = graph.links().flat_map(|link| link.ends);
        for end in ends.chain(graph.terminals().iter().copied()) {
            assert!(used.insert(end), "{title}: {end:?}");
            assert!(end.switch < graph.switch_count(), "{title}");
        }
        let neighbours = graph.neighbours();
        for (here, links) in (0..).zip(&neighbours) {
            for &(port, there) in links {
                let back = (there.port, End { switch: here, port });
                assert!(neighbours[there.switch as usize].contains(&back), "{title}");
            }
        }
        assert!(
            graph.switches().all(|switch| switch.location.is_some()),
            "{title}"
        );
    }
}

/// Distances of the shapes in theory.md, sections 1, 5 and 6.
#[test]
fn sizes_and_distances_are_the_published_ones() {
    let mean = |fabric: &dyn Family| {
        let distances = fabric.graph().unwrap().distances().unwrap();
        (distances.mean(), distances.diameter)
    };
    let torus = |side| GridFabric::new(vec![side; 2], vec![true; 2], 1).unwrap();
    assert_eq!(mean(&torus(8)), (4.0, 8));
    assert_eq!(mean(&torus(16)), (8.0, 16));
    let mesh = GridFabric::new(vec![8, 8], vec![false; 2], 1).unwrap();
    assert!((mean(&mesh).0 - 2.0 * (8.0 / 3.0 - 1.0 / 24.0)).abs() < 1e-12);
    let dragonfly = Dragonfly::new(4, 8, 4, None, Arrangement::PalmTree).unwrap();
    let graph = dragonfly.graph().unwrap();
    assert_eq!(
        (graph.terminals().len(), graph.distances().unwrap().diameter),
        (1056, 3)
    );
    let flat = FlattenedButterfly::new(32, 2).unwrap().graph().unwrap();
    assert_eq!((flat.terminals().len(), flat.radix()), (1024, 63));
}
