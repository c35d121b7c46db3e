//! The exchanges written down in `tests/fixtures/wire`: [`Exchange`], read by [`load`].
//!
//! Compares what went over a wire with what is written there, and makes real requests and replies out of it.
//! Knows nothing of the server: a client's tests use it as well. The form is described in that folder's README.md.

mod body;
mod parse;
mod template;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

pub use body::{Body, Part};
pub use parse::LoadError;

/// The values of named placeholders, by name.
pub type Values = BTreeMap<String, String>;

/// A request and its reply, as written in one file.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The file's name without its ending, such as `f3-batch-start`.
    pub name: String,
    /// What the client sends.
    pub request: Request,
    /// What the server answers.
    pub reply: Reply,
}

/// A request as written; placeholders stand where values differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// GET or POST.
    pub method: String,
    /// The path with its placeholders.
    pub path: String,
    /// Headers and body.
    pub content: Content,
}

/// A reply as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The status, such as 201.
    pub status: u16,
    /// Headers and body.
    pub content: Content,
}

/// What requests and replies have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// Headers that must be there, with their values as templates.
    pub headers: Vec<(String, String)>,
    /// Headers that must not be there.
    pub absent: Vec<String>,
    /// The body as a template.
    pub body: Body,
}

/// A real request or reply, made from a fixture by filling in its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The path; empty in a reply.
    pub path: String,
    /// The headers as listed in the fixture.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

/// What on the wire differs from the fixture, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where, such as `header content-type` or `body/files/0/fileSize`.
    pub at: String,
    /// What is written in the fixture.
    pub expected: String,
    /// What was on the wire.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: expected {}, found {}", self.at, self.expected, self.found)
    }
}

impl std::error::Error for Mismatch {}

/// The folder of the fixtures.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/wire")
}

/// Reads one exchange by its name, such as `f3-batch-start`.
///
/// # Errors
/// When there is no such file or it is not in the form of the README.
pub fn load(name: &str) -> Result<Exchange, LoadError> {
    let path = folder().join(format!("{name}.http"));
    let text = std::fs::read_to_string(&path)
        .map_err(|source| LoadError::Unreadable { path: path.clone(), source })?;
    parse::exchange(name, &text)
}

/// Reads every exchange, in order of name.
///
/// # Errors
/// As [`load`].
pub fn load_all() -> Result<Vec<Exchange>, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: folder(), source };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder()).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        names.extend(name.to_str().and_then(|name| name.strip_suffix(".http")).map(str::to_owned));
    }
    names.sort();
    names.iter().map(|name| load(name)).collect()
}

impl Request {
    /// Compares a request with this one; gives the values that stood for the named placeholders.
    /// `values` holds those already known, such as the batch's id.
    ///
    /// # Errors
    /// The first thing that differs.
    pub fn matches(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
        values: &Values,
    ) -> Result<Values, Mismatch> {
        let mut values = values.clone();
        expect("method", &self.method, method, self.method == method)?;
        expect("path", &self.path, path, template::matches(&self.path, path, &mut values))?;
        self.content.matches(headers, body, &mut values)?;
        Ok(values)
    }

    /// The request with its placeholders filled in: from `values` by name, else with a value of the kind.
    pub fn fill(&self, values: &Values) -> Filled {
        Filled { path: template::fill(&self.path, values), ..self.content.fill(values) }
    }
}

impl Reply {
    /// Compares a reply with this one; gives the values that stood for the named placeholders.
    ///
    /// # Errors
    /// The first thing that differs.
    pub fn matches(
        &self,
        status: u16,
        headers: &[(String, String)],
        body: &[u8],
        values: &Values,
    ) -> Result<Values, Mismatch> {
        let mut values = values.clone();
        let shown = || format!("{status} {}", String::from_utf8_lossy(body));
        if status != self.status {
            return Err(Mismatch {
                at: "status".to_owned(),
                expected: self.status.to_string(),
                found: shown(),
            });
        }
        self.content.matches(headers, body, &mut values)?;
        Ok(values)
    }

    /// The reply with its placeholders filled in, as a server would send it.
    pub fn fill(&self, values: &Values) -> Filled {
        self.content.fill(values)
    }
}

impl Content {
    fn matches(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        values: &mut Values,
    ) -> Result<(), Mismatch> {
        let find = |name: &str| headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        for (name, expected) in &self.headers {
            let found = find(name).map_or("no such header", |(_, value)| value);
            let at = format!("header {name}");
            expect(&at, expected, found, template::matches(expected, found, values))?;
        }
        for name in &self.absent {
            if let Some((_, found)) = find(name) {
                expect(&format!("header {name}"), "no such header", found, false)?;
            }
        }
        self.body.matches(body, values)
    }

    fn fill(&self, values: &Values) -> Filled {
        let headers =
            self.headers.iter().map(|(name, value)| (name.clone(), template::fill(value, values))).collect();
        Filled { path: String::new(), headers, body: self.body.fill(values) }
    }
}

/// A mismatch unless `same`.
fn expect(at: &str, expected: &str, found: &str, same: bool) -> Result<(), Mismatch> {
    if same {
        return Ok(());
    }
    Err(Mismatch { at: at.to_owned(), expected: expected.to_owned(), found: found.to_owned() })
}
