//! `fabricsim check`.

mod json;
mod worst_case;

use json::json;
use worst_case::WorstCases;

use super::list::{GRADES, graded_line};
use super::run::results_folder;
use super::{Ending, Failure, Refusals, prepare};
use crate::cli::CheckArgs;
use crate::deadlock::draw_shown;
use crate::estimate::Time;
use crate::execution::{Asked, Schedule};
use crate::experiment::{GradedDefault, Plan, find, graded};
use crate::memory;
use crate::prepare::Prepared;
use crate::store::Store;
use crate::terminal::{argument, complain, header, say, switch, waiting};

/// Says of each experiment what would be simulated, or why it would not; all of them, whatever is wrong with some.
pub(super) fn execute(args: &CheckArgs) -> Result<Ending, Failure> {
    let mut refusals = Refusals::default();
    let mut is_first = true;
    let mut to_draw = args.draw.as_deref();
    for file in find(&args.files)? {
        let Some(prepared) = refusals.take(prepare(&file)) else {
            continue;
        };
        let deadlocks = prepared.deadlocks();
        if args.json {
            // Also of a fabric that deadlocks: `deadlock_free` is part of the answer.
            say(&json(&file, &prepared, args))?;
        } else if deadlocks.is_none() {
            let separator = if is_first { "" } else { "\n" };
            say(&format!("{separator}{}", text(&prepared, args)))?;
        }
        is_first = false;
        if let Some(path) = to_draw
            && let Some(done) = draw_shown(&prepared, path)?
        {
            to_draw = None;
            complain(&done);
        }
        if let Some(refused) = deadlocks {
            refusals.add(&refused);
        }
    }
    if let Some(path) = to_draw {
        complain(&format!(
            "nothing to draw in {}: no deadlock was shown\n",
            path.display()
        ));
    }
    match refusals.all() {
        Some(refused) => Err(refused.into()),
        None => Ok(Ending::Done),
    }
}

fn text(prepared: &Prepared, args: &CheckArgs) -> String {
    let schedule = schedule(prepared, args);
    let folder = args.out.clone().unwrap_or_else(|| results_folder(prepared));
    let hashes = prepared.points.iter().map(|point| &*point.hash);
    let there = match Store::finished(&folder, hashes) {
        0 => String::new(),
        finished => format!(
            "  {finished} of {} points are in {} already\n",
            prepared.points.len(),
            folder.display()
        ),
    };
    format!(
        "{}\n{}{}{}{}{}  memory {} a simulation, {} side by side{}   time {}\n{there}",
        prepared.plan.effective(),
        graded_defaults(&prepared.plan),
        header(prepared),
        switch(prepared),
        argument(prepared),
        worst_cases(prepared).lines(prepared),
        memory::in_words(prepared.bytes()),
        schedule.side_by_side,
        prepared.points[0].cut(schedule),
        Time::of(prepared, schedule),
    )
}

fn worst_cases(prepared: &Prepared) -> WorstCases {
    waiting(|tell| WorstCases::new(prepared, tell))
}

/// How a run of all its points would share the threads.
fn schedule(prepared: &Prepared, args: &CheckArgs) -> Schedule {
    let asked = Asked {
        threads: args.threads.resolve(),
        a_point: None,
        pinned: false,
    };
    prepared.schedule(prepared.points.len(), asked)
}

/// The defaults of the preset with their grades, those that the file overrules marked; empty of a preset without.
fn graded_defaults(plan: &Plan) -> String {
    let rows = plan.preset.map_or(&[][..], graded);
    if rows.is_empty() {
        return String::new();
    }
    let overruled = |row: &GradedDefault| plan.source.gives(&row.path());
    let mut text = format!("{GRADES}\n");
    for row in rows {
        let elsewhere = row.elsewhere(&plan.points[0].spec.fabric.switch);
        let mark = match elsewhere {
            _ if overruled(row) => "   (the file says otherwise)".to_owned(),
            Some(value) => format!("   (here {value}: the file has other cycles or flits)"),
            None => String::new(),
        };
        text.push_str(&format!("  {}{mark}\n", graded_line(row)));
    }
    text + "\n"
}
