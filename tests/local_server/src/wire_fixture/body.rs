//! The body of a fixture's request or reply: [`Body`].

use serde_json::Value;

use super::{Mismatch, Values, expect, template};
use crate::urlencoded::{encode, fields};

/// A body as a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// No body.
    Empty,
    /// JSON, compared by value.
    Json(Value),
    /// The fields of an urlencoded form, in any order.
    Form(Vec<(String, String)>),
    /// Parts of a form; `boundary` is the template of the word between them.
    Multipart {
        /// The template of the boundary.
        boundary: String,
        /// The parts in their order.
        parts: Vec<Part>,
    },
    /// Any other body.
    Text(String),
}

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its headers, with their values as templates.
    pub headers: Vec<(String, String)>,
    /// Its content as a template.
    pub content: String,
}

impl Body {
    pub(super) fn matches(&self, found: &[u8], values: &mut Values) -> Result<(), Mismatch> {
        let shown = String::from_utf8_lossy(found);
        match self {
            Self::Empty => expect("body", "no body", &shown, found.is_empty()),
            Self::Text(text) => expect("body", text, &shown, template::matches(text, &shown, values)),
            Self::Json(expected) => match serde_json::from_slice(found) {
                Ok(found) => json_matches("body", expected, &found, values),
                Err(_) => expect("body", "JSON", &shown, false),
            },
            Self::Form(fields) => form_matches(fields, &shown, values),
            Self::Multipart { boundary, parts } => {
                let boundary = template::fill(boundary, values);
                multipart_matches(&boundary, parts, found, values)
            }
        }
    }

    pub(super) fn fill(&self, values: &Values) -> Vec<u8> {
        match self {
            Self::Empty => Vec::new(),
            Self::Text(text) => template::fill(text, values).into_bytes(),
            Self::Json(json) => json_fill(json, values).to_string().into_bytes(),
            Self::Form(fields) => {
                let fields = fields.iter().map(|(name, value)| {
                    format!("{}={}", encode(name), encode(&template::fill(value, values)))
                });
                fields.collect::<Vec<_>>().join("&").into_bytes()
            }
            Self::Multipart { boundary, parts } => {
                let boundary = template::fill(boundary, values);
                let mut lines = Vec::new();
                for part in parts {
                    lines.push(format!("--{boundary}"));
                    for (name, value) in &part.headers {
                        lines.push(format!("{name}: {}", template::fill(value, values)));
                    }
                    lines.push(String::new());
                    lines.push(template::fill(&part.content, values));
                }
                lines.push(format!("--{boundary}--\r\n"));
                lines.join("\r\n").into_bytes()
            }
        }
    }
}

fn json_matches(at: &str, expected: &Value, found: &Value, values: &mut Values) -> Result<(), Mismatch> {
    let differs = || expect(at, &expected.to_string(), &found.to_string(), false);
    match (expected, found) {
        (Value::String(template), Value::Null) if template::allows_null(template) => Ok(()),
        (Value::String(template), found) => {
            let kind = template::only_kind(template);
            let text = match found {
                Value::String(_) if matches!(kind, Some("int" | "bool")) => return differs(),
                Value::String(text) => text.clone(),
                Value::Number(_) if kind == Some("int") => found.to_string(),
                Value::Bool(_) if kind == Some("bool") => found.to_string(),
                _ if kind == Some("any") => return Ok(()),
                _ => return differs(),
            };
            if template::matches(template, &text, values) { Ok(()) } else { differs() }
        }
        (Value::Object(expected), Value::Object(found)) => {
            for (name, expected) in expected {
                let found = found.get(name).ok_or_else(|| Mismatch {
                    at: format!("{at}/{name}"),
                    expected: expected.to_string(),
                    found: "no such member".to_owned(),
                })?;
                json_matches(&format!("{at}/{name}"), expected, found, values)?;
            }
            match found.iter().find(|(name, _)| !expected.contains_key(*name)) {
                Some((name, value)) => {
                    expect(&format!("{at}/{name}"), "no such member", &value.to_string(), false)
                }
                None => Ok(()),
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                json_matches(&format!("{at}/{index}"), expected, found, values)?;
            }
            Ok(())
        }
        _ if expected == found => Ok(()),
        _ => differs(),
    }
}

fn json_fill(json: &Value, values: &Values) -> Value {
    match json {
        Value::String(template) => {
            let text = template::fill(template, values);
            match template::only_kind(template) {
                Some("int" | "bool") => serde_json::from_str(&text).unwrap_or(Value::String(text)),
                _ => Value::String(text),
            }
        }
        Value::Array(items) => items.iter().map(|item| json_fill(item, values)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), json_fill(value, values))).collect()
        }
        other => other.clone(),
    }
}

fn form_matches(expected: &[(String, String)], found: &str, values: &mut Values) -> Result<(), Mismatch> {
    let mut rest = fields(found);
    for (name, template) in expected {
        let at = format!("body/{name}");
        let Some(place) = rest.iter().position(|(found, _)| found == name) else {
            return expect(&at, template, "no such field", false);
        };
        let (_, found) = rest.remove(place);
        expect(&at, template, &found, template::matches(template, &found, values))?;
    }
    match rest.first() {
        Some((name, value)) => expect(&format!("body/{name}"), "no such field", value, false),
        None => Ok(()),
    }
}

fn multipart_matches(
    boundary: &str,
    expected: &[Part],
    found: &[u8],
    values: &mut Values,
) -> Result<(), Mismatch> {
    let parts = split_parts(boundary, found).ok_or_else(|| Mismatch {
        at: "body".to_owned(),
        expected: format!("a form with the boundary `{boundary}`"),
        found: String::from_utf8_lossy(&found[..found.len().min(200)]).into_owned(),
    })?;
    let count = |count: usize| format!("{count} parts");
    expect("body", &count(expected.len()), &count(parts.len()), expected.len() == parts.len())?;
    for (index, (expected, (headers, content))) in expected.iter().zip(&parts).enumerate() {
        for (name, template) in &expected.headers {
            let found = headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
            let found = found.map_or("no such header", |(_, value)| value);
            let at = format!("body/{index}/{name}");
            expect(&at, template, found, template::matches(template, found, values))?;
        }
        if template::only_kind(&expected.content) != Some("bytes") {
            let shown = String::from_utf8_lossy(content);
            let same = template::matches(&expected.content, &shown, values);
            expect(&format!("body/{index}"), &expected.content, &shown, same)?;
        }
    }
    Ok(())
}

type FoundPart<'b> = (Vec<(String, String)>, &'b [u8]);

/// Returns the parts of a form, or none if it is not a form.
fn split_parts<'b>(boundary: &str, body: &'b [u8]) -> Option<Vec<FoundPart<'b>>> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..])?;
    let mut parts = Vec::new();
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let (part, next) = split_once(after, delimiter.as_bytes())?;
        let (head, content) = split_once(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(head).ok()?;
        let headers = head
            .split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        parts.push((headers, content));
        rest = next;
    }
    rest.starts_with(b"--").then_some(parts)
}

fn split_once<'b>(bytes: &'b [u8], separator: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    Some((&bytes[..at], &bytes[at + separator.len()..]))
}
