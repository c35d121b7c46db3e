//! Checks the code page of each table. Warns about a table with non-ASCII text that names no code page, one that names
//! two, and one with bytes that its code page does not define. Converts a sample of each table; no value leaves this module.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::tables::{LISTED, some};
use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::config::Config;
use crate::convert::dbf::header::Header;
use crate::convert::{self, PartSink, Rules, TablePaths, TableReport, codepage};
use crate::error::Result;
use crate::models::export::{EncodingSource, Finding};
use crate::source::scan;
use crate::text::counted;

const NAME: &str = "code_pages";
/// The time limit for sampling tables.
const TIME: Duration = Duration::from_secs(15);
/// The number of rows in a sample.
const ROWS: u64 = 500;
/// The number of bytes read to find the code pages that a header names.
const HEADER: u64 = 64 * 1024;

pub(super) fn check(context: &DoctorContext) -> Check {
    let Some(config) = context.config() else { return Check::skipped(NAME, NO_CONFIGURATION) };
    match samples(config) {
        Ok(samples) => check_samples(&samples, config),
        Err(error) => Check::skipped(NAME, format!("no table could be read: {}", error.message)),
    }
}

/// The facts about one table.
struct CodePageSample {
    source: String,
    page: &'static str,
    from: EncodingSource,
    /// The code pages that the table itself names.
    named: Vec<String>,
    /// Whether the text is not only ASCII, so that the code page matters.
    national: bool,
    /// Whether the code page does not define some bytes.
    undefined: bool,
}

fn samples(config: &Config) -> Result<Vec<CodePageSample>> {
    let rules = Rules::new(config)?;
    let begun = Instant::now();
    let tables = scan::scan(&config.src)?.tables;
    // An export reports files that are not tables.
    Ok(tables
        .iter()
        .take_while(|_| begun.elapsed() < TIME)
        .filter_map(|table| sample(&table.source, &table.paths, &rules).ok())
        .collect())
}

fn sample(source: &str, paths: &TablePaths, rules: &Rules) -> Result<CodePageSample> {
    let mut settings = rules.settings_for(source);
    settings.gzip_level = None;
    settings.row_limit = Some(ROWS);
    // Memos are slow to find and say nothing more about the code page than the rows.
    let without_memo = TablePaths { memo: None, ..paths.clone() };
    let mut letters = Letters(false);
    let report = convert::table(&without_memo, &settings, &mut letters)?;
    Ok(CodePageSample {
        source: source.to_owned(),
        page: report.encoding,
        from: report.encoding_source,
        named: named(paths).unwrap_or_default(),
        national: letters.0,
        undefined: has_undefined(&report),
    })
}

fn has_undefined(report: &TableReport) -> bool {
    use convert::FindingCode::{NameUndecodable, TextUndecodable};
    let code = |finding: &Finding| convert::FindingCode::parse(&finding.code);
    report.warnings.iter().any(|finding| matches!(code(finding), Some(NameUndecodable | TextUndecodable)))
}

/// Returns the code pages that a table's header and its `.cpg` file name.
fn named(paths: &TablePaths) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    paths.open(&paths.table)?.take(HEADER).read_to_end(&mut bytes)?;
    let mut cpg = Vec::new();
    if let Some(path) = &paths.cpg {
        paths.open(path)?.take(HEADER).read_to_end(&mut cpg)?;
    }
    let in_cpg = match codepage::for_cpg(&cpg) {
        codepage::Cpg::Page(page) => Some(page),
        codepage::Cpg::Unknown(_) => None,
    };
    let header = Header::parse(&bytes).ok();
    // 0x57 means "the ANSI code page of Windows", which names no code page.
    let ldid = header.as_ref().map(|header| header.ldid).filter(|ldid| !matches!(ldid, 0 | 0x57));
    let mut pages: Vec<String> = [
        in_cpg,
        ldid.and_then(codepage::for_ldid),
        header.as_ref().and_then(|header| codepage::for_driver(header.driver.as_deref()?)),
    ]
    .into_iter()
    .flatten()
    .map(|page| page.name().to_owned())
    .collect();
    pages.sort_unstable();
    pages.dedup();
    Ok(pages)
}

fn check_samples(samples: &[CodePageSample], config: &Config) -> Check {
    let default = &config.encoding.dbf_encoding;
    let those = |doubtful: &dyn Fn(&CodePageSample) -> bool| -> Vec<&str> {
        samples.iter().filter(|one| doubtful(one)).map(|one| one.source.as_str()).collect()
    };
    let unnamed = those(&|one| one.from == EncodingSource::Default && one.national);
    let conflicting = those(&|one| one.from != EncodingSource::Setting && one.named.len() > 1);
    let undefined = those(&|one| one.undefined);
    let mut findings = Vec::new();
    if !undefined.is_empty() {
        findings.push(format!("bytes that the code page does not define: {}", some(&undefined)));
    }
    if !conflicting.is_empty() {
        findings.push(format!("header and `.cpg` file name different code pages: {}", some(&conflicting)));
    }
    if !unnamed.is_empty() {
        findings.push(format!(
            "non-English text without a named code page; {default} is assumed: {}",
            some(&unnamed)
        ));
    }
    let doubtful = [&undefined, &conflicting, &unnamed].into_iter().find_map(|names| names.first());
    let check = match doubtful {
        Some(name) => Check::warning(
            NAME,
            findings.join("; "),
            format!(
                "check one with `data_exporter preview`, and set the code page of such tables in `[encoding] overrides`, \
                 for example \"{name}\" = \"{default}\""
            ),
        ),
        None if samples.is_empty() => Check::skipped(NAME, "there are no tables"),
        None => Check::ok(NAME, sentence(samples)),
    };
    check.detail("tables", samples.iter().take(LISTED).map(facts).collect::<Vec<Value>>())
}

/// Returns the number of tables of each code page, in words.
fn sentence(samples: &[CodePageSample]) -> String {
    let mut pages: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in samples {
        *pages.entry(sample.page).or_default() += 1;
    }
    let counts: Vec<String> = pages
        .into_iter()
        .map(|(page, tables)| format!("{} in {page}", counted(tables as u64, "table")))
        .collect();
    counts.join(", ")
}

fn facts(sample: &CodePageSample) -> Value {
    json!({
        "source": sample.source,
        "encoding": sample.page,
        "encoding_source": sample.from,
        "named": sample.named,
        "national_letters": sample.national,
        "bytes_without_meaning": sample.undefined,
    })
}

/// Receives a CSV and remembers only whether it contains non-ASCII text.
struct Letters(bool);

impl PartSink for Letters {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 |= !bytes.is_ascii();
        Ok(())
    }
}
