//! References between files: every document, heading, path and test that a file names must exist.
//!
//! [`Tree`] holds the files of the repository; [`Tree::broken_references`] returns what is wrong in one of them.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// Folders that hold build output or downloads.
const SKIPPED: [&str; 10] = [
    ".git",
    "target",
    "node_modules",
    "dist",
    "dist-mock",
    "gen",
    "corpus",
    "artifacts",
    "test-results",
    "playwright-report",
];

/// Extensions of the files that are read.
const TEXTS: [&str; 12] =
    ["rs", "ts", "svelte", "mjs", "js", "css", "toml", "yml", "md", "py", "sh", "desktop"];

/// Names that end in `.md` and are no documents of this repository: a report that `cargo xtask bench` writes.
const GENERATED: [&str; 2] = ["report.md", "target/bench-data/report.md"];

/// Documents that `docs/` has replaced.
const REPLACED: [&str; 2] = ["wire-contract", "old-exporter"];

/// A document, with a heading or without, as in `docs/wire.md#upload`.
static DOCUMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"([\w./~:-]*\w\.md)\b(?:#([\w-]+))?").unwrap());

/// A number or quotation after a document, where a heading belongs.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^,? (rules?|lines?|sections?|P?\d|")"#).unwrap());

/// The target of a link in Markdown, as in `[text](target)`.
static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\]\(([^)\s]+)\)").unwrap());

/// A path in backticks, and the test or function that may follow it, as in `` `tests/docs.rs::name` ``.
static CODE_PATH: LazyLock<Regex> = LazyLock::new(|| {
    let folders = r"\.ci|\.github|benches|docs|examples|fuzz|icons|packaging|src|src-tauri|tests|ui|xtask";
    Regex::new(&format!(r"`((?:{folders})/[\w./-]*)(?:::(\w+))?`")).unwrap()
});

/// The files of a repository.
#[derive(Default)]
struct Tree {
    /// The texts of the files that are read, by path.
    texts: BTreeMap<String, String>,
    /// All files and folders.
    paths: BTreeSet<String>,
}

impl Tree {
    fn of_repository() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut tree = Self::default();
        tree.walk(root, root);
        tree
    }

    fn walk(&mut self, folder: &Path, root: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                self.walk(&path, root);
            } else if TEXTS.iter().any(|extension| name.ends_with(&format!(".{extension}"))) {
                self.texts.insert(relative.clone(), fs::read_to_string(&path).unwrap());
            }
            self.paths.insert(relative);
        }
    }

    fn with(mut self, path: &str, text: &str) -> Self {
        self.texts.insert(path.to_owned(), text.to_owned());
        for (end, _) in path.match_indices('/') {
            self.paths.insert(path[..end].to_owned());
        }
        self.paths.insert(path.to_owned());
        self
    }

    /// The path that `name` means in the file `from`: relative to its folder, else to the root.
    fn resolve(&self, from: &str, name: &str) -> Option<String> {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        [normalize(&format!("{folder}/{name}")), normalize(name)]
            .into_iter()
            .flatten()
            .find(|path| path.is_empty() || self.paths.contains(path))
    }

    fn has_heading(&self, document: &str, slug: &str) -> bool {
        self.texts.get(document).is_some_and(|text| slugs(text).contains(slug))
    }

    /// Returns the broken references of the file `path`, each as `path:line: fault`.
    fn broken_references(&self, path: &str) -> Vec<String> {
        let text = &self.texts[path];
        let mut wrong = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let mut faults = self.broken_documents(path, line);
            if is_markdown(path) {
                faults.extend(self.broken_links(path, line));
                faults.extend(self.broken_paths(path, line));
            }
            faults.dedup();
            wrong.extend(faults.into_iter().map(|fault| format!("{path}:{}: {fault}", index + 1)));
        }
        wrong
    }

    fn broken_documents(&self, path: &str, line: &str) -> Vec<String> {
        let mut faults = Vec::new();
        for found in DOCUMENT.captures_iter(line) {
            let name = &found[1];
            if name.contains("://") || GENERATED.contains(&name) {
                continue;
            }
            match (self.resolve(path, name), found.get(2)) {
                (None, _) => faults.push(format!("{name} does not exist")),
                (Some(document), Some(slug)) if !self.has_heading(&document, slug.as_str()) => {
                    faults.push(format!("{name} has no heading #{}", slug.as_str()));
                }
                _ => {}
            }
            let rest = &line[found.get(0).unwrap().end()..];
            if NUMBER.is_match(rest) {
                faults.push(format!(
                    "{name} is cited by number or quotation: name its heading, {name}#heading"
                ));
            }
        }
        let named = REPLACED.iter().filter(|name| line.contains(*name));
        faults.extend(named.map(|name| format!("{name} is replaced by docs/")));
        faults
    }

    /// Links to documents are [`Self::broken_documents`]'; these are those to other files and to headings nearby.
    fn broken_links(&self, path: &str, line: &str) -> Vec<String> {
        let targets = LINK.captures_iter(line).map(|found| found.extract::<1>().1[0]);
        targets
            .filter(|target| {
                !target.contains("://") && !target.starts_with("mailto:") && !target.contains(".md")
            })
            .filter(|target| match target.strip_prefix('#') {
                Some(slug) => !self.has_heading(path, slug),
                None => self.resolve(path, target).is_none(),
            })
            .map(|target| format!("the link to {target} leads nowhere"))
            .collect()
    }

    fn broken_paths(&self, path: &str, line: &str) -> Vec<String> {
        let mut faults = Vec::new();
        for found in CODE_PATH.captures_iter(line).filter(|found| !found[1].contains(".md")) {
            let Some(target) = self.resolve(path, found[1].trim_end_matches('/')) else {
                faults.push(format!("{} does not exist", &found[1]));
                continue;
            };
            let Some(function) = found.get(2) else { continue };
            let declared = format!("fn {}(", function.as_str());
            if !self.texts.get(&target).is_some_and(|text| text.contains(&declared)) {
                faults.push(format!("{target} has no function {}", function.as_str()));
            }
        }
        faults
    }
}

/// Returns whether a file is a Markdown document.
fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "md")
}

/// Returns `a/./b/../c` as `a/c`; `None` when it leaves the repository.
fn normalize(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The anchors that GitHub gives to the headings of a document.
fn slugs(document: &str) -> BTreeSet<String> {
    let mut slugs = BTreeSet::new();
    let mut fenced = false;
    for line in document.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if fenced || !(1..=6).contains(&level) || !title.starts_with(' ') {
            continue;
        }
        let slug = slug(title.trim());
        let numbered = (1..).map(|number| format!("{slug}-{number}"));
        let free = [slug.clone()].into_iter().chain(numbered).find(|slug| !slugs.contains(slug));
        slugs.extend(free);
    }
    slugs
}

fn slug(title: &str) -> String {
    let text = LINK.replace_all(title, "");
    let letters = text.to_lowercase();
    let kept = letters.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn every_reference_leads_to_an_existing_document_heading_path_or_test() {
    let tree = Tree::of_repository();
    assert!(tree.texts.len() > 300 && tree.texts.contains_key("README.md"), "the walk reached the sources");
    // This file names documents that do not exist, to prove that they are found.
    let read = tree.texts.keys().filter(|path| *path != "tests/docs.rs");
    let wrong: Vec<String> = read.flat_map(|path| tree.broken_references(path)).collect();
    assert!(wrong.is_empty(), "{} broken references:\n{}", wrong.len(), wrong.join("\n"));
}

/// A repository of three documents and one test, and a file at `path` that contains `text`.
fn faults_of(path: &str, text: &str) -> Vec<String> {
    let tree = Tree::default()
        .with("README.md", "# Program\n")
        .with("docs/wire.md", "# Wire\n\n## Batches\n\n## The `upload` call, [once](x)\n\n## Batches\n")
        .with("docs/pairing.md", "# Pairing\n\n```\n# no heading\n```\n")
        .with("tests/wire.rs", "fn a_batch_is_sent() {}\n")
        .with(path, text);
    tree.broken_references(path)
}

#[test]
fn true_references_are_accepted() {
    for (path, text) in [
        ("src/a.rs", "//! Batches (docs/wire.md#batches), the second kind (docs/wire.md#batches-1)."),
        ("src/a.rs", "//! One call (docs/wire.md#the-upload-call-once)."),
        ("src/a/b.rs", "/// The table of README.md. See https://example.com/x.md#y"),
        ("src-tauri/a.toml", "resource = \"../README.md\""),
        (
            "docs/a.md",
            "[batches](wire.md#batches) [home](../README.md) [here](#a) `tests/` `tests/wire.rs`\n# A",
        ),
        ("docs/a.md", "held by `tests/wire.rs::a_batch_is_sent`; [image](../tests/wire.rs)"),
    ] {
        assert_eq!(faults_of(path, &format!("{text}\n")), [""; 0], "{text}");
    }
}

#[test]
fn every_kind_of_wrong_reference_is_found() {
    for (path, text, fault) in [
        ("src/a.rs", "/// docs/nothing.md", "docs/nothing.md does not exist"),
        ("ui/a.svelte", "<!-- CONTRIBUTING.md -->", "CONTRIBUTING.md does not exist"),
        ("src/a.rs", "/// docs/wire.md#uploads", "docs/wire.md has no heading #uploads"),
        ("src/a.rs", "/// docs/pairing.md#no-heading", "docs/pairing.md has no heading #no-heading"),
        ("src/a.rs", "/// pairing.md", "pairing.md does not exist"),
        ("src/a.rs", "/// ../shared/docs/wire.md", "../shared/docs/wire.md does not exist"),
        ("a.toml", "# wire-contract section 3", "wire-contract is replaced by docs/"),
        ("a.yml", "# old-exporter", "old-exporter is replaced by docs/"),
        (
            "src/a.rs",
            "/// docs/wire.md rule 10",
            "docs/wire.md is cited by number or quotation: name its heading, docs/wire.md#heading",
        ),
        ("docs/a.md", "[x](nothing.md)", "nothing.md does not exist"),
        ("docs/a.md", "[x](images/a.png)", "the link to images/a.png leads nowhere"),
        ("docs/a.md", "[x](#b)\n# A", "the link to #b leads nowhere"),
        ("docs/a.md", "in `src/nothing.rs`", "src/nothing.rs does not exist"),
        ("docs/a.md", "in `tests/wire.rs::gone`", "tests/wire.rs has no function gone"),
    ] {
        assert_eq!(faults_of(path, text), [format!("{path}:1: {fault}")], "{text}");
    }
}
