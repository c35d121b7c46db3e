//! Cleans text for people: names and messages from files, servers and other programs, before they reach a terminal, a
//! log, the tray, a window, a notification or the configuration. `ui/src/i18n/visible.ts` does the same in the window.

/// Whether a character steers what shows a text instead of being shown: a control character, a mark of direction, a
/// character without width, a line separator. A line break counts only where a text has one line: [`one_line`].
pub fn steers(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Returns a text of several lines with every character that [`steers`] made visible.
pub fn printable(text: &str) -> String {
    cleaned(text, steers)
}

/// Returns a text for the middle of a sentence: on one line, with every character that [`steers`] made visible.
pub fn one_line(text: &str) -> String {
    cleaned(text, |letter| steers(letter) || letter == '\n')
}

/// Returns whether a text is the same on one line: for names that are kept as they are, or refused.
pub fn is_one_line(text: &str) -> bool {
    !text.contains(|letter| steers(letter) || letter == '\n')
}

fn cleaned(text: &str, hidden: impl Fn(char) -> bool) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, letter| {
        if hidden(letter) {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_steer_are_visible_and_others_stay() {
        for (text, shown) in [
            ("A\u{202e}B\u{1b}[31m.DBF", r"A\u{202e}B\u{1b}[31m.DBF"),
            ("pay\u{200b}pal \u{feff}x\u{2060}", r"pay\u{200b}pal \u{feff}x\u{2060}"),
            ("a\u{200f}b\u{61c}c\u{200e}", r"a\u{200f}b\u{61c}c\u{200e}"),
            ("a\u{2028}b\u{2029}c\u{85}d\u{9b}2J", r"a\u{2028}b\u{2029}c\u{85}d\u{9b}2J"),
            ("a\u{e0041}b", r"a\u{e0041}b"),
            ("Товары מלאי 🙂 é", "Товары מלאי 🙂 é"),
        ] {
            assert_eq!(one_line(text), shown);
            assert_eq!(printable(text), shown);
            assert_eq!(is_one_line(text), text == shown);
        }
        assert_eq!((one_line("a\nb"), printable("a\nb")), (r"a\u{a}b".to_owned(), "a\nb".to_owned()));
        assert_eq!(printable("a\r\n"), "a\\u{d}\n");
        assert!(!is_one_line("a\nb"));
    }
}
