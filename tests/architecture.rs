//! Checks the layers of the engine in its source: which module may use which, and which operations belong to one place.
//!
//! The rows are those of `src/lib.rs`. A row uses the rows below it, never one above and never a neighbour.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The rooms by row, the lowest first.
const ROWS: [&[&str]; 11] = [
    &["models"],
    &["error"],
    &["platform"],
    &["config"],
    &["logging"],
    &["api", "store", "convert", "service"],
    &["auth", "schedule", "source"],
    &["reports", "text"],
    &["export"],
    &["engine"],
    &["cli"],
];

/// Files whose path the specification fixes, with the row they belong to.
const EXCEPTIONS: [(&str, &str); 3] =
    [("error/reporter.rs", "auth"), ("error/global_logger.rs", "reports"), ("models/mod.rs", "logging")];

/// A source file below `src`: its path with `/`, and its text without comments and tests.
struct Source {
    path: String,
    code: String,
}

impl Source {
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        EXCEPTIONS
            .iter()
            .find(|(path, _)| *path == self.path)
            .map_or(first.strip_suffix(".rs").unwrap_or(first), |(_, row)| row)
    }

    fn is_below(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Returns every room named after `crate::`, in a `use` or in a path.
    fn rooms_used(&self) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        for after in self.code.split("crate::").skip(1) {
            let names = match after.strip_prefix('{') {
                Some(list) => top_level(list),
                None => vec![after],
            };
            for name in names {
                let word: String = name
                    .trim()
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                    .collect();
                used.insert(word);
            }
        }
        used
    }
}

/// Returns the members of `{a::{b, c}, d}`, given the text after the first brace.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (0, 0, Vec::new());
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                members.push(&list[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    members
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 20, "the source folder was found");
    found
}

fn collect(folder: &Path, root: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("\nmod tests {").next().unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>();
            let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path, code: code.join("\n") });
        }
    }
}

fn row(room: &str) -> Option<usize> {
    ROWS.iter().position(|rooms| rooms.contains(&room))
}

/// Returns the files outside `places` whose code contains one of `words`.
fn elsewhere(words: &[&str], places: &[&str]) -> Vec<String> {
    sources()
        .iter()
        .filter(|source| !places.iter().any(|place| source.is_below(place)))
        .filter_map(|source| {
            let word = words.iter().find(|word| source.code.contains(**word))?;
            Some(format!("src/{} uses {word}", source.path))
        })
        .collect()
}

#[test]
fn every_row_uses_only_the_rows_below_it() {
    let mut wrong = Vec::new();
    for source in sources() {
        let room = source.room();
        if room == "lib" || room == "main" {
            continue;
        }
        let own =
            row(room).unwrap_or_else(|| panic!("`{room}` is in no row: add it to ROWS and to src/lib.rs"));
        for used in source.rooms_used() {
            let Some(its) = row(&used) else { continue };
            if used != room && its >= own {
                wrong.push(format!("src/{} ({room}) uses crate::{used}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_parser_of_use_items_finds_every_form() {
    let source = Source {
        path: "store/x.rs".to_owned(),
        code: "use crate::{cli::{Screen, Exit}, export}; fn f() { crate::api::go() }".to_owned(),
    };
    assert_eq!(source.rooms_used().into_iter().collect::<Vec<_>>(), ["api", "cli", "export"]);
}

#[test]
fn only_the_store_uses_sql() {
    assert_eq!(elsewhere(&["rusqlite"], &["store/"]), [""; 0]);
}

#[test]
fn only_one_module_records_errors() {
    assert_eq!(elsewhere(&["record_error("], &["reports/record.rs", "store/errors/"]), [""; 0]);
}

#[test]
fn only_the_renderer_prints() {
    let words = ["println!", "eprintln!", "print!(", "io::stdout", "io::stderr"];
    // The systemd journal reads standard error; the specification's first program shows the code there.
    let places = ["cli/render", "logging/system.rs", "auth/device_flow/banner.rs"];
    assert_eq!(elsewhere(&words, &places), [""; 0]);
}

#[test]
fn only_the_platform_module_reads_the_wall_clock() {
    assert_eq!(elsewhere(&["Utc::now", "Local::now", "SystemTime::now"], &["platform"]), [""; 0]);
}

#[test]
fn the_converter_uses_neither_runtime_nor_network_nor_store() {
    for source in sources().iter().filter(|source| source.is_below("convert/")) {
        for word in ["tokio", "reqwest", "rusqlite", "crate::store", "crate::api", "crate::platform"] {
            assert!(!source.code.contains(word), "src/{} uses {word}", source.path);
        }
    }
}

#[test]
fn the_models_read_neither_files_nor_the_environment() {
    let reading: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.is_below("models/") && source.path != "models/typescript.rs")
        .filter(|source| source.code.contains("std::fs") || source.code.contains("std::env"))
        .map(|source| source.path)
        .collect();
    assert_eq!(reading, [""; 0]);
}

#[test]
fn whole_files_are_written_in_one_place() {
    let words = ["fs::write(", "tempfile::", "NamedTempFile", "fs::rename(", "persist("];
    let places = [
        "platform/file.rs",
        // Whether a folder can be written.
        "engine/doctor/machine.rs",
        "engine/pairing/save.rs",
        // A failed installation gets its files back in place, with their owners.
        "service/plan.rs",
        // A note beside a lock, and a damaged database that is set aside.
        "platform/lock.rs",
        "store/open.rs",
        "models/typescript.rs",
    ];
    let mut found = elsewhere(&words, &places);
    found.retain(|found| !found.contains("/tests.rs"));
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_module_with_children_stands_in_its_folder() {
    let sources = sources();
    let paths: BTreeSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let beside: Vec<&&str> = paths
        .iter()
        .filter(|path| {
            path.strip_suffix(".rs").is_some_and(|stem| {
                paths.iter().any(|other| other.strip_prefix(stem).is_some_and(|rest| rest.starts_with('/')))
            })
        })
        .collect();
    assert_eq!(beside, [&"auth/device_flow.rs"], "whose place the specification fixes");
}

#[test]
fn the_engine_does_not_depend_on_a_window_library() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "data_exporter",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--offline",
            "--locked",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8_lossy(&output.stdout);
    assert!(tree.contains("rusqlite"), "the output is a dependency tree");
    let windows: Vec<&str> = tree
        .lines()
        .filter(|line| ["tauri", "wry", "gtk", "webkit", "tao "].iter().any(|name| line.starts_with(name)))
        .collect();
    assert_eq!(windows, [""; 0]);
}
