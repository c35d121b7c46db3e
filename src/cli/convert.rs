//! `convert`: converts tables to CSV files, without a server or a pairing.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCandidates;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{CliContext, Exit, completions, interrupt};
use crate::config::{Binary, Deleted, FollowLinks, SourceConfig};
use crate::convert::codepage::{self, Page};
use crate::convert::{self, ConvertSettings, PartSink, Rules, Siblings};
use crate::error::{Code, Error, Result};
use crate::models::export::FileReport;
use crate::platform::file::{NewFile, Readers};
use crate::source::names::{WireName, name_tables};
use crate::source::report::{file_report, refused_report};
use crate::source::scan::{FoundTable, scan};
use crate::source::shadow_copies::ShadowCopies;
use crate::source::stable_read::{ReadError, stable};
use crate::text::history::{self, sentence};
use crate::text::{bytes, one_line};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Tables, or folders with `*.dbf` files
    #[arg(required = true, value_name = "FILE|FOLDER")]
    inputs: Vec<PathBuf>,
    /// Write CSV files to this folder; `-`, or a single FILE without it, writes to standard output
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Leave CSV files that exist as they are, instead of replacing them
    #[arg(long, requires = "output")]
    no_clobber: bool,
    /// Compress with gzip
    #[arg(long)]
    gzip: bool,
    /// gzip level, from 1 (fastest) to 9 (smallest)
    #[arg(long, value_name = "N", requires = "gzip", value_parser = clap::value_parser!(u8).range(1..=9))]
    level: Option<u8>,
    /// Use this code page for all tables
    #[arg(long, value_name = "PAGE", value_parser = page, add = ArgValueCandidates::new(completions::pages))]
    encoding: Option<Page>,
    /// Skip deleted rows, or add a `_deleted` column
    #[arg(long, value_name = "MODE")]
    deleted: Option<DeletedFlag>,
    /// Leave binary values empty, or write them as base64
    #[arg(long, value_name = "MODE")]
    binary: Option<BinaryFlag>,
}

impl Arguments {
    /// Returns the output folder; none for standard output.
    fn folder(&self) -> Option<&Path> {
        self.output.as_deref().filter(|folder| *folder != Path::new("-"))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DeletedFlag {
    Skip,
    Column,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BinaryFlag {
    Omit,
    Base64,
}

/// Parses the value of `--encoding`.
pub(super) fn page(name: &str) -> std::result::Result<Page, String> {
    codepage::find(name).ok_or_else(|| {
        "unknown code page; use one such as CP866, CP1251, windows-1255, ISO-8859-8, KOI8-R or UTF-8"
            .to_owned()
    })
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let to_stdout = arguments.folder().is_none();
    if to_stdout && (arguments.inputs.len() > 1 || arguments.inputs[0].is_dir() || context.json()) {
        return Err(Error::new(Code::Usage, "an output folder is required").hint(
            "add `--output DIR`; only a single table without `--json` can be written to standard output",
        ));
    }
    let rules = Rules::new(&context.config()?.config)?;
    let mut partial = false;
    let tables = find(&arguments.inputs, &mut |finding| {
        partial |= finding.severity > crate::models::ErrorSeverity::Info;
        context.screen.error(finding);
    })?;
    if let Some(folder) = arguments.folder() {
        fs::create_dir_all(folder).map_err(|error| Error::io("cannot create the folder", folder, &error))?;
    }

    let work = ConvertJob {
        arguments,
        context,
        rules,
        shadow_copies: ShadowCopies::here(),
        stop: interrupt::token(),
    };
    let names = name_tables(tables.iter().map(|(name, _)| name.as_str()));
    let mut reports = Vec::with_capacity(tables.len());
    for ((wire, found), name) in tables.iter().zip(&names) {
        let report = match work.table(wire, found, name) {
            Ok(report) => report,
            // A full disk or a signal stops every table, not only one.
            Err(error) if matches!(error.code, Code::DiskFull | Code::Cancelled) => return Err(error),
            Err(error) => {
                context.screen.error(&error);
                refused_report(&found.source, name, &error)
            }
        };
        work.show(&report);
        reports.push(report);
    }
    Ok(finish(context, to_stdout, partial, &reports))
}

/// Returns the tables of the inputs, each with the path relative to its folder, from which its upload name is derived.
fn find(inputs: &[PathBuf], tell: &mut dyn FnMut(&Error)) -> Result<Vec<(String, FoundTable)>> {
    let mut tables = Vec::new();
    let mut folders: BTreeMap<PathBuf, Siblings> = BTreeMap::new();
    for input in inputs {
        if input.is_dir() {
            let found = scan(&SourceConfig {
                source_dir: Some(input.clone()),
                // The person names the folder, and nothing is sent.
                follow_links: FollowLinks::Anywhere,
                ..SourceConfig::default()
            })?;
            found.findings.iter().for_each(&mut *tell);
            tables.extend(found.tables.into_iter().map(|table| {
                let source = table.paths.table.display().to_string();
                (table.source, FoundTable { source, paths: table.paths })
            }));
        } else {
            let folder = match input.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
                _ => PathBuf::from("."),
            };
            // A folder that cannot be listed counts as an unreadable table and is reported as such.
            let siblings =
                folders.entry(folder).or_insert_with_key(|path| Siblings::read(path).unwrap_or_default());
            let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
            tables.push((
                name,
                FoundTable { source: input.display().to_string(), paths: siblings.paths_for(input) },
            ));
        }
    }
    Ok(tables)
}

struct ConvertJob<'a> {
    arguments: &'a Arguments,
    context: &'a CliContext,
    rules: Rules,
    shadow_copies: ShadowCopies,
    stop: CancellationToken,
}

impl ConvertJob<'_> {
    fn settings(&self, path: &str) -> ConvertSettings {
        let mut settings = self.rules.settings_for(path);
        let flags = self.arguments;
        let level = flags.level.or(settings.gzip_level);
        settings.gzip_level = level.filter(|_| flags.gzip);
        if let Some(page) = &flags.encoding {
            settings.encoding = Some(page.clone());
        }
        match flags.deleted {
            Some(DeletedFlag::Skip) => settings.deleted = Deleted::Skip,
            Some(DeletedFlag::Column) => settings.deleted = Deleted::Column,
            None => {}
        }
        match flags.binary {
            Some(BinaryFlag::Omit) => settings.binary = Binary::Omit,
            Some(BinaryFlag::Base64) => settings.binary = Binary::Base64,
            None => {}
        }
        settings
    }

    /// Returns the path of a table's CSV; none for standard output.
    fn target(&self, name: &WireName) -> Option<PathBuf> {
        let name = name.whole();
        let name = if self.arguments.gzip { &name } else { name.trim_end_matches(".gz") };
        Some(self.arguments.folder()?.join(name))
    }

    /// Refuses to replace a CSV where that is not wanted.
    fn check_target(&self, name: &WireName) -> Result<()> {
        match self.target(name).filter(|path| self.arguments.no_clobber && path.exists()) {
            None => Ok(()),
            Some(path) => Err(Error::new(Code::FileUnreadable, format!("`{}` exists", path.display()))
                .hint("omit `--no-clobber` to replace it")
                .path(path)),
        }
    }

    fn table(&self, wire: &str, found: &FoundTable, name: &WireName) -> Result<FileReport> {
        self.check_target(name)?;
        let settings = self.settings(wire);
        let reading = stable(&found.paths, &self.shadow_copies, &self.stop, |paths| {
            let mut output = Output::begin(self.arguments.folder(), self.context.json(), &self.stop)
                .map_err(ReadError::Output)?;
            let report = convert::table(paths, &settings, &mut output).map_err(ReadError::Convert)?;
            Ok((report, output))
        })?;
        let (report, output) = reading.value;
        let mut made = file_report(&found.source, name, report);
        made.notes.extend(reading.note);
        made.bytes_out = output.bytes;
        made.sha256 = output.digest.clone().map(|digest| format!("{:x}", digest.finalize()));
        if let Some(path) = self.target(name) {
            output.file.commit(&path).map_err(|error| Error::io("cannot write", &path, &error))?;
            made.output = Some(path.display().to_string());
        } else {
            match output.copy(|bytes| self.context.screen.bytes(bytes)) {
                // A reader that stops early (`| head`) is not a failure.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                copied => {
                    copied.map_err(|error| Error::io("cannot write", "standard output", &error))?;
                }
            }
        }
        Ok(made)
    }

    /// Shows the report of a table; the values themselves only on a terminal.
    fn show(&self, report: &FileReport) {
        let (screen, words) = (&self.context.screen, self.context.words());
        if let (Some(output), Some(dialect), Some(page)) = (&report.output, &report.dialect, &report.encoding)
        {
            screen.result(&format!(
                "{} -> {}: {}, {} ({dialect}, {page})",
                one_line(&report.source),
                one_line(output),
                (words.rows)(report.rows.written),
                bytes(report.bytes_out),
            ));
        }
        for finding in report.warnings.iter().take(history::WARNINGS) {
            screen.warning(&sentence(report, finding, words));
            if screen.shows_values() {
                for sample in &finding.samples {
                    screen.note(&history::sample(sample, words));
                }
            }
        }
        if let Some(more) = history::more_warnings(report.warnings.len(), words) {
            screen.warning(&format!("{}: {more}", one_line(&report.source)));
        }
        for finding in &report.notes {
            screen.remark(&sentence(report, finding, words));
        }
    }
}

fn finish(context: &CliContext, to_stdout: bool, partial: bool, reports: &[FileReport]) -> Exit {
    let refused = reports.iter().filter(|report| report.error.is_some()).count();
    let warned = partial || reports.iter().any(|report| !report.warnings.is_empty());
    let rows: u64 = reports.iter().map(|report| report.rows.written).sum();
    let converted = reports.len() - refused;
    if context.json() {
        context.screen.json(&json!({
            "files": reports,
            "summary": {
                "files": reports.len(), "converted": converted, "refused": refused, "rows_written": rows,
            },
        }));
    } else if !to_stdout {
        // Far above by now, where there were many tables.
        if refused > 0 && reports.len() > LISTED {
            let refused = reports.iter().filter(|report| report.error.is_some());
            let names: Vec<String> = refused.map(|report| one_line(&report.source)).collect();
            context.screen.result(&(context.words().refused)(&names.join("\n  ")));
        }
        context.screen.result(&(context.words().converted)(converted as u64, rows, refused as u64));
    }
    match (refused, converted) {
        (1.., 0) => Exit(Code::FileDamaged.exit_code()),
        (0, _) if !warned => Exit::DONE,
        _ => Exit::WITH_WARNINGS,
    }
}

/// More tables than this are not in sight at the end.
const LISTED: usize = 10;

/// A CSV under a temporary name in its target folder.
struct Output {
    file: NewFile,
    bytes: u64,
    digest: Option<Sha256>,
    stop: CancellationToken,
}

impl Output {
    fn begin(folder: Option<&Path>, digest: bool, stop: &CancellationToken) -> io::Result<Self> {
        let file = match folder {
            // The person's own file, with the permissions of the person's other files.
            Some(folder) => NewFile::begin(folder, Readers::Usual)?,
            None => NewFile::begin(&std::env::temp_dir(), Readers::Owner)?,
        };
        Ok(Self { file, bytes: 0, digest: digest.then(Sha256::new), stop: stop.clone() })
    }

    fn copy(mut self, mut write: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let file = self.file.file();
        file.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 128 << 10];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(()),
                count => write(&buffer[..count])?,
            }
        }
    }
}

impl PartSink for Output {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.stop.is_cancelled() {
            return Err(io::Error::other(Error::stopped()));
        }
        self.file.file().write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        if let Some(digest) = &mut self.digest {
            digest.update(bytes);
        }
        Ok(())
    }
}
