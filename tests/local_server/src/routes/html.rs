//! Pages in plain HTML: a [`page`] around its content, [`escape`], and a [`Table`]. No script, light and dark, in an
//! order that reads well aloud.

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
a:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
";

/// Text that is safe inside elements and quoted attributes.
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

/// A whole page; `title` is text, `content` is HTML, `here` the path of the entry of the menu that it belongs to.
pub(super) fn page(status: u16, title: &str, here: &str, content: &str) -> Reply {
    let menu = [("/", "Batches"), ("/errors", "Errors"), ("/requests", "Requests")].map(|(path, name)| {
        let current = if path == here { r#" aria-current="page""# } else { "" };
        format!(r#"<a href="{path}"{current}>{name}</a>"#)
    });
    let (title, menu) = (escape(title), menu.concat());
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
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"#
    );
    let mut reply = replies::any(status, "text/html; charset=utf-8", html);
    let policy = axum::http::HeaderValue::from_static(
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    );
    reply.headers_mut().insert(axum::http::header::CONTENT_SECURITY_POLICY, policy);
    reply
}

/// A column's name, and how its cells stand.
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
    /// A table with a caption, which is text, and its columns.
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

    /// The table's HTML.
    pub(super) fn end(mut self) -> String {
        self.html.push_str("</tbody></table></div>");
        self.html
    }
}
