//! `preview`: the first rows of a table with the code page in use, so that a person can check it.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCandidates;
use serde_json::json;

use super::convert::page;
use super::{CliContext, Exit, completions};
use crate::convert::codepage::Page;
use crate::convert::{TablePaths, TableReport};
use crate::engine::preview::rows_of;
use crate::error::{Error, Result};
use crate::text::{Column, Layout, Side, Table, counted, history, word};

/// Maximum length of a cell, in characters.
const WIDEST: usize = 40;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Table to show
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Number of rows to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    rows: u64,
    /// Use this code page, whatever the table says
    #[arg(long, value_name = "PAGE", value_parser = page, add = ArgValueCandidates::new(completions::pages))]
    encoding: Option<Page>,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let name = arguments.file.file_name().unwrap_or_default().to_string_lossy();
    let config = context.config()?.config;
    let paths = TablePaths::find(&arguments.file)
        .map_err(|error| Error::io("cannot look for the files beside", &arguments.file, &error))?;
    let (report, rows) = rows_of(&paths, &name, arguments.rows, arguments.encoding.clone(), &config)?;

    if context.json() {
        context.screen.json(&json!({
            "source": arguments.file.display().to_string(),
            "dialect": report.format,
            "encoding": report.encoding,
            "encoding_source": report.encoding_source,
            "rows_in_header": report.rows.header,
            "columns": report.columns,
            "rows": rows,
            "warnings": report.warnings,
            "notes": report.notes,
        }));
    } else {
        context.screen.result(&text(&report, &rows));
        let words = context.words();
        for finding in report.warnings.iter().take(history::WARNINGS) {
            context.screen.warning(&history::finding(finding, words));
            for sample in finding.samples.iter().filter(|_| context.screen.shows_values()) {
                context.screen.note(&history::sample(sample, words));
            }
        }
        if let Some(more) = history::more_warnings(report.warnings.len(), words) {
            context.screen.warning(&more);
        }
    }
    Ok(if report.warnings.is_empty() { Exit::DONE } else { Exit::WITH_WARNINGS })
}

fn text(report: &TableReport, rows: &[Vec<String>]) -> String {
    let mut table = Table::new(report.columns.iter().map(|name| Column::new(name, Side::Left)));
    for row in rows {
        table.row(row.iter().map(|cell| shortened(cell).into()));
    }
    let table = table.styled(Layout::WIDE);
    format!(
        "{}, {}, code page {} ({})\n\n{table}",
        report.format,
        counted(report.rows.header, "row"),
        report.encoding,
        word(&report.encoding_source),
    )
}

fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}
