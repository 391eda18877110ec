//! Where a switch is: on a grid, in a tree, in a group, on a card.

use std::fmt;
use std::str::FromStr;

/// The place of a switch in its fabric, by which it is drawn and its cables are counted.
///
/// As text, in files: a word and its numbers, as in `grid 3,0`, `circle 5`, `level 1,4`, `group 0,2`,
/// `card 0,11,3,5,2` (chassis, card, node, column, row), `top-of-rack 0`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// Its coordinate along each dimension of a grid.
    Grid(Vec<u32>),
    /// Its position on a circle.
    Circle(u32),
    /// In a tree.
    Level {
        /// 0 is the level of the roots.
        level: u32,
        /// Its position in the level.
        index: u32,
    },
    /// In a group of a dragonfly.
    Group {
        /// The group.
        group: u32,
        /// Its position in the group.
        index: u32,
    },
    /// A node of a card.
    Card {
        /// The chassis that the card is in.
        chassis: u32,
        /// The card, numbered through all chassis.
        card: u32,
        /// The node of the card.
        node: u32,
        /// Column and row where the node is drawn.
        at: [u32; 2],
    },
    /// On top of a rack, with its number.
    TopOfRack(u32),
}

impl Location {
    /// How its kind is written in files.
    fn word(&self) -> &'static str {
        match self {
            Self::Grid(_) => "grid",
            Self::Circle(_) => "circle",
            Self::Level { .. } => "level",
            Self::Group { .. } => "group",
            Self::Card { .. } => "card",
            Self::TopOfRack(_) => "top-of-rack",
        }
    }

    fn numbers(&self) -> Vec<u32> {
        match self {
            Self::Grid(coordinates) => coordinates.clone(),
            Self::Circle(number) | Self::TopOfRack(number) => vec![*number],
            Self::Level { level, index } => vec![*level, *index],
            Self::Group { group, index } => vec![*group, *index],
            Self::Card {
                chassis,
                card,
                node,
                at,
            } => vec![*chassis, *card, *node, at[0], at[1]],
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.numbers().iter().map(u32::to_string).collect();
        write!(f, "{} {}", self.word(), numbers.join(","))
    }
}

impl FromStr for Location {
    /// What a location looks like.
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORMS: &str = "a location is `grid X,Y…`, `circle N`, `level LEVEL,INDEX`, `group GROUP,INDEX`, \
                             `card CHASSIS,CARD,NODE,COLUMN,ROW` or `top-of-rack N`";
        let (word, numbers) = text.split_once(' ').ok_or(FORMS)?;
        let numbers: Result<Vec<u32>, _> = numbers.split(',').map(|number| number.trim().parse()).collect();
        Ok(match (word, &*numbers.map_err(|_| FORMS)?) {
            ("grid", coordinates) => Self::Grid(coordinates.to_vec()),
            ("circle", &[number]) => Self::Circle(number),
            ("level", &[level, index]) => Self::Level { level, index },
            ("group", &[group, index]) => Self::Group { group, index },
            ("card", &[chassis, card, node, column, row]) => Self::Card {
                chassis,
                card,
                node,
                at: [column, row],
            },
            ("top-of-rack", &[number]) => Self::TopOfRack(number),
            _ => return Err(FORMS),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_as_they_are_written() {
        for text in [
            "grid 3,0",
            "circle 5",
            "level 1,4",
            "group 0,2",
            "card 0,11,3,5,2",
            "top-of-rack 1",
        ] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.to_string(), text);
        }
        for wrong in ["", "grid", "grid x", "level 1", "circle 1,2", "moon 1"] {
            assert!(wrong.parse::<Location>().is_err(), "{wrong}");
        }
    }
}
