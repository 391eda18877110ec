//! A request matrix and its matching.

use std::ops::Range;

use crate::mask::Mask;

/// Who asks for what: rows (inputs) ask for columns (outputs). Made once, cleared for each allocation.
#[derive(Debug)]
pub struct Requests<const W: usize> {
    /// The lowest row and column that can ask or be asked for.
    first: usize,
    /// Rows that ask for anything.
    pub rows: Mask<W>,
    /// Columns that are asked for.
    pub columns: Mask<W>,
    /// Some column is asked for by two rows.
    pub contested: bool,
    /// What each row asks for.
    pub by_row: Vec<Mask<W>>,
    /// Of those, what goes before the rest; empty where all are equal.
    pub urgent: Vec<Mask<W>>,
    /// Scratch of the allocators, empty between uses. Rows by column, columns by row, where an allocator does not
    /// say otherwise.
    pub by_column: Vec<Mask<W>>,
    pub grants: Vec<Mask<W>>,
    /// The result: (row, column).
    pub matches: Vec<(usize, usize)>,
}

/// The round-robin pointers of an allocator, which live with its switch.
#[derive(Debug)]
pub struct Pointers<'a> {
    /// Column at which each row begins to look.
    pub of_row: &'a mut [u16],
    /// Row at which each column begins to look.
    pub of_column: &'a mut [u16],
}

impl Pointers<'_> {
    /// Both ends of a match look one further next time.
    #[inline]
    pub fn move_past(&mut self, row: usize, column: usize) {
        self.of_column[column] = after(row, self.of_row.len());
        self.of_row[row] = after(column, self.of_column.len());
    }

    /// Both ends of a match look one further than they did, whatever the match.
    pub fn move_on(&mut self, row: usize, column: usize) {
        self.of_column[column] = after(self.of_column[column].into(), self.of_row.len());
        self.of_row[row] = after(self.of_row[row].into(), self.of_column.len());
    }

    /// The diagonal at which a wavefront begins; it is kept in the first row's pointer.
    pub fn diagonal(&self) -> usize {
        self.of_row[0].into()
    }

    /// The next wavefront begins one diagonal further.
    pub fn turn_diagonal(&mut self) {
        self.of_row[0] = after(self.diagonal(), self.of_row.len());
    }
}

#[inline]
fn after(i: usize, n: usize) -> u16 {
    if i + 1 == n { 0 } else { i as u16 + 1 }
}

impl<const W: usize> Requests<W> {
    /// Room for `n` rows and as many columns, of which those below `first` are of ports that no switch uses.
    pub fn new(first: usize, n: usize) -> Self {
        Self {
            first,
            rows: Mask::EMPTY,
            columns: Mask::EMPTY,
            contested: false,
            by_row: vec![Mask::EMPTY; n],
            urgent: vec![Mask::EMPTY; n],
            by_column: vec![Mask::EMPTY; n],
            grants: vec![Mask::EMPTY; n],
            matches: Vec::with_capacity(n),
        }
    }

    /// The rows, and the columns, that there are.
    pub fn places(&self) -> Range<usize> {
        self.first..self.by_row.len()
    }

    #[inline]
    pub fn clear(&mut self) {
        for row in self.rows.iter() {
            self.by_row[row] = Mask::EMPTY;
            self.urgent[row] = Mask::EMPTY;
        }
        self.rows = Mask::EMPTY;
        self.columns = Mask::EMPTY;
        self.contested = false;
        self.matches.clear();
    }

    /// Row asks for columns, at least one, which it has not asked for before.
    #[inline]
    pub fn add(&mut self, row: usize, columns: Mask<W>) {
        self.contested |= !(self.columns & columns & !self.by_row[row]).is_empty();
        self.rows.insert(row);
        self.columns |= columns;
        self.by_row[row] |= columns;
    }

    /// Puts the rows that ask for each column into `by_column`.
    pub fn transpose(&mut self) {
        for row in self.rows.iter() {
            for column in self.by_row[row].iter() {
                self.by_column[column].insert(row);
            }
        }
    }

    /// Empties `by_column` again.
    pub fn clear_columns(&mut self) {
        for column in self.columns.iter() {
            self.by_column[column] = Mask::EMPTY;
        }
    }

    /// Each of the free `columns` grants one of the free `rows` that ask for it, the one that `choose` makes of them; into
    /// `grants`. The rows that were granted anything. `by_column` is filled.
    #[inline]
    pub fn grant(
        &mut self,
        rows: Mask<W>,
        columns: Mask<W>,
        mut choose: impl FnMut(usize, Mask<W>) -> Option<usize>,
    ) -> Mask<W> {
        let mut granted = Mask::EMPTY;
        for column in columns.iter() {
            if let Some(row) = choose(column, self.by_column[column] & rows) {
                self.grants[row].insert(column);
                granted.insert(row);
            }
        }
        granted
    }

    /// Of `rows`, which ask for `column`, those that go first: the urgent, if there are any.
    #[inline]
    pub fn first_rows(&self, rows: Mask<W>, column: usize) -> Mask<W> {
        let mut urgent = Mask::EMPTY;
        for row in rows.iter().filter(|&row| self.urgent[row].contains(column)) {
            urgent.insert(row);
        }
        if urgent.is_empty() { rows } else { urgent }
    }

    /// Of `columns`, which `row` asks for, those that go first: the urgent, if there are any.
    #[inline]
    pub fn first_columns(&self, row: usize, columns: Mask<W>) -> Mask<W> {
        let urgent = self.urgent[row] & columns;
        if urgent.is_empty() { columns } else { urgent }
    }

    /// The same, ahead of requests that are not urgent.
    #[inline]
    pub fn add_urgent(&mut self, row: usize, columns: Mask<W>) {
        self.add(row, columns);
        self.urgent[row] |= columns;
    }
}
