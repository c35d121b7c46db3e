//! The language of messages: `--lang`, else `[ui] language`, else English; JSON has none.

use std::fs;

use test_support::{Answer, TestHome};

use crate::{errors, history, migrate};

const PAIRED: &str = "\
[scheduler]\ncrontab = \"0 8 * * *\"\n[src]\nsource_dir = \".\"\n\
[credential.device]\ndomain = \"installation\"\nclient_secret = \"cs_canary\"\n\
[api]\nbase_url = \"https://dfm.example.com\"\n";

/// Returns the output of every call on both streams.
fn transcript(home: &TestHome, language: &str, calls: &[&[&str]]) -> String {
    let mut transcript_of = Vec::new();
    for call in calls {
        let Answer { code, out, err } = home.run(&[*call, &["--lang", language]].concat());
        transcript_of.push(format!("$ data_exporter {}\n{out}{err}[{code}]", call.join(" ")));
    }
    home.masked(&transcript_of.join("\n\n"))
}

#[test]
fn all_commands_are_translated_into_russian_and_hebrew() {
    let runs = history::home();
    runs.write("config.toml", PAIRED);
    let refused = "2026-03-01T10:00:00Z".parse().unwrap();
    runs.store().remember_refused("https://dfm.example.com", Some(refused)).unwrap();
    let recorded = errors::home();
    for language in ["ru", "he"] {
        let shown = [
            transcript(&runs, language, &[&["status"], &["history"], &["history", "1"], &["history", "2"]]),
            transcript(&recorded, language, &[&["errors"]]),
            transcript(
                &TestHome::new(),
                language,
                &[&["history"], &["errors"], &["status"], &["export"], &["pause"], &["resume"]],
            ),
        ];
        insta::assert_snapshot!(format!("told_in_{language}"), shown.join("\n\n"));
    }
}

#[test]
fn former_commands_and_unpair_are_translated() {
    for language in ["ru", "he"] {
        let home = migrate::home(migrate::SECOND);
        let calls: [&[&str]; 5] = [
            &["config", "migrate"],
            &["config", "migrate", "--yes"],
            &["config", "validate"],
            &["unpair"],
            &["unpair"],
        ];
        insta::assert_snapshot!(format!("ends_in_{language}"), transcript(&home, language, &calls));
    }
}

#[test]
fn the_lang_flag_overrides_the_configuration() {
    let none = |home: &TestHome, arguments: &[&str]| home.run(&[&["errors"], arguments].concat()).out;
    let home = TestHome::with_config("[ui]\nlanguage = \"ru\"\n");
    assert_eq!(none(&home, &[]), "Ошибок нет.\n");
    assert_eq!(none(&home, &["--lang", "he"]), "אין שגיאות.\n");
    assert_eq!(none(&home, &["--lang", "en"]), "No errors.\n");
    let other = home.write("other.toml", "[ui]\nlanguage = \"he\"\n");
    assert_eq!(none(&home, &["--config", other.to_str().unwrap()]), "אין שגיאות.\n");
    assert_eq!(none(&TestHome::new().variable("DATA_EXPORTER_UI_LANGUAGE", "ru"), &[]), "Ошибок нет.\n");
}

#[test]
fn the_language_defaults_to_english_also_with_an_invalid_configuration() {
    for config in
        ["", "[ui]\nlanguage = \"auto\"\n", "[ui]\nlanguage = \"ru\"\n[src]\nsource_dir = 5\n", "[ui"]
    {
        assert_eq!(TestHome::with_config(config).run(&["errors"]).out, "No errors.\n", "{config}");
    }
}

#[test]
fn an_unsupported_language_is_a_usage_error() {
    for language in ["tlh", "auto", ""] {
        let answer = TestHome::new().run(&["status", "--lang", language]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{language}");
        assert!(
            answer.err.contains("hint: possible values: en, ru, he") || language.is_empty(),
            "{}",
            answer.err
        );
    }
    // Problems of other modules are reported in the requested language.
    for wrong in [&["--lang", "ru", "statsu"][..], &["statsu", "--lang=ru"]] {
        let answer = TestHome::new().run(wrong);
        assert_eq!(answer.code, 2);
        assert!(
            answer.err.starts_with("ошибка: Команду нельзя выполнить в таком виде.\nподробности: "),
            "{}",
            answer.err
        );
    }
}

#[test]
fn json_is_the_same_in_every_language() {
    let home = history::home();
    for call in [
        &["status"][..],
        &["history"],
        &["history", "1"],
        &["history", "99"],
        &["errors"],
        &["config", "show"],
        &["export", "--dry-run"],
        &["statsu"],
    ] {
        let json = |language| home.run(&[call, &["--json", "--lang", language]].concat()).out;
        assert!(json("en").starts_with('{'), "{call:?}");
        assert_eq!([json("ru"), json("he")], [json("en"), json("en")], "{call:?}");
    }
}

#[test]
fn lines_of_a_conversion_are_translated() {
    let home = TestHome::new();
    let table = home.path().join("short.dbf");
    fs::write(&table, "no table").unwrap();
    let shown = transcript(
        &home,
        "ru",
        &[&["convert", table.to_str().unwrap(), "--output", home.path().to_str().unwrap()]],
    );
    insta::assert_snapshot!(shown);
}
