//! The heat map of link utilisation: which points, which links, what is said of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use thiserror::Error;

use crate::grid::{Direction, PlanarGrid};
use crate::heat_key::scale_end;
use crate::heat_layout::lay_out;
use crate::render::{self, RenderError};
use crate::results::{Point, Verdict};
use crate::series::curves;
use crate::table::{ResultsError, Table};
use crate::words::{listed, mean_in_words, offered, percent};

/// The table of links in a result folder.
pub(crate) const LINKS_FILE: &str = "links.csv";

/// The most grids in a picture.
const PANELS: usize = 6;

/// The longest side of a grid whose links can be told apart.
const LONGEST_SIDE: u32 = 128;

/// Link utilisation of one or several grids.
#[derive(Clone, Debug, PartialEq)]
pub struct UtilisationMap {
    pub(crate) title: String,
    /// A line below the title.
    pub(crate) note: String,
    pub(crate) panels: Vec<Panel>,
    /// Utilisation at the dark end of the colours, of all panels.
    pub(crate) scale_end: f64,
}

/// One grid at one point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Panel {
    /// The curve that the point is of; empty where there is but one.
    pub curve: String,
    /// Which point, how it ended, and the mean over its links.
    pub point: String,
    pub is_saturated: bool,
    /// The hottest link in words.
    pub hottest_in_words: String,
    pub grid: PlanarGrid,
    /// Every link of the grid.
    pub links: Vec<LinkHeat>,
    /// Index of the hottest; the first of equals; `None` where nothing crossed a link.
    pub hottest: Option<usize>,
}

/// A link and how busy it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LinkHeat {
    /// Position of the switch that drives it.
    pub from: [u32; 2],
    pub direction: Direction,
    /// Share of the flits that it could have carried.
    pub utilisation: f64,
}

/// Why there is no picture.
#[derive(Debug, Error)]
pub enum NoPicture {
    /// It does not apply to these results: why, as a sentence.
    #[error("{0}")]
    NotApplicable(String),
    /// The results can't be read.
    #[error(transparent)]
    Unreadable(#[from] ResultsError),
}

impl UtilisationMap {
    /// The map as an SVG document.
    ///
    /// # Errors
    /// As [`crate::Chart::svg`].
    pub fn svg(&self) -> Result<String, RenderError> {
        render::svg(&lay_out(self))
    }

    /// The map as a PNG file.
    ///
    /// # Errors
    /// As [`crate::Chart::png`].
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        render::png(&lay_out(self))
    }
}

/// Link utilisation, from the `links.csv` of the points' folders: one grid for each of the first six curves, at its
/// highest load that is not saturated, or else at its lowest.
///
/// # Errors
/// [`NoPicture::NotApplicable`] where no curve has a grid of one or two dimensions, or no table has all its links;
/// [`NoPicture::Unreadable`] where a table is there but not what it should be.
pub fn utilisation_map(points: &[Point], title: &str) -> Result<UtilisationMap, NoPicture> {
    let curves = curves(points);
    let all = curves.len();
    let told = curves
        .into_iter()
        .filter_map(|(label, points)| Some((label, telling(&points)?)));
    let mut refusals = Vec::new();
    let mut planned = Vec::new();
    for (label, point) in told {
        match drawable_grid(point) {
            Ok(grid) if planned.len() < PANELS => planned.push((label, point, grid)),
            Ok(_) => {}
            Err(refusal) => refusals.push(refusal),
        }
    }
    let links = read_links(planned.iter().map(|(_, point, _)| *point))?;
    let mut panels = Vec::new();
    for (label, point, grid) in planned {
        match panel(label, point, grid, &links) {
            Ok(panel) => panels.push(panel),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if panels.is_empty() {
        let nothing = || "no point has measured links".to_string();
        return Err(NoPicture::NotApplicable(
            refusals.into_iter().next().unwrap_or_else(nothing),
        ));
    }
    Ok(UtilisationMap {
        title: title.to_string(),
        note: note(&panels, all, refusals.first()),
        scale_end: scale_end(panels.iter().filter_map(Panel::highest)),
        panels,
    })
}

/// The point of a curve that its links are shown at: what the fabric looks like at the highest load that it carries.
pub(crate) fn telling<'a>(points: &[&'a Point]) -> Option<&'a Point> {
    let load = |point: &Point| point.offered.or(point.nominal_load()).unwrap_or(0.0);
    let of_verdict = |verdict| {
        points
            .iter()
            .copied()
            .filter(move |point| point.verdict == verdict)
    };
    let highest = |a: &'a Point, b: &'a Point| if load(b) > load(a) { b } else { a };
    let lowest = |a: &'a Point, b: &'a Point| if load(b) < load(a) { b } else { a };
    let converged = of_verdict(Verdict::Converged).reduce(highest);
    converged
        .or_else(|| of_verdict(Verdict::TimeLimit).reduce(lowest))
        .or_else(|| of_verdict(Verdict::Saturated).reduce(lowest))
}

fn drawable_grid(point: &Point) -> Result<PlanarGrid, String> {
    let Some(topology) = &point.topology else {
        return Err("the points do not say what their topology is".to_string());
    };
    let grid = PlanarGrid::parse(topology)?;
    match grid.sides.iter().max() {
        Some(&side) if side > LONGEST_SIDE => Err(format!(
            "`{topology}` is not drawn link by link: its sides are longer than {LONGEST_SIDE}"
        )),
        _ => Ok(grid),
    }
}

/// A row of the table.
#[derive(Deserialize)]
pub(crate) struct LinkRow {
    pub from: u32,
    pub from_port: u32,
    utilisation: Option<f64>,
}

impl LinkRow {
    /// Utilisation, if it is one.
    pub fn heat(&self) -> Option<f64> {
        self.utilisation.filter(|share| (0.0..=1e3).contains(share))
    }
}

/// The links of some points, by folder and row.
pub(crate) type Links<'a> = BTreeMap<&'a Path, BTreeMap<usize, Vec<LinkRow>>>;

/// Reads the links of these points, each folder's table once; nothing of a folder without one.
pub(crate) fn read_links<'a>(points: impl Iterator<Item = &'a Point>) -> Result<Links<'a>, ResultsError> {
    let mut wanted: BTreeMap<&Path, BTreeSet<usize>> = BTreeMap::new();
    for point in points {
        wanted.entry(&point.folder).or_default().insert(point.row);
    }
    let mut links = Links::new();
    for (folder, rows) in wanted {
        let Some(table) = Table::open_if_there(folder, LINKS_FILE)? else {
            continue;
        };
        let of_folder = links.entry(folder).or_default();
        table.rows_of_points(
            |point| rows.contains(&point),
            |point, row| of_folder.entry(point).or_default().push(row),
        )?;
    }
    Ok(links)
}

fn panel(curve: String, point: &Point, grid: PlanarGrid, links: &Links) -> Result<Panel, String> {
    let of_folder = links.get(&*point.folder).ok_or("there is no links.csv")?;
    let rows = of_folder.get(&point.row).map_or(&[][..], Vec::as_slice);
    if rows.iter().any(|row| row.utilisation.is_none()) {
        return Err("links.csv has no utilisation of a point: its window was not measured".to_string());
    }
    let foreign = || "links.csv has links that the topology does not have".to_string();
    let links: Option<Vec<LinkHeat>> = rows.iter().map(|row| link(row, &grid)).collect();
    let links = links.ok_or_else(foreign)?;
    if (links.len() as u64) < grid.links() {
        let (there, all) = (links.len(), grid.links());
        return Err(format!(
            "links.csv has only {there} of the {all} links of a point"
        ));
    }
    let mut hottest = None;
    let mut highest = 0.0;
    for (index, link) in links.iter().enumerate() {
        if link.utilisation > highest {
            (hottest, highest) = (Some(index), link.utilisation);
        }
    }
    let mean = links.iter().map(|link| link.utilisation).sum::<f64>() / links.len().max(1) as f64;
    Ok(Panel {
        curve,
        point: listed([offered(point), point.verdict.to_string(), mean_in_words(mean)]),
        is_saturated: point.verdict == Verdict::Saturated,
        hottest_in_words: hottest.map_or("no link was used".to_string(), |index| {
            in_words(&links[index], &grid)
        }),
        grid,
        links,
        hottest,
    })
}

/// `None` if the grid has no such link, or it was not measured.
fn link(row: &LinkRow, grid: &PlanarGrid) -> Option<LinkHeat> {
    let from = grid.place(row.from)?;
    let direction = Direction::of_port(u8::try_from(row.from_port).ok()?)?;
    grid.neighbour(from, direction)?;
    Some(LinkHeat {
        from,
        direction,
        utilisation: row.heat()?,
    })
}

/// `hottest: (3,0)-(4,0), +x, 97 %`.
fn in_words(link: &LinkHeat, grid: &PlanarGrid) -> String {
    let to = grid.neighbour(link.from, link.direction).unwrap_or(link.from);
    format!(
        "hottest: {}-{}, {}, {}",
        grid.name(link.from),
        grid.name(to),
        link.direction.name(),
        percent(link.utilisation)
    )
}

fn note(panels: &[Panel], all: usize, refusal: Option<&String>) -> String {
    let saturated = panels.iter().filter(|panel| panel.is_saturated).count();
    let which = match (all, saturated) {
        (1, 0) => " at the highest load that is not saturated",
        (1, _) => " at the lowest load; all are saturated",
        (_, 0) => ", each at its highest load that is not saturated",
        (_, _) => ", each at its highest load that is not saturated, or else its lowest",
    };
    let mut note = format!("link utilisation{which}");
    if panels.len() < all {
        note.push_str(&format!("; {} of {all} shown", panels.len()));
    }
    if let Some(refusal) = refusal {
        note.push_str(&format!("; {refusal}"));
    }
    note
}

impl Panel {
    fn highest(&self) -> Option<f64> {
        Some(self.links[self.hottest?].utilisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_points::{Folder, points_of};

    const TORUS: &str = "Torus(sides: [3, 3])";

    fn map(folder: Folder) -> Result<UtilisationMap, String> {
        let folder = folder.written();
        utilisation_map(&points_of(&folder), "title").map_err(|error| error.to_string())
    }

    #[test]
    fn the_highest_converged_load_is_shown() {
        let mut folder = Folder::new();
        for (load, verdict) in [
            (0.1, "converged"),
            (0.3, "converged"),
            (0.2, "converged"),
            (0.4, "saturated"),
        ] {
            let point = folder.point(load, "Valiant", TORUS, verdict, false);
            folder.torus_links(point, 9);
        }
        let map = map(folder).unwrap();
        assert_eq!(map.panels.len(), 1);
        assert_eq!(map.panels[0].point, "load 0.3, converged, mean 0.4 %");
        assert_eq!(
            map.note,
            "link utilisation at the highest load that is not saturated"
        );
    }

    #[test]
    fn of_saturated_points_the_lowest_is_shown() {
        let mut folder = Folder::new();
        for load in [0.6, 0.5, 0.7] {
            let point = folder.point(load, "Valiant", TORUS, "saturated", false);
            folder.torus_links(point, 9);
        }
        let map = map(folder).unwrap();
        assert!(map.panels[0].point.starts_with("load 0.5, saturated"));
        assert!(map.note.ends_with("at the lowest load; all are saturated"));
    }

    #[test]
    fn the_hottest_link_is_named() {
        let mut folder = Folder::new();
        let point = folder.point(0.1, "Valiant", TORUS, "converged", false);
        for from in 0..9 {
            for port in 0..4 {
                let hot = (from, port) == (5, 0);
                folder.link(point, from, port, if hot { 0.97 } else { 0.3 });
            }
        }
        let map = map(folder).unwrap();
        let panel = &map.panels[0];
        assert_eq!(panel.hottest_in_words, "hottest: (2,1)-(0,1), +x, 97 %");
        assert_eq!(panel.links.len(), 36);
        assert_eq!(map.scale_end, 1.0);
        let svg = map.svg().unwrap();
        assert!(svg.contains("hottest: (2,1)-(0,1), +x, 97 %") && svg.contains("100 %"));
    }

    #[test]
    fn an_idle_fabric_has_no_hottest_link() {
        let mut folder = Folder::new();
        let point = folder.point(0.0, "Valiant", "Mesh(sides: [2])", "converged", false);
        folder.link(point, 0, 0, 0.0);
        folder.link(point, 1, 1, 0.0);
        let map = map(folder).unwrap();
        assert_eq!((map.panels[0].hottest, map.scale_end), (None, 0.1));
        assert!(map.svg().unwrap().contains("no link was used"));
    }

    #[test]
    fn six_curves_are_shown_and_the_rest_counted() {
        let mut folder = Folder::new();
        for routing in 0..8 {
            let point = folder.point(0.1, &format!("Routing{routing}"), TORUS, "converged", false);
            folder.torus_links(point, 9);
        }
        let map = map(folder).unwrap();
        let curves: Vec<_> = map.panels.iter().map(|panel| &*panel.curve).collect();
        assert_eq!(
            curves,
            [
                "Routing0", "Routing1", "Routing2", "Routing3", "Routing4", "Routing5"
            ]
        );
        assert!(map.note.ends_with("; 6 of 8 shown"), "{}", map.note);
    }

    #[test]
    fn what_can_not_be_drawn_is_said() {
        let refused = |topology: &str, links: u32| {
            let mut folder = Folder::new();
            let point = folder.point(0.1, "Valiant", topology, "converged", false);
            folder.torus_links(point, links);
            map(folder).unwrap_err()
        };
        assert!(refused("Torus(sides: [3, 3, 3])", 9).ends_with("it has 3 dimensions"));
        assert!(refused("Torus(sides: [1000, 1000])", 9).ends_with("its sides are longer than 128"));
        assert_eq!(
            refused(TORUS, 5),
            "links.csv has only 20 of the 36 links of a point"
        );
        assert_eq!(
            refused("Mesh(sides: [3, 3])", 9),
            "links.csv has links that the topology does not have"
        );
        assert_eq!(map(Folder::new()).unwrap_err(), "no point has measured links");
    }

    #[test]
    fn a_drawable_grid_is_drawn_beside_one_that_is_not() {
        let mut folder = Folder::new();
        folder.point(0.1, "Valiant", "Torus(sides: [3, 3, 3])", "converged", false);
        let point = folder.point(0.1, "Valiant", TORUS, "converged", false);
        folder.torus_links(point, 9);
        let map = map(folder).unwrap();
        assert_eq!(map.panels.len(), 1);
        assert!(
            map.note
                .contains("1 of 2 shown; `Torus(sides: [3, 3, 3])` is not"),
            "{}",
            map.note
        );
    }

    #[test]
    fn folders_without_the_table_have_no_picture() {
        let mut folder = Folder::new();
        folder.point(0.1, "Valiant", TORUS, "converged", false);
        let folder = folder.written();
        std::fs::remove_file(folder.path().join(LINKS_FILE)).unwrap();
        let refusal = utilisation_map(&points_of(&folder), "").unwrap_err();
        assert_eq!(refusal.to_string(), "there is no links.csv");
    }
}
