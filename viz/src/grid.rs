//! The grids that can be drawn link by link: torus and mesh of one or two dimensions.

/// A torus or mesh of two dimensions, or of one drawn as a row. Switch x + kx y is at (x, y).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanarGrid {
    /// Switches along x and y; one along y where there is one dimension.
    pub sides: [u32; 2],
    /// Which of them wrap around.
    pub wrap: [bool; 2],
    /// 1 or 2.
    pub dimensions: usize,
}

/// Where a port leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// 0 for x, 1 for y.
    pub dimension: usize,
    /// Towards higher coordinates.
    pub forward: bool,
}

impl Direction {
    /// What port `port` of a switch is for: 0 is +x, 1 -x, 2 +y, 3 -y; `None` for others.
    pub fn of_port(port: u8) -> Option<Self> {
        (port < 4).then_some(Self {
            dimension: usize::from(port / 2),
            forward: port.is_multiple_of(2),
        })
    }

    /// `+x`.
    pub fn name(self) -> &'static str {
        match (self.dimension, self.forward) {
            (0, true) => "+x",
            (0, false) => "-x",
            (_, true) => "+y",
            (_, false) => "-y",
        }
    }
}

impl PlanarGrid {
    /// The grid of a cell of the column `topology`: `Torus(sides: [16, 18])`. `Err` says why it can't be drawn.
    pub fn parse(topology: &str) -> Result<Self, String> {
        let unknown = || format!("`{topology}` is not drawn link by link: it is no torus or mesh");
        let wraps = match topology.split_once('(').map(|(name, _)| name.trim()) {
            Some("Torus") => true,
            Some("Mesh") => false,
            _ => return Err(unknown()),
        };
        let sides: Vec<u32> = list(topology, "sides").ok_or_else(unknown)?;
        let wrap: Vec<bool> = list(topology, "wrap").unwrap_or_else(|| vec![wraps; sides.len()]);
        match (&*sides, &*wrap) {
            (&[x], &[wrap]) => Ok(Self {
                sides: [x, 1],
                wrap: [wrap, false],
                dimensions: 1,
            }),
            (&[x, y], &[wrap_x, wrap_y]) => Ok(Self {
                sides: [x, y],
                wrap: [wrap_x, wrap_y],
                dimensions: 2,
            }),
            _ => Err(format!(
                "`{topology}` is not drawn link by link: it has {} dimensions",
                sides.len()
            )),
        }
    }

    /// Number of links, both directions counted.
    pub fn links(&self) -> u64 {
        let [x, y] = self.sides.map(u64::from);
        let across = |side: u64, wrap: bool| match side {
            0 | 1 => 0,
            _ if wrap => side,
            _ => side - 1,
        };
        2 * (across(x, self.wrap[0]) * y + across(y, self.wrap[1]) * x)
    }

    /// Where a switch is; `None` if there is no such switch.
    pub fn place(&self, switch: u32) -> Option<[u32; 2]> {
        let [x, y] = [switch % self.sides[0].max(1), switch / self.sides[0].max(1)];
        (y < self.sides[1]).then_some([x, y])
    }

    /// Whether the link from `place` in a direction goes around the edge.
    pub fn goes_around(&self, place: [u32; 2], direction: Direction) -> bool {
        let d = direction.dimension;
        let edge = if direction.forward { self.sides[d] - 1 } else { 0 };
        place[d] == edge
    }

    /// Where the link from `place` in a direction leads; `None` over the edge of a mesh, and where there is but one
    /// switch.
    pub fn neighbour(&self, place: [u32; 2], direction: Direction) -> Option<[u32; 2]> {
        let d = direction.dimension;
        let around = self.goes_around(place, direction);
        if self.sides[d] < 2 || around && !self.wrap[d] {
            return None;
        }
        let mut to = place;
        to[d] = match (around, direction.forward) {
            (true, true) => 0,
            (true, false) => self.sides[d] - 1,
            (false, true) => place[d] + 1,
            (false, false) => place[d] - 1,
        };
        Some(to)
    }

    /// What people call a switch: `(3,0)`.
    pub fn name(&self, place: [u32; 2]) -> String {
        match self.dimensions {
            1 => format!("({})", place[0]),
            _ => format!("({},{})", place[0], place[1]),
        }
    }
}

/// The values of a field `name: [a, b]`.
fn list<T: std::str::FromStr>(text: &str, name: &str) -> Option<Vec<T>> {
    let (_, after) = text.split_once(&format!("{name}: ["))?;
    let (values, _) = after.split_once(']')?;
    values.split(',').map(|value| value.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topologies_are_read_as_experiments_write_them() {
        let grid = PlanarGrid::parse("Torus(sides: [16, 18])").unwrap();
        assert_eq!((grid.sides, grid.wrap), ([16, 18], [true, true]));
        let grid = PlanarGrid::parse("Mesh(sides: [8, 8])").unwrap();
        assert_eq!((grid.wrap, grid.links()), ([false, false], 2 * 2 * 7 * 8));
        let text = "Torus(sides: [4, 2], wrap: [true, false], terminals_per_switch: 3)";
        let grid = PlanarGrid::parse(text).unwrap();
        assert_eq!((grid.wrap, grid.links()), ([true, false], 2 * (4 * 2 + 4)));
        let ring = PlanarGrid::parse("Torus(sides: [12])").unwrap();
        assert_eq!((ring.sides, ring.links()), ([12, 1], 24));
    }

    #[test]
    fn others_are_refused_with_a_reason() {
        let reason = |text| PlanarGrid::parse(text).unwrap_err();
        assert!(reason("Torus(sides: [4, 4, 4])").ends_with("it has 3 dimensions"));
        for text in [
            "FatTree(sides: [4])",
            "",
            "8x8 torus",
            "Torus(sides: [4, x])",
            "Mesh(sides: [])",
        ] {
            assert!(reason(text).contains("is not drawn link by link"), "{text}");
        }
    }

    #[test]
    fn links_lead_to_neighbours_and_around() {
        let grid = PlanarGrid::parse("Torus(sides: [4, 3], wrap: [true, false])").unwrap();
        let to = |place, port| grid.neighbour(place, Direction::of_port(port).unwrap());
        assert_eq!(to([3, 0], 0), Some([0, 0]));
        assert_eq!(to([0, 2], 1), Some([3, 2]));
        assert_eq!(to([1, 1], 2), Some([1, 2]));
        assert_eq!((to([1, 2], 2), to([1, 0], 3)), (None, None));
        assert_eq!((grid.place(11), grid.place(12)), (Some([3, 2]), None));
        assert_eq!(Direction::of_port(4), None);
    }

    /// Every link that leads somewhere is counted, whatever the sides.
    #[test]
    fn links_are_counted() {
        for text in [
            "Torus(sides: [1, 5])",
            "Mesh(sides: [3, 1])",
            "Torus(sides: [2, 2])",
            "Mesh(sides: [7])",
        ] {
            let grid = PlanarGrid::parse(text).unwrap();
            let switches = (0..).map_while(|switch| grid.place(switch));
            let links = switches.flat_map(|place| (0..4).map(move |port| (place, port)));
            let links = links
                .filter(|&(place, port)| grid.neighbour(place, Direction::of_port(port).unwrap()).is_some());
            assert_eq!(links.count() as u64, grid.links(), "{text}");
        }
    }
}
