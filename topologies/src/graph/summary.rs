//! Least, mean and most of a quantity.

/// A quantity of many things, each with a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The least.
    pub least: f64,
    /// The largest.
    pub most: f64,
    sum: f64,
    weight: f64,
}

impl Summary {
    /// Of equal weights; `None` of nothing.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut summary = None;
        for value in values {
            Self::add(&mut summary, value, 1.0);
        }
        summary
    }

    /// Adds a value of a weight above 0.
    pub(super) fn add(summary: &mut Option<Self>, value: f64, weight: f64) {
        let before = summary.unwrap_or(Self {
            least: value,
            most: value,
            sum: 0.0,
            weight: 0.0,
        });
        *summary = Some(Self {
            least: before.least.min(value),
            most: before.most.max(value),
            sum: before.sum + value * weight,
            weight: before.weight + weight,
        });
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}
