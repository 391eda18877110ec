//! The tables of theory are whole, and what is computed before a run agrees with them.

use std::path::{Path, PathBuf};

use fabricsim::validate::theory::{Theory, validate};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("validation/theory")
}

#[test]
fn every_bound_is_the_published_one() {
    let theory = Theory::read(&folder()).unwrap();
    assert_eq!((theory.bounds.len(), theory.switches.len()), (63, 13));
    for row in &theory.bounds {
        let computed = row.computed(&folder()).unwrap();
        assert!(row.agrees(computed), "{row}: {computed} for {}", row.bound);
    }
}

/// The others take minutes: `fabricsim validate theory`.
#[test]
fn a_fifo_of_two_ports_takes_three_quarters() {
    let mut theory = Theory::read(&folder()).unwrap();
    theory.choose(&["fifo", "2"]);
    assert_eq!(theory.rows(), 1);
    let report = validate(&folder(), &theory, &|| {});
    assert!(report.holds(), "{report}");
}
