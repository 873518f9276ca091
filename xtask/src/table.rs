//! A table for the terminal.

/// Rows under a heading, with columns as wide as their widest cell.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows yet.
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self { rows: vec![heading.iter().map(|&cell| cell.to_owned()).collect()] }
    }

    /// Adds a row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(str::to_owned).to_vec());
    }

    /// The table as text, with a rule under the heading. A long cell goes on in the lines below.
    pub(crate) fn text(&self) -> String {
        let wrapped: Vec<Vec<Vec<String>>> =
            self.rows.iter().map(|row| row.iter().map(|cell| wrap(cell)).collect()).collect();
        let width = |column: usize| {
            let lines = wrapped.iter().flat_map(|row| &row[column]);
            lines.map(|line| line.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        let line = |cells: Vec<&str>| {
            let padded = cells.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
        let mut text = String::new();
        for (number, row) in wrapped.iter().enumerate() {
            let height = row.iter().map(Vec::len).max().unwrap_or(0);
            for at in 0..height {
                text += &line(row.iter().map(|cell| cell.get(at).map_or("", String::as_str)).collect());
            }
            if number == 0 {
                text += &line(rule.iter().map(String::as_str).collect());
            }
        }
        text
    }
}

/// The most characters in a line of a cell.
const WIDEST: usize = 72;

/// The lines of a cell, broken between words where that can be.
fn wrap(cell: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in cell.split(' ') {
        let line = lines.last_mut().expect("there is a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDEST {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["plugin", "ok"]);
        table.row(["a", "yes"]);
        table.row(["a longer one", ""]);
        let expected = "\
plugin        ok
------------  ---
a             yes
a longer one
";
        assert_eq!(table.text(), expected);
    }

    #[test]
    fn a_long_cell_goes_on_below() {
        let mut table = Table::new(&["plugin", "problem"]);
        table.row(["a", &"word ".repeat(20)]);
        let text = table.text();
        assert_eq!(text.lines().count(), 4);
        assert!(text.lines().all(|line| line.chars().count() <= 8 + WIDEST));
    }
}
