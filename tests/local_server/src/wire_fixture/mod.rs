//! The exchanges in `tests/fixtures/wire`: [`Exchange`], read by [`load`].
//!
//! Compares real exchanges with the fixtures, and renders real requests and replies from them. Independent of the
//! server: the client's tests use it as well. The format is described in that folder's README.md.

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
    /// The request.
    pub request: Request,
    /// The reply.
    pub reply: Reply,
}

/// The request of a fixture; placeholders stand for variable values.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// GET or POST.
    pub method: String,
    /// The path with its placeholders.
    pub path: String,
    /// Headers and body.
    pub content: Content,
}

/// The reply of a fixture.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The status, such as 201.
    pub status: u16,
    /// Headers and body.
    pub content: Content,
}

/// The parts that requests and replies share.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// Required headers, with their values as templates.
    pub headers: Vec<(String, String)>,
    /// Forbidden headers.
    pub absent: Vec<String>,
    /// The body as a template.
    pub body: Body,
}

/// A real request or reply, rendered from a fixture by filling in its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The path; empty in a reply.
    pub path: String,
    /// The headers as listed in the fixture.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

/// A difference between the wire and the fixture, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The place, such as `header content-type` or `body/files/0/fileSize`.
    pub at: String,
    /// The text in the fixture.
    pub expected: String,
    /// The text on the wire.
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
/// There is no such file, or it is not in the format of the README.
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
    /// Compares a request with this one; returns the values of the named placeholders. `values` contains known ones,
    /// such as the batch's id.
    ///
    /// # Errors
    /// The first difference.
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

    /// Renders the request: placeholders get their value by name from `values`, otherwise an example of their kind.
    pub fn fill(&self, values: &Values) -> Filled {
        Filled { path: template::fill(&self.path, values), ..self.content.fill(values) }
    }
}

impl Reply {
    /// Compares a reply with this one; returns the values of the named placeholders.
    ///
    /// # Errors
    /// The first difference.
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

    /// Renders the reply, as a server would send it.
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

/// Returns a mismatch unless `same`.
fn expect(at: &str, expected: &str, found: &str, same: bool) -> Result<(), Mismatch> {
    if same {
        return Ok(());
    }
    Err(Mismatch { at: at.to_owned(), expected: expected.to_owned(), found: found.to_owned() })
}
