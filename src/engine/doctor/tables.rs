//! Checks the source folder: whether it can be scanned, how many tables it contains, and the header of which cannot be
//! read.

use std::time::{Duration, Instant};

use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::config::Config;
use crate::convert::{self, Rules, TablePaths};
use crate::error::{Error, Result};
use crate::export::CountingSink;
use crate::source::scan::{self, FoundTable};
use crate::text::counted;

/// The time limit for reading tables.
const TIME: Duration = Duration::from_secs(10);
/// The number of names in a sentence.
pub(super) const NAMED: usize = 3;
/// The number of names in the details.
pub(super) const LISTED: usize = 200;

pub(super) fn check(context: &DoctorContext) -> Check {
    const NAME: &str = "source_folder";
    let Some(config) = context.config() else { return Check::skipped(NAME, NO_CONFIGURATION) };
    let scan = match scan::scan(&config.src) {
        Ok(scan) => scan,
        Err(error) => return Check::failed(NAME, &error.into()),
    };
    let folder = config.src.source_dir.clone().unwrap_or_default();
    let shown = folder.display();
    let (tables, partial) = (scan.tables.len(), scan.is_partial());
    let found = counted(tables as u64, "table");
    let opened = match read_all(&scan.tables, config) {
        Ok(opened) => opened,
        Err(error) => return Check::failed(NAME, &error),
    };
    let check = if let Some(first) = opened.unreadable.first() {
        let names: Vec<&str> = opened.unreadable.iter().map(|(name, _)| name.as_str()).collect();
        Check::warning(
            NAME,
            format!(
                "{} of {} in `{shown}` cannot be read: {}; the first: {}",
                names.len(),
                found,
                some(&names),
                first.1.message
            ),
            "check that they are tables, which program has them open, and that this account can read them",
        )
    } else if partial {
        let finding = scan.findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        Check::warning(
            NAME,
            format!("{found} in `{shown}`, but part of it cannot be scanned: {finding}"),
            "give the account of the program read access to the whole folder",
        )
    } else if tables == 0 {
        Check::warning(
            NAME,
            format!(
                "`{shown}` contains no table that matches `[src] include_patterns` and `exclude_patterns`"
            ),
            "check the folder and the patterns",
        )
    } else if opened.tried < tables {
        Check::ok(
            NAME,
            format!("{found} in `{shown}`; the headers of the first {} can be read", opened.tried),
        )
    } else {
        Check::ok(NAME, format!("{found} in `{shown}`; all headers can be read"))
    };
    let unreadable: Vec<&str> =
        opened.unreadable.iter().take(LISTED).map(|(name, _)| name.as_str()).collect();
    check.detail("folder", shown.to_string()).detail("tables", tables).detail("cannot_be_opened", unreadable)
}

/// Joins the first names.
pub(super) fn some(names: &[&str]) -> String {
    let first: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

struct Opened {
    tried: usize,
    unreadable: Vec<(String, Error)>,
}

/// Reads the header of every table, as an export would.
fn read_all(tables: &[FoundTable], config: &Config) -> Result<Opened> {
    let rules = Rules::new(config)?;
    let begun = Instant::now();
    let mut opened = Opened { tried: 0, unreadable: Vec::new() };
    for table in tables {
        if begun.elapsed() > TIME {
            break;
        }
        opened.tried += 1;
        let mut settings = rules.settings_for(&table.source);
        (settings.gzip_level, settings.row_limit) = (None, Some(0));
        let without_memo = TablePaths { memo: None, ..table.paths.clone() };
        if let Err(error) = convert::table(&without_memo, &settings, &mut CountingSink::default()) {
            opened.unreadable.push((table.source.clone(), error.into()));
        }
    }
    Ok(opened)
}
