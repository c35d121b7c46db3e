//! Reads a [`Config`] from a file's text and the environment, and validates combinations of keys: [`Loaded`].
//!
//! Reports every problem at once. Does not touch the disk: the source folder is checked when it is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};
use toml_edit::{Document, TableLike};
use url::{Host, Url};

use super::keys::{ConfigKey, KEYS, RETIRED};
use super::problem::{Invalid, Problem};
use super::raw_value::RawValue;
use super::{Config, DialectName, SchedulerConfig, SecretStoreKind, unknown};

/// The origin of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The default.
    Default,
    /// The file config.toml.
    File,
    /// An environment variable `DATA_EXPORTER_…`.
    Environment,
    /// A flag of the command, or a person's request.
    Request,
}

/// Values that a command's flags or a person's request set instead of file and environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `[api] base_url`
    pub base_url: Option<String>,
    /// `[api] https_only`
    pub https_only: Option<bool>,
    /// `[api] dialect`
    pub dialect: Option<DialectName>,
    /// `[credential] secret_store`
    pub secret_store: Option<SecretStoreKind>,
    /// `[src] source_dir`
    pub source_dir: Option<PathBuf>,
    /// `[scheduler] crontab`
    pub crontab: Option<String>,
    /// `[encoding] dbf_encoding`
    pub dbf_encoding: Option<String>,
}

/// A valid configuration and its warnings.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Unknown keys, retired keys and risky values.
    pub warnings: Vec<Problem>,
    /// The origin of each key that is set, by [`ConfigKey::label`].
    pub origins: BTreeMap<String, Origin>,
}

/// The inputs of a configuration.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Path of the file, for messages.
    pub path: Option<&'a Path>,
    /// Text of the file; `None` when there is no file.
    pub text: Option<&'a str>,
    /// Looks up an environment variable.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The names of the environment's variables, so that one that means nothing is told.
    pub variables: &'a [String],
    /// The values that replace those of file and environment.
    pub overrides: &'a Overrides,
    /// Returns whether a word names a code page.
    pub known_page: &'a dyn Fn(&str) -> bool,
    /// Returns the problems of crontab and time zone.
    pub check_schedule: &'a dyn Fn(&SchedulerConfig) -> Vec<Problem>,
}

/// Reads and validates a configuration. The overrides win over the environment, the environment over the file, the file
/// over the defaults.
///
/// # Errors
/// [`Invalid`] with every problem found.
pub fn load(sources: Sources<'_>) -> Result<Loaded, Invalid> {
    let mut reader = Reader::default();
    if let Some(text) = sources.text {
        match text.strip_prefix('\u{feff}').unwrap_or(text).parse::<Table>() {
            Ok(table) => reader.file(table),
            Err(error) => reader.problems.push(syntax(text, &error)),
        }
    }
    reader.environment(sources.environment);
    reader.unknown_variables(sources.variables);
    reader.apply(sources.overrides);
    reader.check(sources.known_page);
    reader.problems.extend((sources.check_schedule)(&reader.config.scheduler));
    let Reader { config, mut problems, mut warnings, origins, http_refused } = reader;
    if let Some(document) = sources.text.and_then(|text| Document::parse(text).ok()) {
        for problem in problems.iter_mut().chain(&mut warnings) {
            if !matches!(origins.get(&problem.key), Some(Origin::Environment | Origin::Request)) {
                let place = problem.key.strip_prefix('[').and_then(|label| label.split_once("] "));
                problem.line = problem.line.or_else(|| line_of(&document, place?));
            }
        }
    }
    // Problems without a line come last.
    problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
    if problems.is_empty() {
        return Ok(Loaded { config, warnings, origins });
    }
    let http_refused = http_refused && problems.len() == 1;
    let path = sources.path.map(Path::to_path_buf);
    Err(Invalid { path, problems, warnings, http_refused, partial: Some(Box::new(config)) })
}

#[derive(Default)]
struct Reader {
    config: Config,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    origins: BTreeMap<String, Origin>,
    http_refused: bool,
}

impl Reader {
    fn file(&mut self, table: Table) {
        let mut value = BTreeMap::new();
        flatten("", table, &mut value);
        for key in KEYS {
            let current = value.remove(&place(key.section, key.name));
            let former = key.former.and_then(|(section, name)| value.remove(&place(section, name)));
            if let Some(value) = current.or(former) {
                self.set(key, &RawValue::File(value), Origin::File);
            }
        }
        for (section, name) in RETIRED {
            if value.remove(&place(section, name)).is_some() {
                self.warn(
                    format!("[{section}] {name}"),
                    "has no effect any more",
                    "remove the line".to_owned(),
                );
            }
        }
        for unknown in value.into_keys() {
            let (section, name) = unknown.rsplit_once('.').unwrap_or(("", &unknown));
            self.warn(format!("[{section}] {name}"), "is unknown", unknown::remedy(section, name));
        }
    }

    fn environment(&mut self, lookup: &dyn Fn(&str) -> Option<String>) {
        let filled = |name: &str| lookup(name).filter(|text| !text.is_empty());
        for key in KEYS {
            let short = (key.name == "secret_store").then(|| filled("DATA_EXPORTER_SECRET_STORE")).flatten();
            if let Some(text) = filled(&key.variable()).or(short) {
                self.set(key, &RawValue::Environment(text), Origin::Environment);
            }
        }
    }

    fn unknown_variables(&mut self, names: &[String]) {
        for (name, remedy) in unknown::variables(names) {
            self.warn(name, "is set and means nothing", remedy);
        }
    }

    fn apply(&mut self, overrides: &Overrides) {
        let Overrides { base_url, https_only, dialect, secret_store, source_dir, crontab, dbf_encoding } =
            overrides.clone();
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let config = &mut self.config;
        let set = [
            ("[api] base_url", filled(base_url).map(|text| config.api.base_url = Some(text))),
            ("[api] https_only", https_only.map(|value| config.api.https_only = value)),
            ("[api] dialect", dialect.map(|value| config.api.dialect = value)),
            ("[credential] secret_store", secret_store.map(|value| config.credential.secret_store = value)),
            ("[src] source_dir", source_dir.map(|folder| config.src.source_dir = Some(folder))),
            ("[scheduler] crontab", filled(crontab).map(|text| config.scheduler.crontab = Some(text))),
            ("[encoding] dbf_encoding", filled(dbf_encoding).map(|page| config.encoding.dbf_encoding = page)),
        ];
        for (label, _) in set.iter().filter(|(_, value)| value.is_some()) {
            self.origins.insert((*label).to_owned(), Origin::Request);
        }
    }

    fn set(&mut self, key: &ConfigKey, value: &RawValue, origin: Origin) {
        match (key.set)(&mut self.config, value) {
            Ok(()) => {
                self.origins.insert(key.label(), origin);
            }
            Err((what, remedy)) => {
                let label = if origin == Origin::Environment { key.variable() } else { key.label() };
                let value = (!key.secret).then(|| value.shown());
                self.problems.push(Problem { key: label, value, line: None, what, remedy });
            }
        }
    }

    fn check(&mut self, known_page: &dyn Fn(&str) -> bool) {
        self.check_address();
        self.check_credential();
        for (name, patterns) in [
            ("include_patterns", self.config.src.include_patterns.clone()),
            ("exclude_patterns", self.config.src.exclude_patterns.clone()),
        ] {
            for pattern in patterns {
                self.check_glob(&format!("[src] {name}"), &pattern);
            }
        }
        let overrides = self.config.encoding.overrides.clone();
        for (glob, page) in &overrides {
            self.check_glob("[encoding] overrides", glob);
            if !known_page(page) {
                self.problem("[encoding] overrides", page, "is not a known code page", PAGE_REMEDY);
            }
        }
        let page = self.config.encoding.dbf_encoding.clone();
        if !known_page(&page) {
            self.problem("[encoding] dbf_encoding", &page, "is not a known code page", PAGE_REMEDY);
        }
    }

    fn check_address(&mut self) {
        const KEY: &str = "[api] base_url";
        let Some(text) = self.config.api.base_url.clone() else { return };
        let text = text.trim_end_matches('/').to_owned();
        let example = "write it as \"https://host\" or \"https://host:port\"";
        let Ok(url) = Url::parse(&text) else {
            return self.problem(KEY, &text, "is not an address", example);
        };
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return self.problem(KEY, &text, "is not the address of a web server", example);
        }
        if !url.username().is_empty() || url.password().is_some() {
            self.problems.push(Problem {
                key: KEY.to_owned(),
                value: None,
                line: None,
                what: "contains a user name or password".to_owned(),
                remedy: "move the credential to [credential]".to_owned(),
            });
            return;
        }
        if url.query().is_some() || url.fragment().is_some() {
            return self.problem(KEY, &text, "must not contain `?` or `#`", example);
        }
        if url.scheme() == "http" {
            let remedy = "use an https address; [api] https_only = false only for a server on this machine";
            if self.config.api.https_only {
                self.http_refused = true;
                return self.problem(KEY, &text, "uses http, which sends the secret unencrypted", remedy);
            }
            if !is_loopback(&url) {
                self.warnings.push(Problem {
                    key: KEY.to_owned(),
                    value: Some(text.clone()),
                    line: None,
                    what: "uses http to another machine: the secret and all tables are sent unencrypted"
                        .to_owned(),
                    remedy: "use an https address".to_owned(),
                });
            }
        }
        self.config.api.base_url = Some(text);
    }

    fn check_credential(&mut self) {
        let credential = self.config.credential.clone();
        if let Some(device) = &credential.device {
            if device.domain.is_empty() && (device.client_secret.is_some() || device.site_id.is_some()) {
                self.problem("[credential.device] domain", "", "is missing", "set the domain of the pairing");
            } else if device.domain.is_empty() {
                self.config.credential.device = None;
            }
            if device.domain.contains(':') {
                self.problem("[credential.device] domain", &device.domain, "contains a colon", COLON_REMEDY);
            }
        }
        for (name, value, other) in [
            ("account", &credential.account, &credential.username),
            ("username", &credential.username, &credential.account),
        ] {
            let key = format!("[credential] {name}");
            match value {
                None if other.is_some() => {
                    self.problem(&key, "", "is missing", "set both account and username, or neither");
                }
                Some(value) if value.contains(':') => {
                    self.problem(&key, value, "contains a colon", COLON_REMEDY);
                }
                _ => {}
            }
        }
    }

    fn check_glob(&mut self, key: &str, glob: &str) {
        if let Err(error) = globset::Glob::new(glob) {
            let what = format!("is not a valid pattern ({})", error.kind());
            self.problem(
                key,
                glob,
                &what,
                "`*` matches any text, `?` any one character, `[abc]` one of these",
            );
        }
    }

    fn problem(&mut self, key: &str, value: &str, what: &str, remedy: &str) {
        self.problems.push(Problem {
            key: key.to_owned(),
            value: Some(value.to_owned()).filter(|value| !value.is_empty()),
            line: None,
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    }

    /// The value is omitted on purpose: an unknown key may hold a secret.
    fn warn(&mut self, key: String, what: &str, remedy: String) {
        self.warnings.push(Problem { key, value: None, line: None, what: what.to_owned(), remedy });
    }
}

const PAGE_REMEDY: &str = "write a name such as \"CP866\", \"windows-1251\", \"windows-1255\" or \"UTF-8\"";
const COLON_REMEDY: &str = "copy it again: a name ends at the first colon";

/// Returns whether an address is a loopback address.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn place(section: &str, name: &str) -> String {
    if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") }
}

/// Returns every leaf of the file by its path; a table that is the value of a key is a leaf.
fn flatten(section: &str, table: Table, into: &mut BTreeMap<String, Value>) {
    for (name, value) in table {
        let here = place(section, &name);
        let is_key = KEYS.iter().any(|key| place(key.section, key.name) == here);
        match value {
            Value::Table(inner) if !is_key => flatten(&here, inner, into),
            value => {
                into.insert(here, value);
            }
        }
    }
}

/// Returns the line of a key, also at its place in the older layout.
fn line_of(document: &Document<&str>, (section, name): (&str, &str)) -> Option<usize> {
    let former =
        KEYS.iter().find(|key| (key.section, key.name) == (section, name)).and_then(|key| key.former);
    let line = |(section, name): (&str, &str)| {
        let mut table: &dyn TableLike = document.as_table();
        for part in section.split('.').filter(|part| !part.is_empty()) {
            table = table.get(part)?.as_table_like()?;
        }
        let (key, _) = table.get_key_value(name)?;
        Some(line_at(document.raw(), key.span()?.start))
    };
    line((section, name)).or_else(|| line(former?))
}

fn line_at(text: &str, offset: usize) -> usize {
    text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1)
}

/// The parser's own message would quote the line, which may hold a secret, so only the position is reported.
fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map(|span| line_at(text, span.start));
    let reason = error.message();
    let remedy = if reason.contains("escape") {
        "write Windows paths in single quotes, as in 'C:\\Data\\DBF', or double every backslash"
    } else {
        "fix that line"
    };
    Problem {
        key: String::new(),
        value: None,
        line,
        what: match line {
            Some(_) => format!("not valid TOML ({reason})"),
            None => format!("the file is not valid TOML ({reason})"),
        },
        remedy: remedy.to_owned(),
    }
}
