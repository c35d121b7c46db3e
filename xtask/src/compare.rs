//! `cargo xtask compare-corpus`: exports every table of the corpus with the real command and compares every value with
//! independent readers. Each difference must be listed in `xtask/compare/explained.toml`, and each entry must apply.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;

use crate::Done;
use crate::needs;
use crate::place::Place;
use crate::run;
use crate::setup;

/// The output of compare.py.
#[derive(Deserialize)]
struct Comparison {
    files: Vec<Compared>,
    differences: Vec<Difference>,
}

#[derive(Deserialize)]
struct Compared {
    file: String,
    refused: Option<String>,
    rows: u64,
    /// The number of values that each reader returned.
    values: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Difference {
    #[serde(flatten)]
    place: Where,
    ours: String,
    theirs: String,
}

/// Identifies a difference.
#[derive(Deserialize)]
struct Where {
    file: String,
    reader: String,
    column: String,
    /// Ranges such as `1-3,7`; `0` is the heading, `*` the table.
    rows: String,
}

#[derive(Deserialize)]
struct Explained {
    #[serde(default)]
    difference: Vec<Explanation>,
}

/// An explanation; it covers several columns where the same happens in the same rows.
#[derive(Deserialize)]
struct Explanation {
    file: String,
    reader: String,
    columns: Vec<String>,
    rows: String,
    reason: String,
}

impl Explanation {
    fn applies_to(&self, place: &Where, column: &str) -> bool {
        self.file == place.file
            && self.reader == place.reader
            && self.rows == place.rows
            && column == place.column
    }

    fn covers(&self, place: &Where) -> bool {
        self.columns.iter().any(|column| self.applies_to(place, column))
    }
}

/// Runs the comparison; succeeds with a notice without a corpus.
pub fn run() -> Done {
    let place = Place::find()?;
    let Some(corpus) = place.corpus() else {
        println!("SKIPPED compare-corpus: there is no `../shared/corpus/dbf` beside the project");
        return Ok(());
    };
    setup::packages(&[needs::PYTHON], false)?;
    let python = setup::python(&place)?;
    run::capture(run::command(run::cargo(), &place.root).args([
        "build",
        "--quiet",
        "--bin",
        "data_exporter",
    ]))?;
    let folder = place.fresh("compare-corpus")?;

    let (tables, oddities) = files(&corpus)?;
    let report = folder.join("convert.json");
    fs::write(&report, convert(&place, &folder, &tables)?)?;
    for oddity in &oddities {
        convert(&place, &folder, std::slice::from_ref(oddity))?;
    }
    println!("{} tables converted; {} malformed files did no harm", tables.len(), oddities.len());

    let script = place.root.join("xtask/compare/compare.py");
    let answer = run::capture(run::command(&python, &place.root).arg(&script).arg(&corpus).arg(&report))?;
    let comparison: Comparison = serde_json::from_str(&answer)?;
    let list = place.root.join("xtask/compare/explained.toml");
    let explained: Explained = toml::from_str(&fs::read_to_string(&list)?)?;
    judge(&comparison, &explained.difference)
}

/// The tables, and the files that made other readers crash.
fn files(corpus: &Path) -> Done<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut tables, mut oddities, mut folders) = (Vec::new(), Vec::new(), vec![corpus.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
            match ending.as_ref().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => folders.push(path),
                Some("dbf") => tables.push(path),
                Some("bin") => oddities.push(path),
                _ => {}
            }
        }
    }
    tables.sort();
    oddities.sort();
    Ok((tables, oddities))
}

/// Runs the real command; it may refuse tables and values, but must end and print JSON.
fn convert(place: &Place, folder: &Path, tables: &[PathBuf]) -> Done<Vec<u8>> {
    let output = run::command(place.program("debug", "data_exporter"), &place.root)
        .arg("convert")
        .args(tables)
        .arg("--output")
        .arg(folder.join("csv"))
        .args(["--json", "--binary", "base64", "--deleted", "column"])
        .env("DATA_EXPORTER_HOME", folder.join("home"))
        .stdin(Stdio::null())
        .output()?;
    let sound = serde_json::from_slice::<serde_json::Value>(&output.stdout)
        .is_ok_and(|answer| answer.get("files").is_some_and(serde_json::Value::is_array));
    if sound && matches!(output.status.code(), Some(0 | 1 | 3)) {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!("`data_exporter convert` of {} files ended with {}\n{words}", tables.len(), output.status)
        .into())
}

fn judge(comparison: &Comparison, explained: &[Explanation]) -> Done {
    for file in &comparison.files {
        let values: Vec<String> =
            file.values.iter().map(|(reader, values)| format!("{reader} {values}")).collect();
        let what = file.refused.as_ref().map_or_else(|| values.join(", "), |why| format!("refused: {why}"));
        println!("{:50} {:6} rows  {what}", file.file, file.rows);
    }
    let reason = |place: &Where| explained.iter().find(|entry| entry.covers(place));
    let mut open = 0;
    println!("\ndifferences:");
    for Difference { place, ours, theirs } in &comparison.differences {
        let Where { file, reader, column, rows } = place;
        println!("{file} · {column} · rows {rows}\n    ours {ours}\n    {reader} {theirs}");
        if let Some(entry) = reason(place) {
            println!("    explained: {}", entry.reason);
        } else {
            open += 1;
            println!("    NOT EXPLAINED");
        }
    }
    let mut stale = 0;
    for entry in explained {
        for column in &entry.columns {
            let applies = |difference: &Difference| entry.applies_to(&difference.place, column);
            if !comparison.differences.iter().any(applies) {
                stale += 1;
                let Explanation { file, reader, rows, .. } = entry;
                println!("NO LONGER APPLIES: {file} · {column} · rows {rows} · {reader}");
            }
        }
    }
    let values: u64 = comparison.files.iter().flat_map(|file| file.values.values()).sum();
    println!(
        "\n{} tables, {values} values compared, {} differences, {open} not explained, {} explanations stale",
        comparison.files.len(),
        comparison.differences.len(),
        stale
    );
    if open == 0 && stale == 0 {
        Ok(())
    } else {
        Err("the comparison and `xtask/compare/explained.toml` do not agree".into())
    }
}
