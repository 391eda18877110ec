//! `fabricsim plot`.

use std::fs;
use std::path::Path;

use super::{Ending, Failure};
use crate::cli::PlotArgs;
use crate::experiment::load;
use crate::results::draw_together;
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
    let titles: Vec<_> = folders.iter().map(|folder| title(folder)).collect();
    let pictures = draw_together(&folders, &titles.join(", "), out)?;
    for reason in &pictures.left_out {
        say(&format!("left out {reason}\n"))?;
    }
    say(&format!("{}: {}\n", out.display(), pictures.names.join(" ")))?;
    Ok(Ending::Done)
}

/// What a folder's pictures are of: what its experiment says, else its own name.
fn title(folder: &Path) -> String {
    if let Ok(plan) = load(&folder.join("experiment.ron")) {
        return plan.about.unwrap_or(plan.name);
    }
    // The name of `.` is that of its place.
    let absolute = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = absolute.file_name().unwrap_or(folder.as_os_str());
    name.to_string_lossy().into_owned()
}
