//! Routing tables, compressed.

use std::collections::HashMap;

/// A row has this many destinations at most, as a power of two.
const MOST_ROW_BITS: u32 = 8;

/// Blocks of destinations that an estimate looks at.
const BLOCKS_SAMPLED: usize = 4;

/// A set of ports for each pair of a place, where packets stand, and a destination.
///
/// Destinations are cut into blocks of 256. What a place knows of a block is a row, and equal rows are kept once, whoever
/// has them: on a regular fabric most places see most blocks as some other place does. A row holds numbers of sets, each
/// distinct set being kept once too. A look-up is three loads.
///
/// Measured, every shortest way between all switches: a 256x256 torus 67.6 MB, of which 67.1 MB say which row where (17.2 GB
/// with a set a pair); a 16-ary 4-tree of 65,536 terminals 1.1 MB. A fabric without any regularity takes a byte, two
/// above 256 distinct sets, a pair.
#[derive(Clone, Debug)]
pub(super) struct PortTable {
    row_bits: u32,
    blocks: usize,
    /// By place x blocks + block: the row.
    rows: Vec<u32>,
    /// Row by row, by destination in its block: the number of its set.
    entries: Entries,
    sets: Vec<u64>,
}

/// Numbers of sets, as narrow as they can be.
#[derive(Clone, Debug)]
enum Entries {
    Bytes(Vec<u8>),
    Halves(Vec<u16>),
    Words(Vec<u32>),
}

impl Entries {
    #[inline(always)]
    fn get(&self, index: usize) -> usize {
        match self {
            Self::Bytes(entries) => usize::from(entries[index]),
            Self::Halves(entries) => usize::from(entries[index]),
            Self::Words(entries) => entries[index] as usize,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Bytes(entries) => entries.len(),
            Self::Halves(entries) => entries.len(),
            Self::Words(entries) => entries.len(),
        }
    }

    /// Bytes of each.
    fn width(&self) -> usize {
        match self {
            Self::Bytes(_) => 1,
            Self::Halves(_) => 2,
            Self::Words(_) => 4,
        }
    }

    /// Makes place for numbers below `sets`.
    fn widen(&mut self, sets: usize) {
        match self {
            Self::Bytes(entries) if sets > 1 << 8 => {
                *self = Self::Halves(entries.iter().map(|&entry| entry.into()).collect());
                self.widen(sets);
            }
            Self::Halves(entries) if sets > 1 << 16 => {
                *self = Self::Words(entries.iter().map(|&entry| entry.into()).collect());
            }
            _ => {}
        }
    }

    fn extend(&mut self, row: &[u32]) {
        match self {
            Self::Bytes(entries) => entries.extend(row.iter().map(|&entry| entry as u8)),
            Self::Halves(entries) => entries.extend(row.iter().map(|&entry| entry as u16)),
            Self::Words(entries) => entries.extend(row),
        }
    }

    fn shrink(&mut self) {
        match self {
            Self::Bytes(entries) => entries.shrink_to_fit(),
            Self::Halves(entries) => entries.shrink_to_fit(),
            Self::Words(entries) => entries.shrink_to_fit(),
        }
    }
}

impl PortTable {
    /// A table of so many places and destinations: `fill` gives the sets of all places towards a destination.
    ///
    /// Takes 1 KiB a place besides what remains.
    ///
    /// # Errors
    /// The first of `fill`.
    pub fn new<E>(
        places: usize,
        destinations: usize,
        mut fill: impl FnMut(usize, &mut [u64]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut builder = Builder::new(places, destinations);
        let mut sets = vec![0; places];
        for block in 0..builder.table.blocks {
            builder.add_block(block, destinations, &mut sets, &mut fill)?;
        }
        builder.table.entries.shrink();
        Ok(builder.table)
    }

    /// About the bytes of such a table, from a few blocks of destinations: rows that are alike in different blocks count
    /// twice, so that it is too high where there are many.
    ///
    /// # Errors
    /// The first of `fill`.
    pub fn estimated_bytes<E>(
        places: usize,
        destinations: usize,
        mut fill: impl FnMut(usize, &mut [u64]) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut builder = Builder::new(places, destinations);
        let blocks = builder.table.blocks;
        let sampled = blocks.min(BLOCKS_SAMPLED);
        let mut sets = vec![0; places];
        for sample in 0..sampled {
            // Kept apart from the rows of other blocks.
            builder.known_rows.clear();
            builder.add_block(sample * blocks / sampled, destinations, &mut sets, &mut fill)?;
        }
        let Self {
            rows, entries, sets, ..
        } = &builder.table;
        let of_blocks = (entries.len() * entries.width() * blocks).div_ceil(sampled.max(1));
        Ok((4 * rows.len() + of_blocks + 8 * sets.len()) as u64)
    }

    /// The set of a place towards a destination.
    #[inline(always)]
    pub fn set(&self, place: usize, destination: u32) -> u64 {
        let destination = destination as usize;
        let row = self.rows[place * self.blocks + (destination >> self.row_bits)] as usize;
        let column = destination & ((1 << self.row_bits) - 1);
        self.sets[self.entries.get(row << self.row_bits | column)]
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> u64 {
        (4 * self.rows.len() + self.entries.len() * self.entries.width() + 8 * self.sets.len()) as u64
    }
}

/// A table in the making.
struct Builder {
    table: PortTable,
    places: usize,
    /// By destination in the present block, then by place: the number of the set.
    block: Vec<u32>,
    set_numbers: HashMap<u64, u32>,
    /// Sets looked up last, by their lowest bits: most are.
    recent: Vec<(u64, u32)>,
    /// Rows by the hash of what is in them.
    known_rows: HashMap<u64, u32>,
}

impl Builder {
    fn new(places: usize, destinations: usize) -> Self {
        let row_bits = destinations
            .next_power_of_two()
            .trailing_zeros()
            .min(MOST_ROW_BITS);
        let blocks = destinations.div_ceil(1 << row_bits);
        Self {
            table: PortTable {
                row_bits,
                blocks,
                rows: vec![0; places * blocks],
                entries: Entries::Bytes(Vec::new()),
                sets: vec![0],
            },
            places,
            block: vec![0; places << row_bits],
            set_numbers: HashMap::from([(0, 0)]),
            recent: vec![(0, 0); 1 << 8],
            known_rows: HashMap::new(),
        }
    }

    fn add_block<E>(
        &mut self,
        block: usize,
        destinations: usize,
        sets: &mut [u64],
        fill: &mut impl FnMut(usize, &mut [u64]) -> Result<(), E>,
    ) -> Result<(), E> {
        let first = block << self.table.row_bits;
        let size = destinations.min(first + (1 << self.table.row_bits)) - first;
        self.block.fill(0);
        for column in 0..size {
            fill(first + column, sets)?;
            for (place, &set) in sets.iter().enumerate() {
                self.block[column * self.places + place] = self.number(set);
            }
        }
        self.table.entries.widen(self.table.sets.len());
        self.add_rows(block);
        Ok(())
    }

    #[inline]
    fn number(&mut self, set: u64) -> u32 {
        let slot = (set ^ set >> 8) as usize & (self.recent.len() - 1);
        let (known, number) = self.recent[slot];
        if known == set {
            return number;
        }
        let next = self.table.sets.len() as u32;
        let number = *self.set_numbers.entry(set).or_insert(next);
        if number == next {
            self.table.sets.push(set);
        }
        self.recent[slot] = (set, number);
        number
    }

    /// The rows of all places for the present block. Several places at a time, so that what is brought into the cache of
    /// each column serves all of them.
    fn add_rows(&mut self, block: usize) {
        const TOGETHER: usize = 16;
        let columns = 1 << self.table.row_bits;
        let mut rows = vec![0; TOGETHER * columns];
        for first in (0..self.places).step_by(TOGETHER) {
            let places = TOGETHER.min(self.places - first);
            for column in 0..columns {
                let start = column * self.places + first;
                for (place, &number) in self.block[start..start + places].iter().enumerate() {
                    rows[place * columns + column] = number;
                }
            }
            for (place, row) in rows.chunks_exact(columns).take(places).enumerate() {
                self.table.rows[(first + place) * self.table.blocks + block] = self.row(row);
            }
        }
    }

    /// The number of a row: the next to its hash that is empty or holds it.
    fn row(&mut self, row: &[u32]) -> u32 {
        let table = &mut self.table;
        let mut key = row.iter().fold(0_u64, |hash, &number| {
            (hash.rotate_left(5) ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        loop {
            let next = (table.entries.len() >> table.row_bits) as u32;
            let number = *self.known_rows.entry(key).or_insert(next);
            if number == next {
                table.entries.extend(row);
                return number;
            }
            let first = (number as usize) << table.row_bits;
            let kept = (first..).zip(row);
            if kept
                .into_iter()
                .all(|(at, &number)| table.entries.get(at) == number as usize)
            {
                return number;
            }
            key = key.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn table(places: usize, destinations: usize, set: impl Fn(usize, usize) -> u64) -> (PortTable, u64) {
        let fill = |destination, sets: &mut [u64]| {
            for (place, into) in sets.iter_mut().enumerate() {
                *into = set(place, destination);
            }
            Ok::<(), Infallible>(())
        };
        let Ok(table) = PortTable::new(places, destinations, fill);
        let Ok(estimate) = PortTable::estimated_bytes(places, destinations, fill);
        (table, estimate)
    }

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(places in 1_usize..40, destinations in 1_usize..600, distinct in 1_u64..5_000) {
            let set = |place: usize, destination: usize| {
                (place as u64 * 7_919 + destination as u64 * 104_729) * 0x9e37_79b9 % distinct
            };
            let (table, estimate) = table(places, destinations, set);
            for place in 0..places {
                for destination in 0..destinations {
                    prop_assert_eq!(table.set(place, destination as u32), set(place, destination));
                }
            }
            prop_assert!(table.bytes() <= estimate, "{} of {estimate}", table.bytes());
        }
    }

    #[test]
    fn numbers_grow_with_the_sets() {
        let (table, _) = table(300, 300, |place, destination| (place * 300 + destination) as u64);
        assert_eq!(table.entries.width(), 4);
        assert_eq!((table.set(299, 299), table.set(0, 299)), (89_999, 299));
    }

    #[test]
    fn equal_rows_are_kept_once() {
        let (table, estimate) = table(4, 1024, |place, destination| {
            (place % 2 + destination % 256) as u64
        });
        assert_eq!(table.entries.len(), 2 * 256);
        assert!(estimate > table.bytes());
    }
}
