//! Parses a fixture file; fails with a [`LoadError`] that names the file.

use std::fmt;
use std::path::PathBuf;

use super::{Body, Content, Exchange, Part, Reply, Request};
use crate::urlencoded;

/// The reason why a fixture cannot be used.
#[derive(Debug)]
pub enum LoadError {
    /// The file or folder cannot be read.
    Unreadable {
        /// The path.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file is not in the format of the README.
    Form {
        /// The exchange's name.
        name: String,
        /// The problem.
        reason: &'static str,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, source } => {
                write!(formatter, "cannot read `{}`: {source}", path.display())
            }
            Self::Form { name, reason } => write!(formatter, "fixture `{name}`: {reason}"),
        }
    }
}

impl std::error::Error for LoadError {}

pub(super) fn exchange(name: &str, text: &str) -> Result<Exchange, LoadError> {
    read(name, text).map_err(|reason| LoadError::Form { name: name.to_owned(), reason })
}

fn read(name: &str, text: &str) -> Result<Exchange, &'static str> {
    let (request, reply) = text.split_once("\n---\n").ok_or("no line `---`")?;
    let (line, content) = message(request)?;
    let mut words = line.split(' ');
    let (Some(method), Some(path), Some("HTTP/1.1"), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err("the request line is not `METHOD PATH HTTP/1.1`");
    };
    let request = Request { method: method.to_owned(), path: path.to_owned(), content };
    let (line, content) = message(reply)?;
    let status = line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.split(' ').next()?.parse().ok())
        .ok_or("the status line is not `HTTP/1.1 NUMBER REASON`")?;
    Ok(Exchange { name: name.to_owned(), request, reply: Reply { status, content } })
}

/// The first line, and headers and body.
fn message(text: &str) -> Result<(&str, Content), &'static str> {
    let text = text.trim_end_matches('\n');
    let (head, body) = match text.split_once("\n\n") {
        Some((head, body)) => (head, Some(body)),
        None => (text, None),
    };
    let mut lines = head.lines();
    let first = lines.next().ok_or("a message has no first line")?;
    let (mut headers, mut absent) = (Vec::new(), Vec::new());
    for line in lines {
        match line.strip_prefix('!') {
            Some(name) => absent.push(name.to_owned()),
            None => headers.push(header(line)?),
        }
    }
    let body = match body {
        None => Body::Empty,
        Some(text) => self::body(&headers, text)?,
    };
    Ok((first, Content { headers, absent, body }))
}

fn header(line: &str) -> Result<(String, String), &'static str> {
    let (name, value) = line.split_once(": ").ok_or("a header is not `Name: value`")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn body(headers: &[(String, String)], text: &str) -> Result<Body, &'static str> {
    let kind =
        headers.iter().find(|(name, _)| name == "Content-Type").map_or("", |(_, value)| value.as_str());
    if kind.starts_with("application/json") {
        return serde_json::from_str(text).map(Body::Json).map_err(|_| "the body is not JSON");
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        return Ok(Body::Form(urlencoded::fields(text)));
    }
    match kind.strip_prefix("multipart/form-data; boundary=") {
        None => Ok(Body::Text(text.to_owned())),
        Some(boundary) => Ok(Body::Multipart { boundary: boundary.to_owned(), parts: form(boundary, text)? }),
    }
}

fn form(boundary: &str, text: &str) -> Result<Vec<Part>, &'static str> {
    let text = text.strip_suffix(&format!("--{boundary}--")).ok_or("the form has no last boundary")?;
    let mut parts = Vec::new();
    for part in text.split(&format!("--{boundary}\n")).skip(1) {
        let (head, content) = part.split_once("\n\n").ok_or("a part has no empty line after its headers")?;
        let headers = head.lines().map(header).collect::<Result<_, _>>()?;
        parts.push(Part { headers, content: content.strip_suffix('\n').unwrap_or(content).to_owned() });
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use crate::wire_fixture::{Values, load_all};

    #[test]
    fn every_fixture_parses_and_matches_its_own_rendering() {
        let all = load_all().unwrap();
        assert!(all.len() >= 100, "only {} fixtures", all.len());
        for exchange in all {
            let values = Values::new();
            let request = exchange.request.fill(&values);
            let matched = exchange.request.matches(
                &exchange.request.method,
                &request.path,
                &request.headers,
                &request.body,
                &values,
            );
            assert!(matched.is_ok(), "{}: {matched:?}", exchange.name);
            let reply = exchange.reply.fill(&values);
            let status = exchange.reply.status;
            let matched = exchange.reply.matches(status, &reply.headers, &reply.body, &values);
            assert!(matched.is_ok(), "{}: {matched:?}", exchange.name);
        }
    }

    #[test]
    fn a_mismatch_names_its_place() {
        let exchange = crate::wire_fixture::load("f3-batch-start").unwrap();
        let mut reply = exchange.reply.fill(&Values::new());
        let mut json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        json["status"] = "COMPLETED".into();
        reply.body = json.to_string().into_bytes();
        let error = exchange.reply.matches(201, &reply.headers, &reply.body, &Values::new()).unwrap_err();
        assert_eq!(error.to_string(), r#"body/status: expected "IN_PROGRESS", found "COMPLETED""#);
    }

    #[test]
    fn a_forbidden_header_is_detected() {
        let exchange = crate::wire_fixture::load("f3-upload").unwrap();
        let mut request = exchange.request.fill(&Values::new());
        request.headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
        let matched =
            exchange.request.matches("POST", &request.path, &request.headers, &request.body, &Values::new());
        assert_eq!(matched.unwrap_err().at, "header Content-Encoding");
    }
}
