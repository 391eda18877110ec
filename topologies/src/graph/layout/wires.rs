//! The lines of links: straight, bent around what is between, or in two stubs of links that go around the edge.

use std::collections::{HashMap, HashSet};

use super::super::fabric_graph::{FabricGraph, Link};
use super::{At, Plan, Wire};

/// Length of the stub of a link that goes around.
const STUB: f64 = 0.5;

/// Pieces of a bent line.
const PIECES: u32 = 12;

/// How far links between the same switches are apart.
const APART: f64 = 0.22;

/// How the links of a layout are drawn.
pub enum Bends {
    /// All straight.
    Straight,
    /// Those along a row or column with a switch in between go around the edge.
    Aligned {
        /// Columns and rows that have a switch.
        taken: HashSet<[u32; 2]>,
    },
    /// Along the dimensions of a grid.
    Grid {
        /// Coordinates of each switch.
        places: Vec<Vec<u32>>,
        /// The rows of each dimension.
        rows: Vec<Row>,
    },
}

/// The rows of a dimension.
pub struct Row {
    /// Whether its links lead to neighbours, and from one end of the row around to the other.
    wraps: bool,
    /// Positions.
    side: u32,
}

impl Row {
    /// What the links along a dimension are like.
    pub fn of(dimension: usize, places: &[Vec<u32>], graph: &FabricGraph) -> Self {
        let side = places.iter().map(|place| place[dimension]).max().unwrap_or(0) + 1;
        let spans = graph.links().filter_map(|link| {
            let (along, span) = span(places, link)?;
            (along == dimension).then_some(span)
        });
        let mut long = spans.filter(|&span| span > 1).peekable();
        let is_drawn_across = dimension < 2;
        Self {
            wraps: is_drawn_across && long.peek().is_some() && long.all(|span| span == side - 1),
            side,
        }
    }
}

/// The only dimension along which a link leads, and how far.
fn span(places: &[Vec<u32>], link: &Link) -> Option<(usize, u32)> {
    let [a, b] = link.ends.map(|end| &places[end.switch as usize]);
    let mut differ = a.iter().zip(b).enumerate().filter(|(_, (a, b))| a != b);
    let (dimension, (a, b)) = differ.next()?;
    differ.next().is_none().then_some((dimension, a.abs_diff(*b)))
}

/// The lines of every link.
pub fn of(graph: &FabricGraph, plan: &Plan) -> Vec<Wire> {
    let mut between: HashMap<[u32; 2], u32> = HashMap::new();
    let wires = graph.links().map(|link| {
        let [a, b] = link.ends.map(|end| end.switch);
        let count = between.entry([a.min(b), a.max(b)]).or_insert(0);
        *count += 1;
        let bend = Bend::of(link, plan, *count - 1);
        let [from, to] = [a, b].map(|switch| plan.switches[switch as usize]);
        Wire {
            kind: graph.cable_kind(link),
            lines: bend.lines(from, to),
        }
    });
    wires.collect()
}

/// Whether a switch is between two others of a row or column.
fn is_blocked(from: At, to: At, taken: &HashSet<[u32; 2]>) -> bool {
    // Places of cards are whole numbers; those above them are negative and in no row.
    let [ax, ay, bx, by] = [from.0, from.1, to.0, to.1].map(|at| at as u32);
    let is_above = from.1.min(to.1) < 0.0;
    if is_above || (ax != bx && ay != by) {
        return false;
    }
    let columns = (ax.min(bx)..=ax.max(bx)).flat_map(|x| (ay.min(by)..=ay.max(by)).map(move |y| [x, y]));
    let mut between = columns.filter(|place| *place != [ax, ay] && *place != [bx, by]);
    between.any(|place| taken.contains(&place))
}

enum Bend {
    /// Bent to its side by so much in the middle.
    By(f64),
    /// Around the edge.
    Around,
}

impl Bend {
    /// The `number`-th link between its switches.
    fn of(link: &Link, plan: &Plan, number: u32) -> Self {
        // To either side in turn, seen from the same switch.
        let is_turned = link.ends[0].switch > link.ends[1].switch;
        let side = if number.is_multiple_of(2) == is_turned {
            1.0
        } else {
            -1.0
        };
        let apart = side * APART * f64::from(number.div_ceil(2));
        match &plan.bends {
            Bends::Straight => Self::By(apart),
            Bends::Aligned { taken } => {
                let [from, to] = link.ends.map(|end| plan.switches[end.switch as usize]);
                match number == 0 && is_blocked(from, to, taken) {
                    true => Self::Around,
                    false => Self::By(apart),
                }
            }
            Bends::Grid { places, rows } => match span(places, link) {
                Some((dimension, span)) if span > 1 && rows[dimension].wraps => Self::Around,
                Some((dimension, 1)) if dimension < 2 => Self::By(apart),
                Some((dimension, span)) => {
                    let share = f64::from(span) / f64::from(rows[dimension].side);
                    Self::By(0.12 + 0.33 * share + apart.abs())
                }
                None => Self::By(apart),
            },
        }
    }

    fn lines(self, from: At, to: At) -> Vec<Vec<At>> {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(f64::MIN_POSITIVE);
        match self {
            Self::By(0.0) => vec![vec![from, to]],
            Self::By(far) => {
                let aside = (dy / length * far, -dx / length * far);
                let point = |piece: u32| {
                    let share = f64::from(piece) / f64::from(PIECES);
                    let bent = 4.0 * share * (1.0 - share);
                    (
                        from.0 + dx * share + aside.0 * bent,
                        from.1 + dy * share + aside.1 * bent,
                    )
                };
                let mut line: Vec<At> = (0..PIECES).map(point).collect();
                line.push(to);
                vec![line]
            }
            Self::Around => {
                let stub = (dx / length * STUB, dy / length * STUB);
                vec![
                    vec![from, (from.0 - stub.0, from.1 - stub.1)],
                    vec![(to.0 + stub.0, to.1 + stub.1), to],
                ]
            }
        }
    }
}
