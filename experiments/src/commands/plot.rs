//! `fabricsim plot`.

use std::fs;
use std::path::Path;

use super::{Ending, Failure};
use crate::cli::PlotArgs;
use crate::experiment::{Plan, load};
use crate::results::{draw, draw_together};
use crate::terminal::say;

/// Draws the pictures of one folder of results, or of several together.
pub(super) fn execute(args: &PlotArgs) -> Result<Ending, Failure> {
    let folders: Vec<&Path> = args.results.iter().map(|folder| folder.as_path()).collect();
    let out = match (args.out.as_deref(), &*folders) {
        (Some(out), _) => out,
        (None, &[only]) => only,
        (None, _) => {
            let reason = "several results are drawn together: say where with `--out DIR`";
            return Err(Failure::Wrong(reason.to_owned()));
        }
    };
    if let Some(missing) = folders.iter().find(|folder| !folder.join("points.csv").is_file()) {
        return Err(Failure::Wrong(format!(
            "`{}` is no folder of results: it has no points.csv",
            missing.display()
        )));
    }
    fs::create_dir_all(out)
        .map_err(|error| Failure::Wrong(format!("cannot create the folder `{}`: {error}", out.display())))?;
    let plans: Vec<Option<Plan>> = folders.iter().map(|folder| plan(folder)).collect();
    let pictures = match (&*folders, &*plans) {
        (&[only], [Some(plan)]) => draw(only, plan, out)?,
        _ => {
            let titles = folders
                .iter()
                .zip(plans)
                .map(|(folder, plan)| title(folder, plan));
            draw_together(&folders, &titles.collect::<Vec<_>>().join(", "), out)?
        }
    };
    for reason in &pictures.left_out {
        say(&format!("left out {reason}\n"))?;
    }
    say(&format!("{}: {}\n", out.display(), pictures.names.join(" ")))?;
    Ok(Ending::Done)
}

/// The experiment that a folder has the results of, if it says so.
fn plan(folder: &Path) -> Option<Plan> {
    load(&folder.join("experiment.ron")).ok()
}

/// What a folder's pictures are of: what its experiment says, else its own name.
fn title(folder: &Path, plan: Option<Plan>) -> String {
    if let Some(plan) = plan {
        return plan.about.unwrap_or(plan.name);
    }
    // The name of `.` is that of its place.
    let absolute = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = absolute.file_name().unwrap_or(folder.as_os_str());
    name.to_string_lossy().into_owned()
}
