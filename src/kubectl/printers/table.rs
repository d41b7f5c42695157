//! Aligned columns, as Go's `text/tabwriter` sets them for `kubectl` (padding 3, at least 6 wide).

/// Lines of cells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    lines: Vec<Vec<String>>,
}

impl Columns {
    /// Adds a line.
    pub fn line<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.lines.push(cells.into_iter().map(Into::into).collect());
    }

    /// The text; the last cell of a line is not padded.
    pub fn print(&self) -> String {
        let mut widths: Vec<usize> = Vec::new();
        for line in &self.lines {
            for (i, cell) in line.iter().enumerate().take(line.len().saturating_sub(1)) {
                if widths.len() <= i {
                    widths.push(0);
                }
                widths[i] = widths[i].max((cell.chars().count() + 3).max(6));
            }
        }
        let mut out = String::new();
        for line in &self.lines {
            for (i, cell) in line.iter().enumerate() {
                out.push_str(cell);
                if i + 1 < line.len() {
                    let pad = widths[i].saturating_sub(cell.chars().count());
                    out.extend(std::iter::repeat_n(' ', pad));
                }
            }
            out.push('\n');
        }
        out
    }
}
