//! `diagnostics`: collects information for support in a zip that a person reads before sending it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::session::runtime;
use super::{CliContext, Exit};
use crate::engine::diagnostics::{Bundle, gather};
use crate::engine::doctor::DoctorRequest;
use crate::error::Result;
use crate::text::words::DiagnosticsWords;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Path or folder of the zip [default: the current folder]
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, context: &CliContext) -> Result<Exit> {
    let words = &context.words().diagnostics;
    context.screen.note(words.looking);
    let runtime = runtime()?;
    let bundle = runtime.block_on(gather(DoctorRequest {
        folders: context.folders.clone(),
        named_config: context.named_config(),
        offline: false,
    }));
    // Hanging checks are not awaited.
    runtime.shutdown_timeout(Duration::ZERO);
    let path = match &arguments.output {
        None => PathBuf::from(bundle.name()),
        Some(folder) if folder.is_dir() => folder.join(bundle.name()),
        Some(path) => path.clone(),
    };
    bundle.save(&path)?;
    if context.json() {
        context.screen.json(&json!({ "path": path, "files": bundle.files() }));
    }
    context.screen.result(&describe(&bundle, &path, words));
    Ok(Exit::DONE)
}

fn describe(bundle: &Bundle, path: &Path, words: &DiagnosticsWords) -> String {
    let mut lines = vec![(words.holds)(&path.display().to_string())];
    lines.extend(bundle.files().iter().map(|file| match &file.missing {
        None => format!("  {:<18} {}", file.name, file.about),
        Some(why) => format!("  {:<18} {}; {}", file.name, file.about, (words.missing)(why)),
    }));
    lines.push(words.read_it.to_owned());
    lines.join("\n")
}
