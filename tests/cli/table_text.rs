//! Text that comes from tables: it makes no line, colour or direction of its own, wherever a person reads it.

use std::fs;

use test_support::Installation;
use test_tables::{Dialect, Field, Table, Value};

/// Letters that steer a terminal: a line, a colour, a direction.
const STEERING: [&str; 3] = ["\nerror: f", "\x1b[31m", "\u{202e}"];

/// A table whose columns have such names and hold such values, none of which is a number.
fn table() -> Table {
    let mut table = Table::new(Dialect::DBase3).language(0xF0);
    for steering in STEERING {
        table = table.field(Field::numeric(steering, 8, 0));
    }
    table.row(STEERING.map(|steering| Value::Raw(format!("{steering:<8.8}").into_bytes()[..8].to_vec())))
}

fn steers(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn text_of_a_table_makes_no_line_colour_or_direction() {
    let installation = Installation::new().paired("");
    let name = if cfg!(windows) { "A\u{202e}B.DBF" } else { "A\u{202e}\nerror: file\x1b[31m.DBF" };
    table().build().write(&installation.tables, name).unwrap();
    let path = installation.tables.join(name).display().to_string();
    let out = installation.home.path().join("out").display().to_string();
    let commands: [&[&str]; 9] = [
        &["convert", &path, "--output", &out],
        &["preview", &path],
        &["export", "--dry-run"],
        &["export"],
        &["history"],
        &["history", "1"],
        &["errors"],
        &["doctor", "--offline"],
        &["status"],
    ];
    for arguments in commands {
        let answer = installation.home.run(arguments);
        let text = format!("{}{}", answer.out, answer.err);
        assert!(!text.contains(steers), "{arguments:?}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("error: f")), "{arguments:?}: {text}");
    }
    let logs = installation.home.path().join("logs");
    for log in fs::read_dir(logs).into_iter().flatten() {
        let text = fs::read_to_string(log.unwrap().path()).unwrap();
        assert!(!text.contains(steers) && !text.lines().any(|line| line.starts_with("error: f")), "{text:?}");
    }
}

#[test]
fn a_table_has_at_most_ten_lines_of_warnings() {
    let installation = Installation::new();
    let mut table = Table::new(Dialect::DBase3);
    for column in 0..12 {
        table = table.field(Field::numeric(format!("N{column}"), 3, 0));
    }
    let wrong = || Value::Raw(b" x ".to_vec());
    table.row((0..12).map(|_| wrong())).build().write(&installation.tables, "T.DBF").unwrap();
    let path = installation.tables.join("T.DBF").display().to_string();
    let out = installation.home.path().join("out").display().to_string();
    let answer = installation.home.run(&["convert", &path, "--output", &out]);
    assert_eq!(answer.code, 3);
    let shown = answer.err.replace(&path, "T.DBF");
    insta::assert_snapshot!(shown);
    let (_, json) = installation.home.json(&["convert", &path, "--output", &out]);
    assert_eq!(json["files"][0]["warnings"].as_array().unwrap().len(), 12);
}

#[test]
fn an_unknown_code_page_is_named_in_every_language() {
    let installation = Installation::new();
    let table = Table::new(Dialect::DBase3).field(Field::character("A", 4)).row([Value::from("x")]);
    table.cpg("Klingon").build().write(&installation.tables, "T.DBF").unwrap();
    let path = installation.tables.join("T.DBF").display().to_string();
    for (language, expected) in [
        ("en", "the `.cpg` file names the unknown code page `Klingon`, so `CP866` was used instead"),
        ("ru", "В файле .cpg указана неизвестная кодировка; использована другая (`Klingon`, `CP866`)"),
        ("he", "קובץ ה־.cpg מציין קידוד לא מוכר; נעשה שימוש בקידוד אחר (`Klingon`, `CP866`)"),
    ] {
        let answer = installation.home.run(&["convert", &path, "--lang", language]);
        assert!(answer.err.contains(expected), "{language}: {}", answer.err);
    }
}
