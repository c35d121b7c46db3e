//! The folder of tables: whether it can be looked through, how many tables it holds, and which of them cannot be opened.

use std::fs;
use std::io::Read as _;
use std::time::{Duration, Instant};

use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::convert::TablePaths;
use crate::error::Error;
use crate::export::scan::{self, FoundTable};
use crate::text::counted;

/// How long tables are opened one after the other.
const TIME: Duration = Duration::from_secs(10);
/// How many names a sentence holds.
pub(super) const NAMED: usize = 3;
/// How many names the facts hold.
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
    let opened = open_all(&scan.tables);
    let check = if let Some(first) = opened.shut.first() {
        let names: Vec<&str> = opened.shut.iter().map(|(name, _)| name.as_str()).collect();
        Check::warning(
            NAME,
            format!(
                "{} of {} in `{shown}` cannot be opened: {}; the first: {}",
                names.len(),
                found,
                some(&names),
                first.1.message
            ),
            "look which program keeps them open, and whether this account may read them",
        )
    } else if partial {
        let finding = scan.findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
        Check::warning(
            NAME,
            format!("{found} in `{shown}`, but a part of it cannot be looked through: {finding}"),
            "let the account that runs the program read the whole folder",
        )
    } else if tables == 0 {
        Check::warning(
            NAME,
            format!("`{shown}` holds no table that `[src] include_patterns` and `exclude_patterns` take"),
            "check the folder and the patterns",
        )
    } else if opened.tried < tables {
        Check::ok(NAME, format!("{found} in `{shown}`; the first {} can be opened", opened.tried))
    } else {
        Check::ok(NAME, format!("{found} in `{shown}`, and each can be opened"))
    };
    let shut: Vec<&str> = opened.shut.iter().take(LISTED).map(|(name, _)| name.as_str()).collect();
    check.detail("folder", shown.to_string()).detail("tables", tables).detail("cannot_be_opened", shut)
}

/// The first of some names.
pub(super) fn some(names: &[&str]) -> String {
    let first: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

struct Opened {
    tried: usize,
    shut: Vec<(String, Error)>,
}

fn open_all(tables: &[FoundTable]) -> Opened {
    let begun = Instant::now();
    let mut opened = Opened { tried: 0, shut: Vec::new() };
    for table in tables {
        if begun.elapsed() > TIME {
            break;
        }
        opened.tried += 1;
        // Another program's lock on Windows is felt by the first byte, not always by opening.
        let read = TablePaths::open(&table.paths.table).and_then(|mut file: fs::File| file.read(&mut [0]));
        if let Err(error) = read {
            opened.shut.push((table.source.clone(), Error::io("cannot read", &table.paths.table, &error)));
        }
    }
    opened
}
