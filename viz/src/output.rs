//! Writes the pictures of an experiment.

use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use thiserror::Error;

use crate::fabric_utilisation::{LaidOut, fabric_utilisation};
use crate::latency::latency_chart;
use crate::latency_cdf::latency_cdf;
use crate::render::RenderError;
use crate::results::Point;
use crate::series::group;
use crate::table::ResultsError;
use crate::throughput::throughput_chart;
use crate::utilisation::{NoPicture, utilisation_map};

/// Why pictures can't be written.
#[derive(Debug, Error)]
pub enum OutputError {
    /// A table that a picture is drawn from can't be read.
    #[error(transparent)]
    Table(#[from] ResultsError),
    /// The picture can't be rendered.
    #[error("{name}: {source}")]
    Render {
        /// Name of the file.
        name: String,
        /// Why.
        source: RenderError,
    },
    /// The file can't be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The pictures of a folder.
#[derive(Debug, Default)]
pub struct Drawn {
    /// Those that were written.
    pub written: Vec<PathBuf>,
    /// Those that do not apply to these results, and why: `utilisation: there is no links.csv`.
    pub left_out: Vec<String>,
}

/// Writes the pictures of `points` as SVG and PNG into `folder`, which exists: `latency`, `throughput`, and where they
/// apply `latency-cdf` and `utilisation`. Each is written beside its place and renamed, so that a picture is whole or not there; one that
/// does not apply is deleted. They are rendered side by side, on the threads of the current rayon pool.
///
/// Links of a grid are drawn as its switches' ports tell; those of any other fabric as `fabric` lays it out.
///
/// # Errors
/// Where a table beside the points can't be read, or a picture not be rendered or written; those before it stay.
pub fn draw_all(
    points: &[Point],
    title: &str,
    folder: &Path,
    fabric: &dyn Fn(&Point) -> LaidOut,
) -> Result<Drawn, OutputError> {
    let mut gallery = Gallery {
        folder,
        pictures: Vec::new(),
        drawn: Drawn::default(),
    };
    let gathered = gallery.gather(points, title, fabric);
    // Where a table can't be read, the pictures before it are drawn all the same.
    let drawn = gallery.draw()?;
    gathered.map(|()| drawn)
}

/// A picture as an SVG file and as a PNG file.
type Files = [Vec<u8>; 2];

fn files(svg: Result<String, RenderError>, png: Result<Vec<u8>, RenderError>) -> Result<Files, RenderError> {
    Ok([svg?.into_bytes(), png?])
}

/// A picture that is still to be rendered.
type Rendering<'a> = Box<dyn FnOnce() -> Result<Files, RenderError> + Send + 'a>;

/// Pictures on their way into a folder.
struct Gallery<'a> {
    folder: &'a Path,
    /// By name.
    pictures: Vec<(&'static str, Rendering<'a>)>,
    drawn: Drawn,
}

/// Of the files of a picture, in the order of [`Files`].
const EXTENSIONS: [&str; 2] = ["svg", "png"];

impl<'a> Gallery<'a> {
    /// Adds all pictures that apply.
    fn gather(
        &mut self,
        points: &'a [Point],
        title: &str,
        fabric: &dyn Fn(&Point) -> LaidOut,
    ) -> Result<(), OutputError> {
        let series = group(points);
        let latency = latency_chart(&series, title);
        self.add("latency", move || files(latency.svg(), latency.png()));
        let throughput = throughput_chart(&series, title);
        self.add("throughput", move || files(throughput.svg(), throughput.png()));
        match latency_cdf(points, title) {
            Ok(cdf) => self.add("latency-cdf", move || files(cdf.svg(), cdf.png())),
            Err(no_picture) => self.leave_out("latency-cdf", no_picture)?,
        }
        match utilisation_map(points, title) {
            Ok(map) => self.add("utilisation", move || files(map.svg(), map.png())),
            Err(no_grid) => match fabric_utilisation(points, title, fabric) {
                Ok(Some(picture)) => self.add("utilisation", move || files(picture.svg(), picture.png())),
                Ok(None) => self.leave_out("utilisation", no_grid)?,
                Err(no_picture) => self.leave_out("utilisation", no_picture)?,
            },
        }
        Ok(())
    }

    fn add(&mut self, name: &'static str, render: impl FnOnce() -> Result<Files, RenderError> + Send + 'a) {
        self.pictures.push((name, Box::new(render)));
    }

    fn draw(mut self) -> Result<Drawn, OutputError> {
        let pictures = std::mem::take(&mut self.pictures).into_par_iter();
        let rendered: Vec<_> = pictures.map(|(name, render)| (name, render())).collect();
        for (name, files) in rendered {
            let failed = |source| OutputError::Render {
                name: name.to_owned(),
                source,
            };
            for (extension, bytes) in EXTENSIONS.into_iter().zip(files.map_err(failed)?) {
                self.write(&format!("{name}.{extension}"), bytes)?;
            }
        }
        Ok(self.drawn)
    }

    fn write(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), OutputError> {
        let path = self.folder.join(name);
        let part = self.folder.join(format!(".{name}.part"));
        let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, &path));
        if let Err(source) = written {
            return Err(OutputError::Write { path, source });
        }
        self.drawn.written.push(path);
        Ok(())
    }

    /// Deletes what an earlier run may have drawn.
    fn leave_out(&mut self, name: &str, no_picture: NoPicture) -> Result<(), OutputError> {
        let reason = match no_picture {
            NoPicture::NotApplicable(reason) => reason,
            NoPicture::Unreadable(error) => return Err(error.into()),
        };
        self.drawn.left_out.push(format!("{name}: {reason}"));
        for extension in EXTENSIONS {
            let path = self.folder.join(format!("{name}.{extension}"));
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(OutputError::Write { path, source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;
    use crate::results::Verdict;
    use crate::test_points::{Folder, TestPoint, points_of, series};

    fn names(folder: &Path) -> Vec<String> {
        let entries = folder.read_dir().unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn folder(topology: &str) -> TempDir {
        let mut folder = Folder::new();
        let point = folder.point(0.1, "DimensionOrder", topology, "converged", false);
        folder.torus_links(point, 9);
        folder.latencies(point, &[(30, 5), (50, 10)]);
        folder.written()
    }

    #[test]
    fn all_pictures_are_written_and_nothing_else() {
        let folder = folder("Torus(sides: [3, 3])");
        let out = tempfile::tempdir().unwrap();
        let drawn = draw_all(&points_of(&folder), "title", out.path(), &|_| None).unwrap();
        let mut written: Vec<_> = drawn
            .written
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_string())
            .collect();
        written.sort();
        assert_eq!(written, names(out.path()));
        let expected = ["latency", "latency-cdf", "throughput", "utilisation"];
        for name in expected {
            for extension in ["svg", "png"] {
                assert!(
                    written.contains(&format!("{name}.{extension}")),
                    "{name}.{extension}"
                );
            }
        }
        assert_eq!((written.len(), drawn.left_out.len()), (8, 0));
    }

    #[test]
    fn a_picture_that_does_not_apply_is_left_out_and_an_old_one_deleted() {
        let folder = folder("FatTree(up: 4)");
        let old = folder.path().join("utilisation.svg");
        std::fs::write(&old, "old").unwrap();
        let drawn = draw_all(&points_of(&folder), "title", folder.path(), &|_| None).unwrap();
        assert!(!old.exists());
        assert_eq!(
            drawn.left_out,
            ["utilisation: `FatTree(up: 4)` is not drawn link by link: it is no torus or mesh"]
        );
        assert_eq!(drawn.written.len(), 6);
    }

    #[test]
    fn a_broken_table_is_named_with_its_line() {
        let folder = folder("Torus(sides: [3, 3])");
        let table = folder.path().join("links.csv");
        let broken = std::fs::read_to_string(&table)
            .unwrap()
            .replace("0,4,2,", "0,four,2,");
        std::fs::write(&table, broken).unwrap();
        let out = tempfile::tempdir().unwrap();
        let error = draw_all(&points_of(&folder), "title", out.path(), &|_| None).unwrap_err();
        let text = error.to_string();
        assert!(
            text.ends_with("links.csv:20: column `from`: invalid digit found in string"),
            "{text}"
        );
        assert_eq!(
            names(out.path()).len(),
            6,
            "the pictures of the other tables are there"
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = draw_all(&[], "", Path::new("/nowhere/at/all"), &|_| None).unwrap_err();
        assert!(
            error.to_string().starts_with("/nowhere/at/all/latency.svg: "),
            "{error}"
        );
    }

    #[test]
    fn no_curves_are_said() {
        let svg = latency_chart(&[], "").svg().unwrap();
        assert!(svg.contains("no point has a steady latency"));
    }

    fn any_value() -> impl Strategy<Value = f64> {
        prop_oneof![prop::num::f64::ANY, 0.0..1.0, 1.0..1e6, Just(0.0)]
    }

    prop_compose! {
        fn any_point()(
            verdict in prop::sample::select(vec![
                Verdict::Converged, Verdict::TimeLimit, Verdict::Saturated,
                Verdict::Stalled, Verdict::Deadlocked, Verdict::Failed,
            ]),
            offered in any_value(),
            accepted in prop::option::of(any_value()),
            accepted_min in prop::option::of(any_value()),
            latency in prop::option::of(any_value()),
            interval in prop::option::of(any_value()),
            seeds in prop::option::of((any_value(), any_value())),
            physical in any::<bool>(),
        ) -> TestPoint {
            TestPoint { verdict, offered, accepted, accepted_min, latency, interval, seeds, physical }
        }
    }

    proptest! {
        #[test]
        fn any_values_make_a_picture(
            curves in prop::collection::vec((".{0,40}", prop::collection::vec(any_point(), 0..6)), 0..5),
            title in ".{0,200}",
        ) {
            let curves: Vec<_> = curves.iter().map(|(label, points)| series(label, points)).collect();
            for chart in [latency_chart(&curves, &title), throughput_chart(&curves, &title)] {
                let svg = chart.svg().unwrap();
                prop_assert!(!svg.contains("NaN") && !svg.contains("inf\""));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]
        #[test]
        fn any_values_make_pixels(points in prop::collection::vec(any_point(), 0..9)) {
            prop_assert!(latency_chart(&[series("", &points)], "").png().is_ok());
        }
    }
}
