//! `convert` and `preview`: streams, exit codes, files and JSON of docs/command-line.md#convert and
//! docs/command-line.md#preview.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use test_support::{TestHome, fields, wait_until};
use test_tables::{Dialect, Field, Files, Table, damage};

fn names(rows: &[&str]) -> Files {
    let mut table = Table::new(Dialect::DBase3).language(0x26).field(Field::character("NAME", 12));
    for row in rows {
        table.push(b' ', [(*row).into()]);
    }
    table.build()
}

fn list(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Creates a home, a folder `in` with tables, and the path of `out`.
fn installation(tables: &[(&str, &Files)]) -> (TestHome, String, String) {
    let home = TestHome::new();
    let source = home.path().join("in");
    fs::create_dir(&source).unwrap();
    for (name, files) in tables {
        fs::write(source.join(name), &files.table).unwrap();
    }
    let out = home.path().join("out").display().to_string();
    let source = source.display().to_string();
    (home, source, out)
}

#[test]
fn converting_one_table_writes_only_its_csv_to_standard_output() {
    let (home, source, _) = installation(&[("a.dbf", &names(&["nut", "a,b"]))]);
    let answer = home.run(&["convert", &format!("{source}/a.dbf")]);
    assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "NAME\nnut\n\"a,b\"\n", ""));
    for arguments in
        [&["convert", &source][..], &["convert", &source, &source], &["convert", "x.dbf", "--json"]]
    {
        let answer = home.run(arguments);
        assert_eq!((answer.code, answer.err.contains("--output DIR")), (2, true), "{arguments:?}");
    }
}

#[test]
fn the_json_has_every_documented_field() {
    let mut damaged = names(&["x"]);
    damage::only_header(&mut damaged, 20);
    let (home, source, out) = installation(&[("A.DBF", &names(&["nut"])), ("bad.dbf", &damaged)]);
    let (code, value) = home.json(&["convert", &source, "--output", &out, "--gzip"]);
    assert_eq!(code, 3);
    assert_eq!(fields(&value), ["files", "summary"]);
    assert_eq!(fields(&value["summary"]), ["converted", "files", "refused", "rows_written"]);
    let file = &value["files"][0];
    for field in [
        "source",
        "output",
        "table",
        "dialect",
        "encoding",
        "encoding_source",
        "rows",
        "bytes_in",
        "bytes_out",
        "sha256",
        "warnings",
        "notes",
        "error",
    ] {
        assert!(file.get(field).is_some(), "{field}");
    }
    let counts = ["bad", "beyond_header", "deleted", "header", "live", "missing", "written"];
    assert_eq!(fields(&file["rows"]), counts);
    assert_eq!(file["output"], format!("{out}/A.csv.gz"));
    assert_eq!(file["encoding_source"], "ldid");
    let refused = &value["files"][1];
    assert_eq!(fields(&refused["error"]), ["code", "hint", "message", "path"]);
    assert_eq!((refused["error"]["code"].as_str(), &refused["output"]), (Some("FILE_DAMAGED"), &Value::Null));
    assert_eq!(list(Path::new(&out)), ["A.csv.gz"], "a rejected table leaves no file");
}

#[test]
fn the_exit_code_depends_on_the_data_that_was_lost() {
    let mut damaged = names(&[]);
    damage::only_header(&mut damaged, 20);
    let mut warned = names(&["a", "b"]);
    damage::flag(&mut warned, 0, b'x');
    let mut noted = names(&["a", "b"]);
    damage::flag(&mut noted, 0, b'*');
    let (home, source, out) = installation(&[
        ("bad.dbf", &damaged),
        ("warned.dbf", &warned),
        ("noted.dbf", &noted),
        ("good.dbf", &names(&[])),
    ]);
    let at = |name: &str| format!("{source}/{name}.dbf");
    for (tables, code) in [
        (&["good"][..], 0),
        (&["noted"], 0),
        (&["warned"], 3),
        (&["bad"], 1),
        (&["missing"], 1),
        (&["bad", "missing"], 1),
        (&["bad", "good"], 3),
    ] {
        let paths: Vec<String> = tables.iter().map(|name| at(name)).collect();
        let mut arguments = vec!["convert", "--output", &out];
        arguments.extend(paths.iter().map(String::as_str));
        let (found, value) = home.json(&arguments);
        assert_eq!(found, code, "{tables:?}");
        assert_eq!(value["files"].as_array().unwrap().len(), tables.len(), "{tables:?}");
    }
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(home.run(&["convert", empty.to_str().unwrap(), "--output", &out]).code, 0);
}

#[test]
fn an_invalid_configuration_is_reported_in_json() {
    let home = TestHome::with_config("[export]\ndeleted = \"perhaps\"\n");
    for command in ["convert", "preview"] {
        let output: &[&str] = if command == "convert" { &["--output", "out"] } else { &[] };
        let (code, value) = home.json(&[&[command, "x.dbf"], output].concat());
        assert_eq!((code, value["error"]["code"].as_str()), (7, Some("CONFIG_ERROR")), "{command}");
    }
    let home = TestHome::with_config("not toml");
    assert_eq!(home.json(&["preview", "x.dbf"]).0, 7);
}

#[test]
fn environment_variables_apply_unless_a_flag_overrides_them() {
    let mut files = names(&["a", "b", "c"]);
    damage::flag(&mut files, 1, b'*');
    damage::header_count(&mut files, 2);
    let (home, source, _) = installation(&[("a.dbf", &files)]);
    let home = home
        .variable("DATA_EXPORTER_EXPORT_DELETED", "column")
        .variable("DATA_EXPORTER_EXPORT_ROWS_BEYOND_HEADER", "export");
    let table = format!("{source}/a.dbf");
    let answer = home.run(&["convert", &table]);
    assert_eq!((answer.code, answer.out.as_str()), (3, "NAME,_deleted\na,false\nb,true\nc,false\n"));
    let answer = home.run(&["convert", &table, "--deleted", "skip"]);
    assert_eq!(answer.out, "NAME\na\nc\n", "a flag overrides the environment");
}

#[test]
fn two_tables_with_the_same_name_get_two_files() {
    let (home, source, out) = installation(&[("a.dbf", &names(&["one"]))]);
    let other = home.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("a.dbf"), names(&["two"]).table).unwrap();
    let arguments = ["convert", &format!("{source}/a.dbf"), other.to_str().unwrap(), "--output", &out];
    assert_eq!(home.run(&arguments).code, 0);
    let mut texts: Vec<_> = list(Path::new(&out))
        .iter()
        .map(|name| fs::read_to_string(format!("{out}/{name}")).unwrap())
        .collect();
    texts.sort();
    assert_eq!(texts, ["NAME\none\n", "NAME\ntwo\n"]);
}

#[test]
fn control_characters_in_names_are_valid_json_and_never_reach_the_terminal() {
    let hebrew = "\u{202e}מלאי\u{7f}\u{9b}2J.dbf";
    let (home, source, out) = installation(&[("Склад №1.DBF", &names(&["a"])), (hebrew, &names(&["b\x7f"]))]);
    let (code, value) = home.json(&["convert", &source, "--output", &out]);
    assert_eq!(code, 0);
    let sources: Vec<_> =
        value["files"].as_array().unwrap().iter().map(|file| file["source"].clone()).collect();
    assert_eq!(sources, [format!("{source}/Склад №1.DBF"), format!("{source}/{hebrew}")]);
    let (_, value) = home.json(&["preview", &format!("{source}/{hebrew}")]);
    assert_eq!(value["rows"][0][0], "b\u{7f}");
    let answer = home.run(&["convert", &source, "--output", &out]);
    assert!(!answer.out.contains(['\u{202e}', '\u{7f}', '\u{9b}']));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let row = "x".repeat(12);
    let (home, source, _) = installation(&[("a.dbf", &names(&vec![row.as_str(); 50_000]))]);
    for command in ["convert", "preview"] {
        let more: &[&str] = if command == "preview" { &["--rows", "50000"] } else { &[] };
        let mut child = home
            .command(&[&[command, &format!("{source}/a.dbf")], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 4];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{command}");
    }
}

#[test]
fn a_preview_shows_the_requested_number_of_rows() {
    let (home, source, _) = installation(&[("a.dbf", &names(&["nut", "bolt", "nail"]))]);
    let table = format!("{source}/a.dbf");
    for (rows, expected) in [("0", 0), ("2", 2), ("20", 3)] {
        let (code, value) = home.json(&["preview", &table, "--rows", rows]);
        assert_eq!((code, value["rows"].as_array().unwrap().len()), (0, expected));
        assert_eq!(value["columns"][0], "NAME");
    }
    let (code, value) = home.json(&["preview", "absent.dbf"]);
    assert_eq!((code, value["error"]["code"].as_str()), (1, Some("FILE_UNREADABLE")));
    assert_eq!(home.json(&["preview", &table, "--encoding", "klingon"]).0, 2);
    let (_, value) = home.json(&["preview", &table, "--encoding", "ANSI 1251"]);
    assert_eq!(
        (value["encoding"].as_str(), value["encoding_source"].as_str()),
        (Some("CP1251"), Some("setting"))
    );
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_refused_without_blocking() {
    let (home, source, out) = installation(&[("good.dbf", &names(&["a"]))]);
    let made = std::process::Command::new("mkfifo").arg(format!("{source}/pipe.dbf")).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no mkfifo here");
        return;
    }
    let (code, value) = home.json(&["convert", &source, "--output", &out]);
    assert_eq!((code, value["files"][1]["error"]["code"].as_str()), (3, Some("FILE_UNREADABLE")));
    assert_eq!(home.run(&["preview", &format!("{source}/pipe.dbf")]).code, 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_conversion_leaves_no_file_behind() {
    let row = "x".repeat(12);
    let table = names(&vec![row.as_str(); 2_000]);
    let (home, source, out) = installation(&[("a.dbf", &table)]);
    // Many tables, so that the signal arrives during the conversion.
    for number in 0..3_000 {
        fs::write(format!("{source}/t{number}.dbf"), &table.table).unwrap();
    }
    let child = home
        .command(&["convert", &source, "--output", &out, "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_until("the first file is written", || Path::new(&out).join("a.csv").exists());
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["error"]["code"], "CANCELLED");
    let left = list(Path::new(&out));
    assert!(!left.iter().any(|name| name.contains("tmp")), "{left:?}");
    assert!(left.len() < 3_001);
}
