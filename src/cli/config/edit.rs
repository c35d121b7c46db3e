//! `config edit`: a person edits a copy of config.toml, which replaces the file when it is valid.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::cli::{CliContext, Exit};
use crate::config::file::ConfigFile;
use crate::engine::configuration;
use crate::error::{Code, Error, Result};
use crate::platform::{self, file};

pub fn edit(context: &CliContext) -> Result<Exit> {
    if !context.screen.can_ask() {
        return Err(Error::new(Code::Usage, "`config edit` needs a terminal")
            .hint("use `data_exporter config set KEY VALUE`"));
    }
    let words = &context.words().config;
    let path = &context.folders.config;
    let mut config = ConfigFile::open(path)?;
    let before = config.text();
    // A private copy, since the file may hold a secret.
    let copy = file::scratch(".toml", &before)
        .map_err(|error| Error::io("cannot create a file in", std::env::temp_dir(), &error))?;
    loop {
        open_editor(copy.path())?;
        let after = std::fs::read_to_string(copy.path())
            .map_err(|error| Error::io("cannot read", copy.path(), &error))?;
        if after == before {
            context.screen.result(words.untouched);
            return Ok(Exit::DONE);
        }
        let Err(invalid) = configuration::check(path, &after) else {
            if ConfigFile::open(path)?.text() != before {
                return Err(Error::new(
                    Code::ConfigError,
                    format!("`{}` was changed by another program in the meantime", path.display()),
                )
                .hint("run `data_exporter config edit` again; nothing was changed"));
            }
            config.replace(&after)?;
            config.save()?;
            if context.json() {
                context.screen.json(&json!({ "path": path }));
            }
            context.screen.result(&(words.saved)(&path.display().to_string()));
            return Ok(Exit::DONE);
        };
        context.screen.error(&invalid.into());
        if !context.screen.confirmed(words.again, true) {
            context.screen.result(words.untouched);
            return Ok(Exit(Code::ConfigError.exit_code()));
        }
    }
}

/// Opens the editor that the environment names, else that of the system, and waits for its end.
fn open_editor(path: &Path) -> Result<()> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(platform::variable);
    let named = named.filter(|editor| !editor.trim().is_empty());
    let editor = named.unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
    let failed = |why: String| {
        Error::new(Code::UnknownError, format!("the editor `{editor}` failed: {why}"))
            .hint("set EDITOR to the command of your editor; nothing was changed")
    };
    // The variable may hold arguments, and a path with blanks in quotes.
    #[cfg(unix)]
    let status = Command::new("sh").arg("-c").arg(format!("{editor} \"$1\"")).arg("sh").arg(path).status();
    #[cfg(not(unix))]
    let status = {
        let mut words = editor.split_whitespace();
        Command::new(words.next().unwrap_or("notepad")).args(words).arg(path).status()
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}
