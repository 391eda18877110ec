//! How far a run is, on a bar where standard error is a terminal.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fabricsim_core::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// Steps of the bar for each point.
const STEPS: u64 = 1000;

const TEMPLATE: &str = "  {bar:30} {percent:>3} %   {msg}   {eta} left";

/// How far each point is; written by those who simulate, read by the one who draws.
#[derive(Debug)]
pub struct Meters {
    points: Vec<Meter>,
    started: Instant,
}

/// How far one point is.
#[derive(Debug, Default)]
pub struct Meter {
    /// Out of [`STEPS`].
    steps: AtomicU64,
    flit_hops: AtomicU64,
}

impl Meter {
    /// Takes over what the engine says at an epoch. An automatic run may turn out longer than it was expected to be, so
    /// a step is not taken back.
    pub fn update(&self, progress: Progress) {
        let steps = u128::from(progress.cycle) * u128::from(STEPS) / u128::from(progress.expected.max(1));
        self.steps
            .fetch_max((steps as u64).min(STEPS - 1), Ordering::Relaxed);
        self.flit_hops.store(progress.flit_hops, Ordering::Relaxed);
    }

    /// The point is done.
    pub fn finish(&self) {
        self.steps.store(STEPS, Ordering::Relaxed);
    }
}

impl Meters {
    /// For `points` points, none of which has begun.
    pub fn new(points: usize) -> Self {
        Self {
            points: (0..points).map(|_| Meter::default()).collect(),
            started: Instant::now(),
        }
    }

    /// The meter of one point.
    pub fn point(&self, index: usize) -> &Meter {
        &self.points[index]
    }

    fn sum(&self, of: impl Fn(&Meter) -> &AtomicU64) -> u64 {
        self.points
            .iter()
            .map(|point| of(point).load(Ordering::Relaxed))
            .sum()
    }

    fn steps(&self) -> u64 {
        self.sum(|point| &point.steps)
    }

    fn finished(&self) -> usize {
        let done = |point: &&Meter| point.steps.load(Ordering::Relaxed) == STEPS;
        self.points.iter().filter(done).count()
    }

    /// Flit-hops a second since the start.
    fn rate(&self) -> f64 {
        self.sum(|point| &point.flit_hops) as f64 / self.started.elapsed().as_secs_f64().max(1e-3)
    }
}

/// The bar; hidden where nobody would see it.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// How often it is worth drawing.
    pub const PERIOD: Duration = Duration::from_millis(100);

    /// A bar for `points` points.
    pub fn new(points: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(points as u64 * STEPS);
        // The template is fixed and tested; the default style would do as well.
        let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("━╸─"));
        Self(bar)
    }

    /// Draws the present state.
    pub fn draw(&self, meters: &Meters) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_message(format!(
            "{} of {} points   {}",
            meters.finished(),
            meters.points.len(),
            rate_in_words(meters.rate())
        ));
        self.0.set_position(meters.steps());
    }

    /// Does something to the terminal with the bar out of the way.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.0.suspend(act)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// `24 M flit-hops/s`.
pub fn rate_in_words(flit_hops_per_second: f64) -> String {
    let rate = flit_hops_per_second;
    match rate {
        rate if rate >= 1e7 => format!("{:.0} M flit-hops/s", rate / 1e6),
        rate if rate >= 1e6 => format!("{:.1} M flit-hops/s", rate / 1e6),
        rate if rate >= 1e3 => format!("{:.0} k flit-hops/s", rate / 1e3),
        rate => format!("{rate:.0} flit-hops/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meters_add_up_and_never_go_back() {
        let meters = Meters::new(2);
        let at = |cycle, expected| Progress {
            cycle,
            expected,
            flit_hops: 5,
            waited: Duration::ZERO,
        };
        meters.point(0).update(at(50, 100));
        meters.point(0).update(at(60, 200));
        assert_eq!(meters.steps(), 500);
        meters.point(0).update(at(300, 200));
        assert_eq!(
            (meters.steps(), meters.finished()),
            (STEPS - 1, 0),
            "not done before it is"
        );
        meters.point(1).finish();
        assert_eq!(meters.finished(), 1);
    }

    #[test]
    fn the_bar_has_a_template() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
    }

    #[test]
    fn rates_are_short() {
        let words = [24.4e6, 1.26e6, 5_100.0, 7.0].map(rate_in_words);
        assert_eq!(
            words,
            [
                "24 M flit-hops/s",
                "1.3 M flit-hops/s",
                "5 k flit-hops/s",
                "7 flit-hops/s"
            ]
        );
    }
}
