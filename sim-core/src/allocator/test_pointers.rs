//! Tables of pointers for the tests of allocators, written and read by rows and by columns.

use super::Pointer;

/// The pointers of as many rows as columns.
pub fn pointers(of_row: &[u16], of_column: &[u16]) -> Vec<Pointer> {
    assert_eq!(of_row.len(), of_column.len());
    let both = of_row.iter().zip(of_column);
    both.map(|(&row, &column)| Pointer { row, column }).collect()
}

/// All at the first.
pub fn at_first(n: usize) -> Vec<Pointer> {
    vec![Pointer::default(); n]
}

/// Where the rows, and the columns, begin to look; behind the last is the first.
pub fn positions(pointers: &[Pointer]) -> (Vec<u16>, Vec<u16>) {
    let n = pointers.len() as u16;
    pointers.iter().map(|p| (p.row % n, p.column % n)).unzip()
}
