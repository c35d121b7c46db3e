//! Paths as Windows users write them, and non-Latin names.

use serde_json::json;
use test_support::{Answer, Installation};

use super::arrived;

/// The same file by its administrative share, which every Windows has for its disks.
fn by_share(path: &str) -> String {
    format!(r"\\localhost\{}${}", &path[..1], &path[2..])
}

#[test]
fn a_table_is_found_by_every_spelling_of_its_path() {
    let installation = Installation::new().paired("");
    let path = installation.table("Goods.dbf", 1).display().to_string();
    assert_eq!(&path[1..3], ":\\", "{path}");
    for spelling in [
        path.clone(),
        path.to_lowercase(),
        path.to_uppercase(),
        path.replace('\\', "/"),
        format!(r"\\?\{path}"),
        by_share(&path),
    ] {
        let answer = installation.home.run(&["convert", &spelling]);
        assert_eq!(
            (answer.code, answer.out.as_str()),
            (0, "NAME,PRICE\ngoods,0.50\n"),
            "{spelling}: {}",
            answer.err
        );
    }
    let mut inside = installation.home.command(&["convert", "goods.DBF"]);
    inside.current_dir(&installation.tables);
    assert_eq!(Answer::from_command(inside).out, "NAME,PRICE\ngoods,0.50\n", "relative");
}

#[test]
fn a_folder_with_russian_and_hebrew_names_is_exported() {
    let spellings: [fn(&str) -> String; 3] = [str::to_owned, |path| path.replace('\\', "/") + "/", by_share];
    for spelled in spellings {
        let mut installation = Installation::new().paired("");
        for name in ["Склад/Товары за март.DBF", "מחירון.dbf", "plain.dbf"] {
            installation.table(name, 1);
        }
        installation.tables = spelled(&installation.tables.display().to_string()).into();
        installation.pair_with(&installation.server.base_url(), "");
        let (code, run) = installation.home.json(&["export"]);
        assert_eq!((code, &run["state"]), (0, &json!("complete")), "{run}");
        let mut sources: Vec<&str> =
            run["files"].as_array().unwrap().iter().map(|file| file["source"].as_str().unwrap()).collect();
        sources.sort_unstable();
        assert_eq!(sources, ["plain.dbf", "Склад/Товары за март.DBF", "מחירון.dbf"]);
        assert_eq!(arrived(&installation), ["plain.csv.gz", "Склад_Товары за март.csv.gz", "מחירון.csv.gz"]);
    }
}

#[test]
fn a_missing_folder_is_named() {
    let mut installation = Installation::new().paired("");
    for folder in [r"Q:\no\such", r"\\localhost\no-such-share\installation"] {
        installation.tables = folder.into();
        installation.pair_with(&installation.server.base_url(), "");
        let (code, answer) = installation.home.json(&["export"]);
        assert_eq!(code, 7, "{answer}");
        assert_eq!(answer["error"]["code"], "SOURCE_MISSING", "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(folder), "{answer}");
    }
}
