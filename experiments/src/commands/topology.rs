//! `fabricsim topology`.

use super::{Ending, Failure};
use crate::terminal::{complain, say};
use crate::topology::{Description, Subject, TopologyArgs, draw, export, listing, report, subjects};

/// Describes the fabrics that the command line names.
pub(super) fn execute(args: &TopologyArgs) -> Result<Ending, Failure> {
    let Some(fabric) = args.fabric.as_ref().filter(|_| !args.list) else {
        say(&listing())?;
        return Ok(Ending::Done);
    };
    let subjects = subjects(fabric)?;
    if let Some(kind) = args.report {
        let subject = only(&subjects, "--report")?;
        let text = report(&subject.graph, kind, args.node, args.uplink_mode).map_err(Failure::Wrong)?;
        say(&text)?;
        return Ok(Ending::Done);
    }
    let mut descriptions = Vec::with_capacity(subjects.len());
    for (number, subject) in subjects.iter().enumerate() {
        let description = Description::of(subject);
        let separator = if number > 0 && !args.json { "\n" } else { "" };
        let text = if args.json {
            description.json()
        } else {
            description.to_string()
        };
        say(&format!("{separator}{text}"))?;
        descriptions.push(description);
    }
    let mut done = String::new();
    if let Some(path) = &args.draw {
        let graph = &only(&subjects, "--draw")?.graph;
        done.push_str(&draw(graph, &descriptions[0], path)?);
    }
    if let Some(path) = &args.export {
        done.push_str(&export(&only(&subjects, "--export")?.graph, path)?);
    }
    // JSON is alone on standard output.
    match (done.is_empty(), args.json) {
        (true, _) => {}
        (false, true) => complain(&done),
        (false, false) => say(&format!("\n{done}"))?,
    }
    Ok(Ending::Done)
}

/// The fabric, where an option takes one.
fn only<'a>(subjects: &'a [Subject], option: &str) -> Result<&'a Subject, Failure> {
    match subjects {
        [only] => Ok(only),
        _ => Err(Failure::Wrong(format!(
            "`{option}` takes one fabric, but the experiment sweeps over {}",
            subjects.len()
        ))),
    }
}
