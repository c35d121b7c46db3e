//! Tables that another process has opened.

use serde_json::{Value, json};
use test_support::Installation;

use super::other::{How, Other};
use super::{arrived, under_wine};

/// Only an administrator of a real Windows may copy a disk.
fn copies_can_be_made() -> bool {
    !under_wine() && data_exporter::platform::is_elevated()
}

/// The table is read from a shadow copy of its disk where one can be made, and else named with a remedy.
fn is_read_or_named(file: &Value, path: &str) {
    let error = &file["error"];
    assert_eq!(error.is_null(), copies_can_be_made(), "{file}");
    if error.is_null() {
        assert_eq!(file["notes"][0]["code"], "READ_IN_COPY", "{file}");
        return;
    }
    assert_eq!(error["code"], "FILE_CHANGING");
    assert_eq!(error["message"], format!("`{path}` was in use or changed while it was read, 3 times"));
    let hint = error["hint"].as_str().unwrap();
    let reason = "export while no other program writes to it; no shadow copy of `";
    assert!(hint.starts_with(reason) && hint.contains(":\\` could be taken: "), "{hint}");
}

#[test]
fn a_shared_table_is_read() {
    let installation = Installation::new().paired("");
    let table = installation.table("GOODS.DBF", 1);
    let _till = Other::holding(&table, How::Shared);
    let answer = installation.home.run(&["convert", &table.display().to_string()]);
    assert_eq!((answer.code, answer.out.as_str()), (0, "NAME,PRICE\ngoods,0.50\n"), "{}", answer.err);
}

#[test]
fn a_table_opened_exclusively_is_named_and_the_others_arrive() {
    for how in [How::Alone, How::Locked] {
        if under_wine() && matches!(how, How::Locked) {
            continue; // Under wine a lock does not prevent reading.
        }
        let installation = Installation::new().paired("");
        installation.table("STOCK.DBF", 1);
        let table = installation.table("GOODS.DBF", 1);
        let till = Other::holding(&table, how);
        let path = table.display().to_string();

        let out = installation.home.path().join("out").display().to_string();
        let (_, converted) = installation.home.json(&["convert", &path, "--output", &out]);
        is_read_or_named(&converted["files"][0], &path);

        let (code, run) = installation.home.json(&["export"]);
        let files = run["files"].as_array().unwrap();
        let goods = files.iter().find(|file| file["source"] == "GOODS.DBF").unwrap();
        is_read_or_named(goods, &path);
        let whole = copies_can_be_made();
        let state = if whole { "complete" } else { "complete_with_warnings" };
        assert_eq!((code, &run["state"]), (if whole { 0 } else { 3 }, &json!(state)), "{how:?}: {run}");
        assert!(arrived(&installation).contains(&"STOCK.csv.gz".to_owned()));

        drop(till);
        let answer = installation.home.run(&["convert", &path]);
        assert_eq!((answer.code, answer.out.as_str()), (0, "NAME,PRICE\ngoods,0.50\n"), "{}", answer.err);
    }
}
