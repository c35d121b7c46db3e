//! Pages in plain HTML: a [`page`] around its content, [`escape`], and a [`Table`]. Light and dark, in an order that
//! screen readers can follow, with a script only where a page needs one.

use axum::http::{HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::replies::{self, Reply};

const STYLE: &str = "
:root { color-scheme: light dark; --line: color-mix(in srgb, CanvasText 18%, Canvas);
  --soft: color-mix(in srgb, CanvasText 5%, Canvas); }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem 1.5rem 3rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: baseline;
  border-bottom: 1px solid var(--line); padding-bottom: .75rem; }
header strong { font-size: 1.1rem; }
nav a { margin-right: 1rem; }
nav a[aria-current] { font-weight: 600; text-decoration: none; color: inherit; }
h1 { font-size: 1.5rem; margin: 1.5rem 0 .5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; padding: .5rem 0; color: color-mix(in srgb, CanvasText 75%, Canvas); }
th, td { text-align: start; padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
.number.number { text-align: end; font-variant-numeric: tabular-nums; }
code { font-size: .9em; overflow-wrap: anywhere; }
.state { border: 1px solid var(--line); background: var(--soft); border-radius: .4rem; padding: 0 .5rem;
  white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dt { font-weight: 600; } dd { margin: 0; }
form { max-width: 34rem; }
fieldset { border: 1px solid var(--line); border-radius: .4rem; margin: 1rem 0; padding: .5rem 1rem 1rem; }
label, legend { font-weight: 600; } fieldset label { display: block; font-weight: 400; margin: .35rem 0; }
input[type=text], select { font: inherit; padding: .45rem .6rem; width: 100%; box-sizing: border-box;
  border: 1px solid color-mix(in srgb, CanvasText 55%, Canvas); border-radius: .4rem; background: Canvas;
  color: CanvasText; }
.code { font: 600 1.6rem/1.4 ui-monospace, monospace; letter-spacing: .12em; unicode-bidi: isolate; }
.hint { color: color-mix(in srgb, CanvasText 75%, Canvas); margin: .2rem 0 .8rem; }
.note { border-left: 4px solid color-mix(in srgb, CanvasText 55%, Canvas); background: var(--soft);
  padding: .6rem 1rem; max-width: 40rem; }
button { font: inherit; font-weight: 600; padding: .55rem 1.2rem; margin: .6rem .8rem 0 0; border-radius: .4rem;
  border: 1px solid CanvasText; background: Canvas; color: CanvasText; cursor: pointer; }
button.main { background: CanvasText; color: Canvas; }
button:disabled { opacity: .55; cursor: not-allowed; }
h1:focus { outline: none; }
button:focus-visible, input:focus-visible, select:focus-visible, a:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
";

/// Escapes text for elements and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Returns a whole page; `title` is text, `content` is HTML, `here` the path of its menu entry.
pub(super) fn page(status: u16, title: &str, here: &str, content: &str) -> Reply {
    scripted_page(status, title, here, content, "")
}

/// Returns a page with one script, which is allowed by its digest; the heading gets the focus when the content has no
/// `autofocus`.
pub(super) fn scripted_page(status: u16, title: &str, here: &str, content: &str, script: &str) -> Reply {
    let menu =
        [("/", "Batches"), ("/errors", "Errors"), ("/requests", "Requests"), ("/pair", "Pair a device")].map(
            |(path, name)| {
                let current = if path == here { r#" aria-current="page""# } else { "" };
                format!(r#"<a href="{path}"{current}>{name}</a>"#)
            },
        );
    let (title, menu) = (escape(title), menu.concat());
    let (element, allowed, focus) = if script.is_empty() {
        (String::new(), "'none'".to_owned(), "")
    } else {
        let digest = STANDARD.encode(Sha256::digest(script));
        let focus = if content.contains(" autofocus") { "" } else { r#" tabindex="-1" autofocus"# };
        (format!("<script>{script}</script>\n"), format!("'sha256-{digest}'"), focus)
    };
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Local Data Forge</title>
<style>{STYLE}</style>
</head>
<body>
<header><strong>Local Data Forge</strong><nav aria-label="Main">{menu}</nav></header>
<main>
<h1{focus}>{title}</h1>
{content}
</main>
{element}</body>
</html>
"#
    );
    let mut reply = replies::any(status, "text/html; charset=utf-8", html);
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        reply.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    reply
}

/// A column's name and alignment.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Text(&'static str),
    Number(&'static str),
}

/// A table under construction.
pub(super) struct Table {
    columns: Vec<Column>,
    html: String,
}

impl Table {
    /// Starts a table with a caption, which is text, and its columns.
    pub(super) fn new(caption: &str, columns: &[Column]) -> Self {
        let head: String = columns
            .iter()
            .map(|column| match column {
                Column::Text(name) => format!(r#"<th scope="col">{name}</th>"#),
                Column::Number(name) => format!(r#"<th scope="col" class="number">{name}</th>"#),
            })
            .collect();
        let caption = escape(caption);
        let html = format!(
            r#"<div class="wide"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>"#
        );
        Self { columns: columns.to_vec(), html }
    }

    /// Adds a row of cells in HTML; the first one names the row.
    pub(super) fn row(&mut self, cells: &[String]) {
        self.html.push_str("<tr>");
        for (at, (cell, column)) in cells.iter().zip(&self.columns).enumerate() {
            let (open, close) = match (at, column) {
                (0, _) => (r#"<th scope="row">"#, "</th>"),
                (_, Column::Number(_)) => (r#"<td class="number">"#, "</td>"),
                (_, Column::Text(_)) => ("<td>", "</td>"),
            };
            self.html.extend([open, cell, close]);
        }
        self.html.push_str("</tr>");
    }

    /// Returns the table's HTML.
    pub(super) fn end(mut self) -> String {
        self.html.push_str("</tbody></table></div>");
        self.html
    }
}
