//! By which code page each table is read, and whether somebody should look at it: a table with national letters that
//! names no page, one that names two, and one whose bytes have no meaning in its page. A sample of each is converted;
//! no value leaves this module.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::tables::{LISTED, some};
use super::{Check, DoctorContext, NO_CONFIGURATION};
use crate::convert::codepage;
use crate::convert::dbf::header::Header;
use crate::convert::{self, PartSink, Rules, TablePaths, TableReport};
use crate::error::Result;
use crate::export::scan;
use crate::models::Config;
use crate::models::export::EncodingSource;
use crate::text::counted;

const NAME: &str = "code_pages";
/// How long tables are sampled one after the other.
const TIME: Duration = Duration::from_secs(15);
/// Rows of a sample.
const ROWS: u64 = 500;
/// The largest header that is read for the pages it names; more fields change nothing about that.
const HEADER: u64 = 64 * 1024;

pub(super) fn check(context: &DoctorContext) -> Check {
    let Some(config) = context.config() else { return Check::skipped(NAME, NO_CONFIGURATION) };
    match samples(config) {
        Ok(samples) => judge(&samples, config),
        Err(error) => Check::skipped(NAME, format!("no table was looked at: {}", error.message)),
    }
}

/// What is told of one table.
struct CodePageSample {
    source: String,
    page: &'static str,
    from: EncodingSource,
    /// The pages that the table itself names.
    named: Vec<String>,
    /// Whether there are letters beyond ASCII, where pages differ.
    national: bool,
    /// Whether bytes have no meaning in the page.
    meaningless: bool,
}

fn samples(config: &Config) -> Result<Vec<CodePageSample>> {
    let rules = Rules::new(config)?;
    let begun = Instant::now();
    let tables = scan::scan(&config.src)?.tables;
    // A file that is no table is an export's to report.
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
    // Memos may take long to find, and say nothing of the page that the rows do not.
    let without_memo = TablePaths { memo: None, ..paths.clone() };
    let mut letters = Letters(false);
    let report = convert::table(&without_memo, &settings, &mut letters)?;
    Ok(CodePageSample {
        source: source.to_owned(),
        page: report.encoding,
        from: report.encoding_source,
        named: named(paths).unwrap_or_default(),
        national: letters.0,
        meaningless: is_meaningless(&report),
    })
}

fn is_meaningless(report: &TableReport) -> bool {
    use convert::findings::FindingCode::{NameUndecodable, TextUndecodable};
    report
        .warnings
        .iter()
        .any(|finding| [NameUndecodable, TextUndecodable].iter().any(|code| code.as_str() == finding.code))
}

/// The pages that a table's header and its `.cpg` file name.
fn named(paths: &TablePaths) -> io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    TablePaths::open(&paths.table)?.take(HEADER).read_to_end(&mut bytes)?;
    let mut cpg = Vec::new();
    if let Some(path) = &paths.cpg {
        File::open(path)?.take(HEADER).read_to_end(&mut cpg)?;
    }
    let header = Header::parse(&bytes).ok();
    // 0x57 says "as Windows is set", which names no page.
    let ldid = header.as_ref().map(|header| header.ldid).filter(|ldid| !matches!(ldid, 0 | 0x57));
    let mut pages: Vec<String> = [
        codepage::for_cpg(&String::from_utf8_lossy(&cpg)),
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

fn judge(samples: &[CodePageSample], config: &Config) -> Check {
    let default = &config.encoding.dbf_encoding;
    let those = |doubtful: &dyn Fn(&CodePageSample) -> bool| -> Vec<&str> {
        samples.iter().filter(|one| doubtful(one)).map(|one| one.source.as_str()).collect()
    };
    let unnamed = those(&|one| one.from == EncodingSource::Default && one.national);
    let torn = those(&|one| one.from != EncodingSource::Setting && one.named.len() > 1);
    let meaningless = those(&|one| one.meaningless);
    let mut findings = Vec::new();
    if !meaningless.is_empty() {
        findings.push(format!("bytes without a meaning in the code page: {}", some(&meaningless)));
    }
    if !torn.is_empty() {
        findings.push(format!("header and `.cpg` file name different code pages: {}", some(&torn)));
    }
    if !unnamed.is_empty() {
        findings.push(format!(
            "national letters, and no code page named, so {default} is taken: {}",
            some(&unnamed)
        ));
    }
    let doubtful = [&meaningless, &torn, &unnamed].into_iter().find_map(|names| names.first());
    let check = match doubtful {
        Some(name) => Check::warning(
            NAME,
            findings.join("; "),
            format!(
                "look at one with `data_exporter preview`, and name the page of such tables in `[encoding] overrides`, \
                 as in \"{name}\" = \"{default}\""
            ),
        ),
        None if samples.is_empty() => Check::skipped(NAME, "there is no table to look at"),
        None => Check::ok(NAME, sentence(samples)),
    };
    check.detail("tables", samples.iter().take(LISTED).map(facts).collect::<Vec<Value>>())
}

/// How many tables are read by each page.
fn sentence(samples: &[CodePageSample]) -> String {
    let mut pages: BTreeMap<&str, usize> = BTreeMap::new();
    for sample in samples {
        *pages.entry(sample.page).or_default() += 1;
    }
    let told: Vec<String> = pages
        .into_iter()
        .map(|(page, tables)| format!("{} by {page}", counted(tables as u64, "table")))
        .collect();
    told.join(", ")
}

fn facts(sample: &CodePageSample) -> Value {
    json!({
        "source": sample.source,
        "encoding": sample.page,
        "encoding_source": sample.from,
        "named": sample.named,
        "national_letters": sample.national,
        "bytes_without_meaning": sample.meaningless,
    })
}

/// Takes a CSV and keeps only whether it holds letters beyond ASCII.
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
