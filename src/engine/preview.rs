//! Converts the first rows of a table ([`rows_of`]), so that a person can choose the code page; [`preview`] does so for a
//! table of the source folder.

use std::cmp::Reverse;
use std::fs;
use std::io;
use std::path::PathBuf;

use crate::config::Config;
use crate::convert::codepage::{self, Page};
use crate::convert::{self, PartSink, Rules, TablePaths, TableReport};
use crate::error::{Code, Error, Result};
use crate::models::preview::{Preview, PreviewRequest};
use crate::source::scan::{self, FoundTable};

/// The number of rows in a preview.
const ROWS: u64 = 20;
/// The number of tables that are tried for the one that shows most.
const TRIED: usize = 8;
/// The longest cell of a preview, in characters.
const WIDEST: usize = 200;

/// Converts the first `limit` rows of a table; `source` is the name that the globs of the configuration match.
///
/// # Errors
/// When the table cannot be read or converted.
pub fn rows_of(
    paths: &TablePaths,
    source: &str,
    limit: u64,
    page: Option<Page>,
    config: &Config,
) -> Result<(TableReport, Vec<Vec<String>>)> {
    let mut settings = Rules::new(config)?.settings_for(source);
    settings.gzip_level = None;
    settings.row_limit = Some(limit);
    settings.encoding = page.or(settings.encoding);
    let mut csv = Memory::default();
    let report = convert::table(paths, &settings, &mut csv)?;
    Ok((report, records(&csv.0)?))
}

/// Returns the first rows of a table of the source folder.
///
/// # Errors
/// When there is no such table, it cannot be converted, or the code page is unknown.
pub fn preview(config: &Config, request: &PreviewRequest) -> Result<Preview> {
    let mut config = config.clone();
    if let Some(folder) = &request.source_dir {
        config.src.source_dir = Some(PathBuf::from(folder));
    }
    let page = request.encoding.as_deref().map(known).transpose()?;
    let found = find(&config, request.source.as_deref())?;
    let (source, (report, mut rows)) = match found {
        Found::Named(FoundTable { source, paths }) => {
            let shown = rows_of(&paths, &source, ROWS, page, &config)?;
            (source, shown)
        }
        Found::Any(tables) => best(tables, page.as_ref(), &config)?,
    };
    for cell in rows.iter_mut().flatten() {
        if let Some((end, _)) = cell.char_indices().nth(WIDEST) {
            cell.truncate(end);
            cell.push('…');
        }
    }
    Ok(Preview {
        source,
        dialect: report.format.to_string(),
        encoding: report.encoding.to_string(),
        encoding_source: report.encoding_source,
        rows_in_header: report.rows.header,
        columns: report.columns,
        rows,
        warnings: report.warnings,
    })
}

/// What a request asks for.
enum Found {
    /// The table with the requested name.
    Named(FoundTable),
    /// All tables, of which there is at least one.
    Any(Vec<FoundTable>),
}

/// Returns a table by its name relative to the folder, or all; a path that the scan does not find is never opened.
fn find(config: &Config, source: Option<&str>) -> Result<Found> {
    let tables = scan::scan(&config.src)?.tables;
    let folder = config.src.source_dir.clone().unwrap_or_default();
    let missing = |message: String| {
        Error::new(Code::FileUnreadable, message)
            .hint("choose another folder or change the include and exclude patterns")
            .path(&folder)
    };
    match source {
        None if tables.is_empty() => Err(missing(format!("there are no tables in `{}`", folder.display()))),
        None => Ok(Found::Any(tables)),
        Some(source) => tables
            .into_iter()
            .find(|table| table.source == source)
            .map(Found::Named)
            .ok_or_else(|| missing(format!("there is no table `{source}` in `{}`", folder.display()))),
    }
}

/// The first rows of a table, with its name.
type Shown = (String, (TableReport, Vec<Vec<String>>));

/// Returns the table that shows most of the largest ones: text beyond ASCII, which depends on the code page, then filled
/// cells.
///
/// # Errors
/// When none of them can be converted: the error of the largest.
fn best(mut tables: Vec<FoundTable>, page: Option<&Page>, config: &Config) -> Result<Shown> {
    let size = |table: &FoundTable| fs::metadata(&table.paths.table).map_or(0, |metadata| metadata.len());
    tables.sort_by_cached_key(|table| Reverse(size(table)));
    let mut best: Option<(Shown, (usize, usize))> = None;
    let mut failed = None;
    for FoundTable { source, paths } in tables.into_iter().take(TRIED) {
        match rows_of(&paths, &source, ROWS, page.cloned(), config) {
            Ok((report, rows)) => {
                let shows = worth(&rows);
                if best.as_ref().is_none_or(|(_, most)| shows > *most) {
                    best = Some(((source, (report, rows)), shows));
                }
            }
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    match (best, failed) {
        (Some((shown, _)), _) => Ok(shown),
        (None, Some(error)) => Err(error),
        (None, None) => Err(Error::new(Code::FileUnreadable, "there are no tables")),
    }
}

/// Returns the number of cells with text beyond ASCII, and of filled cells.
fn worth(rows: &[Vec<String>]) -> (usize, usize) {
    let cells = || rows.iter().flatten();
    (cells().filter(|cell| !cell.is_ascii()).count(), cells().filter(|cell| !cell.is_empty()).count())
}

fn known(name: &str) -> Result<Page> {
    codepage::find(name).ok_or_else(|| {
        Error::new(Code::ConfigError, format!("`{name}` is not a known code page"))
            .hint("use a name such as CP866, windows-1251, windows-1255 or UTF-8")
    })
}

/// Parses CSV written by this program, without its header row.
fn records(csv: &[u8]) -> Result<Vec<Vec<String>>> {
    csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(csv)
        .into_records()
        .map(|record| record.map(|record| record.iter().map(str::to_owned).collect()))
        .collect::<Result<_, _>>()
        .map_err(|error| Error::new(Code::UnknownError, format!("the preview is not valid CSV: {error}")))
}

#[derive(Default)]
struct Memory(Vec<u8>);

impl PartSink for Memory {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}
