//! [`Columns`]: text in aligned columns, as Go's `text/tabwriter` lays it out.
//!
//! A cell ends with a tab; the text after a line's last tab is no cell. A column is a run of consecutive lines that all
//! have a cell there, and is as wide as its widest cell plus the padding.

/// Collects lines and aligns them when asked for the text.
#[derive(Default)]
pub struct Columns {
    done: String,
    pending: String,
}

/// Blanks between two columns.
const PADDING: usize = 2;

impl Columns {
    /// Adds text: cells end with tabs, lines with newlines.
    pub fn add(&mut self, text: &str) {
        self.pending.push_str(text);
    }

    /// Ends all columns; what follows is aligned by itself.
    pub fn flush(&mut self) {
        let text = std::mem::take(&mut self.pending);
        let unfinished = !text.ends_with('\n');
        let mut lines: Vec<Vec<&str>> = text.split('\n').map(|line| line.split('\t').collect()).collect();
        if !unfinished {
            lines.pop();
        }
        let count = lines.len();
        let mut widths: Vec<Vec<usize>> =
            lines.iter().map(|line| vec![0; line.len().saturating_sub(1)]).collect();
        let most = widths.iter().map(Vec::len).max().unwrap_or(0);
        for column in 0..most {
            let mut start = 0;
            while start < count {
                let end = (start..count).find(|i| widths[*i].len() <= column).unwrap_or(count);
                let cells = || lines[start..end].iter().map(|line| line[column].chars().count());
                let widest = cells().max().unwrap_or(0);
                // A column of empty cells only still takes its padding, as in Go without DiscardEmptyColumns.
                widths[start..end].iter_mut().for_each(|w| w[column] = widest + PADDING);
                start = end + 1;
            }
        }
        for (i, (line, widths)) in lines.iter().zip(&widths).enumerate() {
            for (cell, width) in line.iter().zip(widths) {
                self.done.push_str(cell);
                self.done.extend(std::iter::repeat_n(' ', width - cell.chars().count()));
            }
            self.done.push_str(line.last().unwrap_or(&""));
            if i + 1 < count || !unfinished {
                self.done.push('\n');
            }
        }
    }

    /// The text so far as it was added, tabs and all.
    pub fn raw(self) -> String {
        self.done + &self.pending
    }

    /// The text so far.
    pub fn finish(mut self) -> String {
        self.flush();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_runs_of_lines() {
        let mut columns = Columns::default();
        columns.add("Name:\tx\nNamespace:\tdefault\nLabels:\ta=b\n\tc=d\n\nData\n====\nk:\tv\n");
        let expected =
            "Name:       x\nNamespace:  default\nLabels:     a=b\n            c=d\n\nData\n====\nk:  v\n";
        assert_eq!(columns.finish(), expected);
    }
}
