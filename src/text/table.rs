//! Aligned columns of text: [`Table`], fitted to a terminal by [`Layout`].

use unicode_width::UnicodeWidthStr as _;

use super::{Styled, Tone, one_line, printable};

/// The alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Left, for words.
    Left,
    /// Right, for numbers.
    Right,
}

/// How a table is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// The width of the terminal, in columns; none for every column at full width.
    pub width: Option<usize>,
    /// Whether cells are isolated by direction marks, so that text of both directions keeps its column.
    pub isolated: bool,
}

impl Layout {
    /// Every column at full width, without marks: for files.
    pub const WIDE: Self = Self { width: None, isolated: false };
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    side: Side,
    /// Columns with higher numbers are left out first where the table is too wide; none is always shown.
    optional: Option<u8>,
    /// The narrowest width to which cells are cut.
    least: Option<usize>,
}

impl Column {
    /// A column that is always shown in full.
    pub fn new(name: &str, side: Side) -> Self {
        Self { name: one_line(name), side, optional: None, least: None }
    }

    /// Leaves the column out of narrow tables; those with higher numbers first.
    #[must_use]
    pub fn optional(mut self, order: u8) -> Self {
        self.optional = Some(order);
        self
    }

    /// Cuts long cells of narrow tables, down to this width.
    #[must_use]
    pub fn at_least(mut self, width: usize) -> Self {
        self.least = Some(width);
        self
    }
}

/// A cell.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    short: Option<String>,
    tone: Tone,
}

impl Cell {
    /// A cell with a meaning.
    pub fn toned(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, ..Self::from(text.into()) }
    }

    /// Adds the form for narrow tables.
    #[must_use]
    pub fn or(mut self, short: impl Into<String>) -> Self {
        self.short = Some(in_line(&short.into()));
        self
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text: in_line(&text), short: None, tone: Tone::Plain }
    }
}

/// Rows below headings; every row has one cell per column.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column as it is shown: its place and its width.
struct Shown {
    column: usize,
    width: usize,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Returns the table as text. Where it is wider than the layout, first cells take their short form, then optional
    /// columns are left out, then long cells are cut.
    pub fn styled(mut self, layout: Layout) -> Styled {
        let limit = layout.width.unwrap_or(usize::MAX);
        let mut shown = self.widths();
        if total(&shown) > limit {
            for cell in self.rows.iter_mut().flatten() {
                if let Some(short) = cell.short.take() {
                    cell.text = short;
                }
            }
            shown = self.widths();
        }
        while total(&shown) > limit {
            let order = |shown: &Shown| self.columns[shown.column].optional;
            let Some(last) = shown.iter().filter_map(order).max() else { break };
            shown.retain(|shown| order(shown) != Some(last));
        }
        self.narrow(&mut shown, limit);
        let headings: Vec<Cell> = self.columns.iter().map(|column| column.name.clone().into()).collect();
        let lines = std::iter::once(&headings).chain(&self.rows);
        Styled::join(lines.map(|row| self.line(row, &shown, layout.isolated)), "\n")
    }

    fn widths(&self) -> Vec<Shown> {
        (0..self.columns.len())
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                let widths = cells.map(|cell| cell.text.width()).chain([self.columns[column].name.width()]);
                Shown { column, width: widths.max().unwrap_or_default() }
            })
            .collect()
    }

    /// Takes what is too much from the widest column that may be cut.
    fn narrow(&self, shown: &mut [Shown], limit: usize) {
        while total(shown) > limit {
            let too_much = total(shown) - limit;
            let spare = |shown: &Shown| {
                let least = self.columns[shown.column].least?.max(self.columns[shown.column].name.width());
                shown.width.checked_sub(least).filter(|spare| *spare > 0)
            };
            let Some(widest) =
                shown.iter_mut().filter(|one| spare(one).is_some()).max_by_key(|one| one.width)
            else {
                return;
            };
            widest.width -= too_much.min(spare(widest).unwrap_or_default());
        }
    }

    fn line(&self, row: &[Cell], shown: &[Shown], isolated: bool) -> Styled {
        let mut line = Styled::default();
        if isolated {
            line.direction('\u{200e}');
        }
        for (index, Shown { column, width }) in shown.iter().enumerate() {
            let Some(cell) = row.get(*column) else { continue };
            let text = cut(&cell.text, *width);
            let padding = " ".repeat(width.saturating_sub(text.width()));
            let is_last = index + 1 == shown.len();
            let (before, after) = match self.columns[*column].side {
                Side::Left => (String::new(), padding),
                Side::Right => (padding, String::new()),
            };
            let gap = if index > 0 { "  " } else { "" };
            line.push(Tone::Plain, format!("{gap}{before}"));
            if isolated {
                line.direction('\u{2068}');
            }
            line.push(cell.tone, text);
            if isolated {
                line.direction('\u{2069}');
            }
            if !is_last {
                line.push(Tone::Plain, after);
            }
        }
        line.without_trailing_blanks()
    }
}

/// Breaks the lines of a text between words where they are longer than the width; lines after the first begin with
/// `indent` blanks. `used` columns of the first line are taken.
pub fn wrapped(text: &str, used: usize, indent: usize, layout: Layout) -> String {
    let Some(width) = layout.width.filter(|width| *width > indent + LEAST) else { return text.to_owned() };
    let mut shown = String::new();
    for (index, line) in text.split('\n').enumerate() {
        let mut column = used;
        if index > 0 {
            shown.push('\n');
            column = 0;
        }
        for (index, word) in line.split(' ').enumerate() {
            let gap = usize::from(index > 0);
            // Blanks at the start of a line are empty words.
            if index > 0 && !word.is_empty() && column + gap + word.width() > width {
                shown.push('\n');
                shown.push_str(&" ".repeat(indent));
                column = indent;
            } else if gap > 0 {
                shown.push(' ');
                column += gap;
            }
            shown.push_str(word);
            column += word.width();
        }
    }
    shown
}

/// The least number of columns that are worth breaking lines for.
const LEAST: usize = 20;

fn total(shown: &[Shown]) -> usize {
    shown.iter().map(|one| one.width).sum::<usize>() + 2 * shown.len().saturating_sub(1)
}

/// Returns the text, cut to a width with an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if format!("{kept}{letter}").width() >= width {
            break;
        }
        kept.push(letter);
    }
    format!("{kept}…")
}

fn in_line(text: &str) -> String {
    printable(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::Side::{Left, Right};
    use super::*;

    fn table() -> Table {
        let mut table = Table::new([
            Column::new("NO", Right),
            Column::new("STARTED", Left),
            Column::new("STATE", Left).at_least(6),
            Column::new("BYTES", Right).optional(2),
            Column::new("BATCH", Left).optional(1),
        ]);
        table.row([
            "7".to_owned().into(),
            Cell::from("2026-12-01 08:00:00".to_owned()).or("2026-12-01 08:00"),
            Cell::toned(Tone::Bad, "Complete with warnings"),
            "12.0 MB".to_owned().into(),
            Cell::from("b0c7ae55-1f0a".to_owned()).or("b0c7ae55"),
        ]);
        table
    }

    fn at(width: usize) -> Vec<String> {
        let layout = Layout { width: Some(width), ..Layout::default() };
        table().styled(layout).to_string().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_wide_table_shows_everything() {
        insta::assert_snapshot!(table().styled(Layout::WIDE), @r"
        NO  STARTED              STATE                     BYTES  BATCH
         7  2026-12-01 08:00:00  Complete with warnings  12.0 MB  b0c7ae55-1f0a
        ");
    }

    #[test]
    fn a_narrow_table_takes_short_forms_then_drops_columns_then_cuts() {
        assert_eq!(at(70)[1], " 7  2026-12-01 08:00  Complete with warnings  12.0 MB  b0c7ae55");
        assert_eq!(at(60)[1], " 7  2026-12-01 08:00  Complete with warnings  b0c7ae55");
        assert_eq!(at(44)[1], " 7  2026-12-01 08:00  Complete with warnings");
        assert_eq!(at(30)[1], " 7  2026-12-01 08:00  Complet…");
        for width in 28..100 {
            assert!(at(width).iter().all(|line| line.width() <= width), "{width}: {:?}", at(width));
        }
    }

    #[test]
    fn long_lines_break_between_words_and_stay_indented() {
        let layout = Layout { width: Some(30), isolated: false };
        let text = "one two three four five six\n    seven eight nine ten eleven";
        assert_eq!(
            wrapped(text, 6, 4, layout),
            "one two three four five\n    six\n    seven eight nine ten\n    eleven"
        );
        assert_eq!(wrapped(text, 6, 4, Layout::WIDE), text);
        assert_eq!(wrapped("x".repeat(50).as_str(), 0, 4, layout), "x".repeat(50));
    }

    #[test]
    fn letters_of_double_width_keep_the_columns() {
        let mut table = Table::new([Column::new("A", Left), Column::new("B", Left)]);
        table.row(["表".to_owned().into(), "x".to_owned().into()]);
        table.row(["ab".to_owned().into(), "x".to_owned().into()]);
        assert_eq!(table.styled(Layout::WIDE).to_string(), "A   B\n表  x\nab  x");
    }

    #[test]
    fn isolated_cells_have_marks_around_them_and_none_in_plain_text() {
        let mut table = Table::new([Column::new("מצב", Left)]);
        table.row(["GOODS".to_owned().into()]);
        let styled = table.styled(Layout { isolated: true, ..Layout::WIDE });
        let marks = styled.pieces().iter().filter(|piece| matches!(piece, crate::text::Piece::Direction(_)));
        assert_eq!(marks.count(), 6);
        assert_eq!(styled.to_string(), "מצב\nGOODS");
    }
}
