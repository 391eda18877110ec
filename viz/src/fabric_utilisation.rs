//! Link utilisation on a fabric of any graph: which point, which links, what is said of them.

use std::collections::BTreeMap;

use crate::fabric::{FabricPicture, Lane};
use crate::results::Point;
use crate::series::curves;
use crate::utilisation::{LINKS_FILE, LinkRow, NoPicture, read_links, telling};
use crate::words::{listed, mean_in_words, offered, percent};

/// The fabric of a point, laid out, or why it can't be; `None` where it is no graph.
pub type LaidOut = Option<Result<FabricPicture, String>>;

/// Link utilisation of the first curve whose fabric is a graph, at its highest load that is not saturated, or else at its
/// lowest, from the `links.csv` of the point's folder; `None` where no fabric is one.
///
/// # Errors
/// [`NoPicture::NotApplicable`] where the fabric can't be laid out or a link was not measured; [`NoPicture::Unreadable`] where
/// the table is not what it should be.
pub fn fabric_utilisation(
    points: &[Point],
    title: &str,
    fabric: &dyn Fn(&Point) -> LaidOut,
) -> Result<Option<FabricPicture>, NoPicture> {
    let curves = curves(points);
    let all = curves.len();
    let told = curves
        .into_iter()
        .filter_map(|(label, points)| Some((label, telling(&points)?)));
    let mut laid_out = told.filter_map(|(label, point)| Some((label, point, fabric(point)?)));
    let Some((label, point, picture)) = laid_out.next() else {
        return Ok(None);
    };
    let picture = picture.map_err(NoPicture::NotApplicable)?;
    let links = read_links([point].into_iter())?;
    let rows = links
        .get(&*point.folder)
        .and_then(|of_folder| of_folder.get(&point.row));
    let rows = rows.map_or(&[][..], Vec::as_slice);
    let Some(Coloured { lanes, mean, hottest }) = coloured(&picture, rows) else {
        let reason = format!("{LINKS_FILE} does not have all links of a point");
        return Err(NoPicture::NotApplicable(reason));
    };
    let verdict = point.verdict.to_string();
    let words = listed([label, offered(point), verdict, mean_in_words(mean), hottest]);
    let shown = if all > 1 {
        format!("; 1 of {all} curves")
    } else {
        String::new()
    };
    Ok(Some(FabricPicture {
        title: title.to_owned(),
        note: format!("link utilisation: {words}{shown}"),
        lanes,
        ..picture
    }))
}

/// The links of a fabric and how busy they are.
struct Coloured {
    lanes: Vec<Lane>,
    mean: f64,
    /// In words.
    hottest: String,
}

/// `None` where a link was not measured.
fn coloured(picture: &FabricPicture, rows: &[LinkRow]) -> Option<Coloured> {
    let measured: BTreeMap<(u32, u32), f64> = rows
        .iter()
        .filter_map(|row| Some(((row.from, row.from_port), row.heat()?)))
        .collect();
    let name = |(switch, _): (u32, u32)| {
        let mark = picture.switches.get(switch as usize);
        mark.map_or_else(String::new, |mark| mark.name.clone())
    };
    let mut lanes = Vec::with_capacity(2 * picture.lines.len());
    let mut hottest = (0.0, "no link was used".to_owned());
    for line in &picture.lines {
        let [first, second] = line.ends;
        for (from, to, is_back) in [(first, second, false), (second, first, true)] {
            let utilisation = *measured.get(&from)?;
            if utilisation > hottest.0 {
                let words = format!(
                    "hottest {} port {} to {}, {}",
                    name(from),
                    from.1,
                    name(to),
                    percent(utilisation)
                );
                hottest = (utilisation, words);
            }
            let mut points = line.points.clone();
            if is_back {
                points.reverse();
            }
            lanes.push(Lane { points, utilisation });
        }
    }
    Some(Coloured {
        lanes,
        mean: measured.values().sum::<f64>() / measured.len().max(1) as f64,
        hottest: hottest.1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fabric::{LinkLine, SwitchMark};
    use crate::test_points::{Folder, points_of};

    const RING: &str = "Ring(nodes: 3)";

    /// Three switches in a row, joined by ports 0 and 1.
    fn row() -> FabricPicture {
        let place = |x: u32| (f64::from(x), 0.0);
        FabricPicture {
            switches: (0..3)
                .map(|x| SwitchMark {
                    at: place(x),
                    name: format!("s{x}"),
                    has_uplink: false,
                })
                .collect(),
            lines: (0..2)
                .map(|x| LinkLine {
                    kind: 0,
                    points: vec![place(x), place(x + 1)],
                    ends: [(x, 0), (x + 1, 1)],
                })
                .collect(),
            ..FabricPicture::default()
        }
    }

    fn of(folder: Folder, laid_out: &dyn Fn(&Point) -> LaidOut) -> Result<Option<FabricPicture>, NoPicture> {
        let folder = folder.written();
        fabric_utilisation(&points_of(&folder), "title", laid_out)
    }

    fn measured(of_last: Option<f64>) -> Folder {
        let mut folder = Folder::new();
        let point = folder.point(0.1, "UpDown", RING, "converged", false);
        for (from, port, share) in [(0, 0, 0.25), (1, 1, 0.5), (1, 0, 0.0)] {
            folder.link(point, from, port, share);
        }
        if let Some(share) = of_last {
            folder.link(point, 2, 1, share);
        }
        folder
    }

    #[test]
    fn each_direction_has_its_own() {
        let picture = of(measured(Some(0.25)), &|_| Some(Ok(row()))).unwrap().unwrap();
        let lanes: Vec<_> = picture
            .lanes
            .iter()
            .map(|lane| (lane.points[0].0, lane.utilisation))
            .collect();
        assert_eq!(lanes, [(0.0, 0.25), (1.0, 0.5), (1.0, 0.0), (2.0, 0.25)]);
        assert_eq!(
            picture.note,
            "link utilisation: load 0.1, converged, mean 25 %, hottest s1 port 1 to s0, 50 %"
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let refused = |of_last, laid_out: &dyn Fn(&Point) -> LaidOut| {
            of(measured(of_last), laid_out).unwrap_err().to_string()
        };
        assert_eq!(
            refused(None, &|_| Some(Ok(row()))),
            "links.csv does not have all links of a point"
        );
        assert_eq!(
            refused(Some(0.1), &|_| Some(Err("too many".to_owned()))),
            "too many"
        );
        assert_eq!(of(measured(Some(0.1)), &|_| None).unwrap(), None);
    }
}
