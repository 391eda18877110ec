//! Virtual channels of the ports of a grid, and parts of them.

use std::fmt;

use fabricsim_core::Candidate;

use crate::Grid;
use crate::grid::axis_name;

/// How many virtual channels the ports of a grid have: links of different dimensions may differ, and so may the
/// terminals' ports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GridChannels {
    /// Of both ports of each dimension, 1 to 64.
    pub by_dimension: Vec<u8>,
    /// Of the terminals' ports, 1 to 64.
    pub terminals: u8,
}

impl GridChannels {
    /// The same number everywhere.
    pub fn alike(grid: &Grid, virtual_channels: u8) -> Self {
        Self {
            by_dimension: vec![virtual_channels; grid.dimensions()],
            terminals: virtual_channels,
        }
    }

    /// By port, in the order of the grid's ports.
    pub fn by_port(&self, grid: &Grid) -> Vec<u8> {
        let links = self.by_dimension.iter().flat_map(|&vcs| [vcs, vcs]);
        let terminals = std::iter::repeat_n(self.terminals, grid.concentration() as usize);
        links.chain(terminals).collect()
    }

    /// The most that any port has.
    pub fn most(&self) -> u8 {
        self.by_dimension
            .iter()
            .fold(self.terminals, |most, &vcs| most.max(vcs))
    }

    /// What each of so many message classes gets of them; `None` if they can't be shared equally.
    pub fn divided(&self, classes: u8) -> Option<Self> {
        let share =
            |&vcs: &u8| (classes > 0 && vcs > 0 && vcs.is_multiple_of(classes)).then(|| vcs / classes);
        Some(Self {
            by_dimension: self.by_dimension.iter().map(share).collect::<Option<_>>()?,
            terminals: share(&self.terminals)?,
        })
    }

    /// One number for each dimension of `grid`, and all of them in range.
    pub(crate) fn fit(&self, grid: &Grid) -> bool {
        let mut all = self.by_dimension.iter().chain([&self.terminals]);
        self.by_dimension.len() == grid.dimensions() && all.all(|vcs| (1..=64).contains(vcs))
    }
}

/// The fewest virtual channels with which a routing is free of deadlock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelNeeds {
    /// In dimensions that are rings.
    pub ring: u8,
    /// In the others.
    pub line: u8,
}

/// A dimension with fewer virtual channels than a routing needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFewChannels {
    /// The first such dimension.
    pub dimension: usize,
    /// Whether it is a ring.
    pub is_ring: bool,
    /// What it has.
    pub found: u8,
    /// What it needs.
    pub needed: u8,
}

impl ChannelNeeds {
    /// Of one dimension.
    pub fn of(&self, grid: &Grid, dimension: usize) -> u8 {
        if grid.is_ring(dimension) {
            self.ring
        } else {
            self.line
        }
    }

    /// Whether `channels` are enough on `grid`. Dimensions of side 1, which have no links, need none.
    ///
    /// # Errors
    /// The first dimension that has too few.
    pub fn check(&self, grid: &Grid, channels: &GridChannels) -> Result<(), TooFewChannels> {
        let dimensions = channels.by_dimension.iter().enumerate();
        for (dimension, &found) in dimensions.filter(|&(d, _)| grid.sides()[d] > 1) {
            let needed = self.of(grid, dimension);
            if found < needed {
                return Err(TooFewChannels {
                    dimension,
                    is_ring: grid.is_ring(dimension),
                    found,
                    needed,
                });
            }
        }
        Ok(())
    }
}

impl fmt::Display for TooFewChannels {
    /// `needs 4 virtual channels on the rings of x, but there is 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_ring { "rings" } else { "lines" };
        let (axis, verb) = (
            axis_name(self.dimension),
            if self.found == 1 { "is" } else { "are" },
        );
        write!(
            f,
            "needs {} virtual channels on the {kind} of {axis}, but there {verb} {}",
            self.needed, self.found
        )
    }
}

/// Successive virtual channels of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VcRange {
    pub first: u8,
    pub vcs: u8,
}

impl VcRange {
    pub fn all(vcs: u8) -> Self {
        Self { first: 0, vcs }
    }

    pub fn one(vc: u8) -> Self {
        Self { first: vc, vcs: 1 }
    }

    /// Those from the `first` on, of `vcs`.
    pub fn from(first: u8, vcs: u8) -> Self {
        debug_assert!(first < vcs);
        Self {
            first,
            vcs: vcs - first,
        }
    }

    /// The lower half, which is the larger one if their number is odd, and the upper.
    pub fn halves(self) -> [Self; 2] {
        let lower = self.vcs - self.vcs / 2;
        [
            Self { vcs: lower, ..self },
            Self {
                first: self.first + lower,
                vcs: self.vcs - lower,
            },
        ]
    }

    /// These of an output port, as a way on.
    #[inline]
    pub fn of_port(self, port: u8) -> Candidate {
        Candidate::new(port, self.first, self.vcs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_the_channels_of_their_dimension() {
        let grid = Grid::torus(vec![4, 4], 2).unwrap();
        let channels = GridChannels {
            by_dimension: vec![4, 2],
            terminals: 6,
        };
        assert!(channels.fit(&grid) && !channels.fit(&Grid::torus(vec![4], 2).unwrap()));
        assert_eq!(channels.by_port(&grid), [4, 4, 2, 2, 6, 6]);
        assert_eq!(channels.most(), 6);
        let halves = channels.divided(2).unwrap();
        assert_eq!((halves.by_dimension, halves.terminals), (vec![2, 1], 3));
        assert_eq!(channels.divided(4), None);
        assert_eq!(channels.divided(0), None);
    }

    #[test]
    fn too_few_channels_are_told_with_their_dimension() {
        let grid = Grid::new(vec![4, 1, 4], vec![false, true, true], 1).unwrap();
        let needs = ChannelNeeds { ring: 4, line: 2 };
        let channels = |by_dimension: [u8; 3]| GridChannels {
            by_dimension: by_dimension.to_vec(),
            terminals: 1,
        };
        assert_eq!(needs.check(&grid, &channels([2, 1, 4])), Ok(()));
        let few = needs.check(&grid, &channels([2, 1, 3])).unwrap_err();
        assert_eq!(
            few.to_string(),
            "needs 4 virtual channels on the rings of z, but there are 3"
        );
    }

    #[test]
    fn the_lower_half_is_the_larger() {
        let [lower, upper] = VcRange { first: 2, vcs: 5 }.halves();
        assert_eq!(
            (lower, upper),
            (VcRange { first: 2, vcs: 3 }, VcRange { first: 5, vcs: 2 })
        );
    }
}
