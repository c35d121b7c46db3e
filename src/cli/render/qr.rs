//! A QR code of half blocks, two rows of modules a line, with a quiet zone of four modules.

use qrcode::{Color, QrCode};

const QUIET: usize = 4;

/// Returns the lines of a QR code; `None` for a text too long for one. With `colour` it is black on white whatever the
/// terminal's colours.
pub fn lines(text: &str, colour: bool) -> Option<Vec<String>> {
    let code = QrCode::new(text).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let size = width + 2 * QUIET;
    let dark = |row: usize, column: usize| {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < width);
        match (inside(row), inside(column)) {
            (Some(row), Some(column)) => modules[row * width + column] == Color::Dark,
            _ => false,
        }
    };
    let line = |row: usize| {
        let blocks: String = (0..size)
            .map(|column| match (dark(row, column), dark(row + 1, column)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        if colour { format!("\x1b[38;5;16;48;5;231m{blocks}\x1b[0m") } else { blocks }
    };
    Some((0..size).step_by(2).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_stands_in_its_quiet_zone() {
        let drawn = lines("https://app.example/device-verify?code=ABCD-2345", false).unwrap();
        let width = drawn[0].chars().count();
        assert!(drawn.iter().all(|line| line.chars().count() == width));
        assert!(drawn[..2].iter().all(|line| line.trim().is_empty()));
        assert!(drawn.iter().all(|line| line.starts_with("    ") && line.ends_with("    ")));
        // The corner of a finder pattern: seven dark modules above, a frame below.
        assert!(drawn[2].starts_with("    █▀▀▀▀▀█ "), "{}", drawn[2]);
    }

    #[test]
    fn in_colour_it_is_black_on_white() {
        let drawn = lines("https://a.example/", true).unwrap();
        assert!(drawn.iter().all(|line| line.starts_with("\x1b[38;5;16;48;5;231m")));
        assert_eq!(lines(&"x".repeat(5000), true), None);
    }
}
