//! One row of a table, made to be filled again and again.

use crate::Fault;

/// One row: as many cells as the header has. Give the same row to [`crate::Reader::read_into`] every time and its memory is used again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The number a spreadsheet shows beside the row: the first row of the file is 1, and empty rows count.
    pub number: u64,
    /// The cells, padded with empty ones when the file has fewer.
    pub cells: Vec<String>,
    /// What is wrong with the row; usually nothing.
    pub faults: Vec<Fault>,
    /// How many cells the file has in this row; those behind are left over from an earlier one.
    used: usize,
}

impl Row {
    pub(crate) fn start(&mut self, number: u64) {
        self.number = number;
        self.faults.clear();
        self.used = 0;
    }

    /// The next cell, empty, to be written.
    pub(crate) fn push(&mut self) -> &mut String {
        if self.used == self.cells.len() {
            self.cells.push(String::new());
        }
        self.used += 1;
        let cell = &mut self.cells[self.used - 1];
        cell.clear();
        cell
    }

    /// The cell written last holds letters that do not exist in the encoding of the file.
    pub(crate) fn broken(&mut self) {
        self.faults.push(Fault::BrokenText {
            column: self.used.saturating_sub(1),
        });
    }

    pub(crate) fn used(&self) -> usize {
        self.used
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.filled() == 0
    }

    /// How many cells there are up to the last that holds something.
    pub(crate) fn filled(&self) -> usize {
        self.cells[..self.used]
            .iter()
            .rposition(|cell| !cell.trim().is_empty())
            .map_or(0, |last| last + 1)
    }

    /// Brings the row to the width of the table. What falls off is a fault, unless it is empty.
    pub(crate) fn fit(&mut self, width: usize) {
        if self.used > width {
            let filled = self.filled();
            if filled > width {
                self.faults.push(Fault::LongRow {
                    cells: filled,
                    columns: width,
                });
            }
            self.faults.retain(|fault| fault.column().is_none_or(|column| column < width));
        }
        while self.used < width {
            self.push();
        }
        self.cells.truncate(width);
        self.used = width;
    }
}
