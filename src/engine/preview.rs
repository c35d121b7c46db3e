//! Converts the first rows of a table ([`rows_of`]), so that a person can choose the code page; [`preview`] does so for a
//! table of the source folder.

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
    let FoundTable { source, paths } = find(&config, request.source.as_deref())?;
    let (report, mut rows) = rows_of(&paths, &source, ROWS, page, &config)?;
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

/// Returns a table by its name relative to the folder, or the first; a path that the scan does not find is never opened.
fn find(config: &Config, source: Option<&str>) -> Result<FoundTable> {
    let tables = scan::scan(&config.src)?.tables;
    let folder = config.src.source_dir.clone().unwrap_or_default();
    let missing = |message: String| {
        Error::new(Code::FileUnreadable, message)
            .hint("choose another folder or change the include and exclude patterns")
            .path(&folder)
    };
    match source {
        None => tables
            .into_iter()
            .next()
            .ok_or_else(|| missing(format!("there are no tables in `{}`", folder.display()))),
        Some(source) => tables
            .into_iter()
            .find(|table| table.source == source)
            .ok_or_else(|| missing(format!("there is no table `{source}` in `{}`", folder.display()))),
    }
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
