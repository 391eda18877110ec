//! Two versions side by side.

use std::fmt;

use super::row::Row;

/// A configuration now over the same before. Above 1 is more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Ratio of the rates.
    pub speed: f64,
    /// Ratio of the times of a processor.
    pub cpu_time: Option<f64>,
    /// Ratio of the instructions.
    pub instructions: Option<f64>,
    /// Whether the same flits moved in the same cycles: if not, what changed is more than the speed.
    pub same_work: bool,
}

/// Speeds nearer to each other than this are called the same: repeated runs on a quiet machine differ as much.
const NOISE: f64 = 0.02;

/// How two speeds compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Faster,
    Slower,
    Same,
}

impl Word {
    fn of(speed: f64) -> Self {
        match speed {
            speed if speed > 1.0 + NOISE => Self::Faster,
            speed if speed < 1.0 / (1.0 + NOISE) => Self::Slower,
            _ => Self::Same,
        }
    }
}

/// A ratio of speeds in words: `1.25x faster`, `2.00x slower`, `as fast`.
struct Speed(f64);

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match Word::of(self.0) {
            Word::Faster => format!("{:.2}x faster", self.0),
            Word::Slower => format!("{:.2}x slower", 1.0 / self.0),
            Word::Same => "as fast".to_owned(),
        };
        f.pad(&text)
    }
}

impl Comparison {
    /// Of the same configuration.
    pub fn new(now: &Row, before: &Row) -> Self {
        let ratio = |now: Option<f64>, before: Option<f64>| Some(now? / before?);
        Self {
            speed: now.flit_hops_per_s / before.flit_hops_per_s,
            cpu_time: ratio(now.cpu_ns_per_flit_hop, before.cpu_ns_per_flit_hop),
            instructions: ratio(now.instructions_per_flit_hop, before.instructions_per_flit_hop),
            same_work: (now.cycles, now.flit_hops) == (before.cycles, before.flit_hops),
        }
    }

    /// How the speeds compare, in words.
    pub fn speed_in_words(&self) -> impl fmt::Display {
        Speed(self.speed)
    }
}

/// All comparisons together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    comparisons: Vec<Comparison>,
}

impl Summary {
    /// Of these.
    pub fn new(comparisons: Vec<Comparison>) -> Self {
        Self { comparisons }
    }

    fn count(&self, word: Word) -> usize {
        let words = self.comparisons.iter().map(|one| Word::of(one.speed));
        words.filter(|&other| other == word).count()
    }

    fn mean(&self, ratio: impl Fn(&Comparison) -> Option<f64>) -> Option<f64> {
        geometric_mean(self.comparisons.iter().filter_map(ratio))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(speed) = self.mean(|one| Some(one.speed)) else {
            return writeln!(f, "nothing to compare");
        };
        write!(f, "{} in the geometric mean", Speed(speed))?;
        let (faster, slower) = (self.count(Word::Faster), self.count(Word::Slower));
        let same = self.count(Word::Same);
        write!(f, ": {faster} faster, {slower} slower, {same} as fast")?;
        if let Some(time) = self.mean(|one| one.cpu_time) {
            write!(f, "; {time:.2} times the processor time")?;
        }
        if let Some(instructions) = self.mean(|one| one.instructions) {
            write!(f, "; {instructions:.2} times the instructions")?;
        }
        writeln!(f)?;
        match self.comparisons.iter().filter(|one| !one.same_work).count() {
            0 => Ok(()),
            other => writeln!(
                f,
                "{other} marked * moved other flits than before: more than the speed changed"
            ),
        }
    }
}

/// `None` of nothing, and where one is no ratio.
fn geometric_mean(ratios: impl Iterator<Item = f64>) -> Option<f64> {
    let logarithms: Vec<f64> = ratios.map(f64::ln).collect();
    let mean = logarithms.iter().sum::<f64>() / logarithms.len() as f64;
    mean.is_finite().then(|| mean.exp())
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::row;
    use super::*;

    fn speed(ratio: f64) -> Comparison {
        Comparison {
            speed: ratio,
            cpu_time: None,
            instructions: None,
            same_work: true,
        }
    }

    #[test]
    fn ratios_are_of_now_over_before() {
        let (mut now, mut before) = (row("x", 30e6), row("x", 20e6));
        before.instructions_per_flit_hop = Some(400.0);
        assert_eq!(Comparison::new(&now, &before).instructions, None);
        now.instructions_per_flit_hop = Some(300.0);
        let compared = Comparison::new(&now, &before);
        assert_eq!((compared.speed, compared.instructions), (1.5, Some(0.75)));
        assert!(compared.same_work);
        now.flit_hops += 1;
        assert!(!Comparison::new(&now, &before).same_work);
    }

    #[test]
    fn words_say_which_way() {
        let words = [1.25, 0.5, 1.01, 0.99].map(|ratio| speed(ratio).speed_in_words().to_string());
        assert_eq!(words, ["1.25x faster", "2.00x slower", "as fast", "as fast"]);
    }

    #[test]
    fn ratios_are_averaged_as_factors() {
        assert_eq!(geometric_mean([].into_iter()), None);
        assert_eq!(geometric_mean([0.0, 1.0].into_iter()), None);
        let mean = geometric_mean([2.0, 8.0].into_iter()).unwrap();
        assert!((mean - 4.0).abs() < 1e-12);
    }

    #[test]
    fn the_summary_counts_and_averages() {
        let mut other = speed(8.0);
        (other.same_work, other.instructions) = (false, Some(0.5));
        let said = Summary::new(vec![speed(2.0), other, speed(0.5)]).to_string();
        assert_eq!(
            said,
            "2.00x faster in the geometric mean: 2 faster, 1 slower, 0 as fast; 0.50 times the instructions\n\
             1 marked * moved other flits than before: more than the speed changed\n"
        );
        assert_eq!(Summary::default().to_string(), "nothing to compare\n");
    }
}
