//! Every pair of a family and a routing is proved with the virtual channels that its paper says, and carries what its bound
//! allows; a few of them are also measured. `fabricsim validate fabrics` measures all.

use fabricsim::validate::fabrics::{Row, pairs, validate};

fn row(words: &[&str]) -> Row {
    let pairs = pairs(words);
    assert_eq!(pairs.len(), 1, "{words:?}");
    let mut report = validate(&pairs, &|| ());
    assert!(report.holds(), "{report}");
    report.rows.pop().unwrap().1.unwrap()
}

#[test]
fn families_need_the_virtual_channels_of_their_papers() {
    // A k-ary n-tree's up*/down* one (Petrini & Vanneschi 1997), a dragonfly's minimal routing two, Valiant's three (Kim et al.
    // 2008), a ring of 12 by hop classes half its length.
    for (words, channels) in [
        (["EnergyCard", "ShortestPath"], 1),
        (["Ring(", "ShortestPath"], 6),
        (["Dragonfly", "Minimal"], 2),
    ] {
        assert_eq!(row(&words).virtual_channels, channels, "{words:?}");
    }
}

#[test]
fn a_pair_is_measured_below_its_bound() {
    let found = row(&["CompleteGraph", "DimensionOrder"]);
    assert_eq!((found.bound, found.measured_with), (Ok(1.0), 8));
    assert!(found.share().unwrap() > 0.7, "{found:?}");
}

#[test]
fn every_compatible_pair_is_there() {
    let all = pairs(&[]);
    assert!(all.len() >= 60, "{}", all.len());
    let on = |topology: &str| {
        all.iter()
            .filter(|pair| pair.topology.starts_with(topology))
            .count()
    };
    assert_eq!(
        [on("Dragonfly"), on("KAryNTree"), on("Viridis"), on("CalxedaRack")],
        [5, 5, 3, 2]
    );
}
