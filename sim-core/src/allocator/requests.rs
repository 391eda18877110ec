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
    /// Columns that more than one row asks for.
    pub contested: Mask<W>,
    /// What each of the rows asks for; of others, something old.
    pub by_row: Vec<Mask<W>>,
    /// Rows for which some columns go before the rest, and those columns; of other rows, something old.
    urgent_rows: Mask<W>,
    urgent: Vec<Mask<W>>,
    /// Scratch of the allocators, empty between uses. Rows by column, columns by row, where an allocator does not
    /// say otherwise.
    pub by_column: Vec<Mask<W>>,
    pub grants: Vec<Mask<W>>,
    /// The result: (row, column).
    pub matches: Vec<(u16, u16)>,
}

/// Requests that are being collected, apart from the matrix so that they need not be kept in memory meanwhile.
pub struct Collected<'r, const W: usize> {
    rows: Mask<W>,
    columns: Mask<W>,
    contested: Mask<W>,
    by_row: &'r mut [Mask<W>],
}

impl<const W: usize> Collected<'_, W> {
    /// A row, which has not asked yet, asks for columns; it may be for none.
    #[inline(always)]
    pub fn add(&mut self, row: usize, columns: Mask<W>) {
        if !columns.is_empty() {
            self.rows.insert(row);
            self.contested |= self.columns & columns;
            self.columns |= columns;
            self.by_row[row] = columns;
        }
    }

    /// To hand over to [`Requests::set`].
    #[inline(always)]
    pub fn all(self) -> (Mask<W>, Mask<W>, Mask<W>) {
        (self.rows, self.columns, self.contested)
    }
}

/// Where a row and the column of the same number begin to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pointer {
    /// Column at which the row begins; behind the last is as good as the first.
    pub row: u16,
    /// Row at which the column begins, likewise.
    pub column: u16,
}

/// What keeps a [`Pointer`] beside its own state.
pub trait HasPointer {
    fn pointer(&self) -> Pointer;
    fn pointer_mut(&mut self) -> &mut Pointer;
}

impl HasPointer for Pointer {
    fn pointer(&self) -> Pointer {
        *self
    }

    fn pointer_mut(&mut self) -> &mut Pointer {
        self
    }
}

/// The round-robin pointers of an allocator, which live with its switch: a table of its rows and columns.
pub trait Pointers {
    /// Column at which a row begins to look.
    fn of_row(&self, row: usize) -> usize;

    /// Row at which a column begins to look.
    fn of_column(&self, column: usize) -> usize;

    /// Both ends of a match look one further next time.
    fn move_past(&mut self, row: usize, column: usize);

    /// Both ends of a match look one further than they did, whatever the match.
    fn move_on(&mut self, row: usize, column: usize);

    /// The diagonal at which a wavefront begins; it is kept in the first row's pointer.
    fn diagonal(&self) -> usize {
        self.of_row(0)
    }

    /// The next wavefront begins one diagonal further.
    fn turn_diagonal(&mut self);
}

impl<T: HasPointer> Pointers for [T] {
    #[inline(always)]
    fn of_row(&self, row: usize) -> usize {
        self[row].pointer().row.into()
    }

    #[inline(always)]
    fn of_column(&self, column: usize) -> usize {
        self[column].pointer().column.into()
    }

    #[inline(always)]
    fn move_past(&mut self, row: usize, column: usize) {
        self[column].pointer_mut().column = row as u16 + 1;
        self[row].pointer_mut().row = column as u16 + 1;
    }

    fn move_on(&mut self, row: usize, column: usize) {
        let size = self.len();
        self[column].pointer_mut().column = after(self.of_column(column), size);
        self[row].pointer_mut().row = after(self.of_row(row), size);
    }

    fn turn_diagonal(&mut self) {
        self[0].pointer_mut().row = after(self.diagonal(), self.len());
    }
}

fn after(i: usize, n: usize) -> u16 {
    if i + 1 >= n { 0 } else { i as u16 + 1 }
}

impl<const W: usize> Requests<W> {
    /// Room for `n` rows and as many columns, of which those below `first` are of ports that no switch uses.
    pub fn new(first: usize, n: usize) -> Self {
        Self {
            first,
            rows: Mask::EMPTY,
            columns: Mask::EMPTY,
            contested: Mask::EMPTY,
            by_row: vec![Mask::EMPTY; n],
            urgent_rows: Mask::EMPTY,
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
        self.rows = Mask::EMPTY;
        self.columns = Mask::EMPTY;
        self.contested = Mask::EMPTY;
        self.urgent_rows = Mask::EMPTY;
        self.matches.clear();
    }

    /// Row asks for columns, at least one.
    #[inline(always)]
    pub fn add(&mut self, row: usize, columns: Mask<W>) {
        let before = if self.rows.contains(row) {
            self.by_row[row]
        } else {
            Mask::EMPTY
        };
        self.rows.insert(row);
        self.contested |= self.columns & columns & !before;
        self.columns |= columns;
        self.by_row[row] = before | columns;
    }

    /// Begins anew with rows that ask once each, in place of what was there.
    #[inline(always)]
    pub fn collect(&mut self) -> Collected<'_, W> {
        self.clear();
        Collected {
            rows: Mask::EMPTY,
            columns: Mask::EMPTY,
            contested: Mask::EMPTY,
            by_row: &mut self.by_row,
        }
    }

    /// Those were all rows, what they ask for and what more than one asks for.
    #[inline(always)]
    pub fn set(&mut self, (rows, columns, contested): (Mask<W>, Mask<W>, Mask<W>)) {
        (self.rows, self.columns, self.contested) = (rows, columns, contested);
    }

    /// A match, part of the result.
    #[inline(always)]
    pub fn matched(&mut self, row: usize, column: usize) {
        self.matches.push((row as u16, column as u16));
    }

    /// The same, ahead of requests that are not urgent.
    #[inline]
    pub fn add_urgent(&mut self, row: usize, columns: Mask<W>) {
        let before = self.urgent(row);
        self.urgent_rows.insert(row);
        self.urgent[row] = before | columns;
        self.add(row, columns);
    }

    /// Some requests go before the rest.
    #[inline(always)]
    pub fn has_urgent(&self) -> bool {
        !self.urgent_rows.is_empty()
    }

    /// Of what a row asks for, what goes before the rest; empty where all are equal.
    #[inline]
    pub fn urgent(&self, row: usize) -> Mask<W> {
        if self.urgent_rows.contains(row) {
            self.urgent[row]
        } else {
            Mask::EMPTY
        }
    }

    /// Row asks for column.
    #[inline]
    pub fn has(&self, row: usize, column: usize) -> bool {
        self.rows.contains(row) && self.by_row[row].contains(column)
    }

    /// Puts the rows that ask for each column into `by_column`.
    pub fn transpose(&mut self) {
        self.transpose_of(self.columns);
    }

    /// The same of some columns.
    pub fn transpose_of(&mut self, columns: Mask<W>) {
        for row in self.rows.iter() {
            for column in (self.by_row[row] & columns).iter() {
                self.by_column[column].insert(row);
            }
        }
    }

    /// Empties `by_column` of some columns again.
    pub fn clear_columns(&mut self, columns: Mask<W>) {
        for column in columns.iter() {
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
        for row in (rows & self.urgent_rows)
            .iter()
            .filter(|&row| self.urgent[row].contains(column))
        {
            urgent.insert(row);
        }
        if urgent.is_empty() { rows } else { urgent }
    }

    /// Of `columns`, which `row` asks for, those that go first: the urgent, if there are any.
    #[inline]
    pub fn first_columns(&self, row: usize, columns: Mask<W>) -> Mask<W> {
        let urgent = self.urgent(row) & columns;
        if urgent.is_empty() { columns } else { urgent }
    }
}
