//! [`Npm`]: the window's pages in `ui/`, with a Node.js that is new enough.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Done;
use crate::needs;
use crate::place::Place;
use crate::programs::{NPM, version};
use crate::run;
use crate::setup;

/// Installed below the target folder where the machine's own is too old, as in Debian 12.
const NEWER: &str = "node@22";

/// The packages of `ui/`, ready to use.
pub struct Npm {
    folder: PathBuf,
    /// Path of a newer Node.js than the machine's own.
    newer: Option<PathBuf>,
}

impl Npm {
    /// Installs what is missing: Node.js, and the packages of the lock file.
    pub fn ready(place: &Place, yes: bool) -> Done<Self> {
        setup::packages(&needs::NODE, yes)?;
        let folder = place.root.join("ui");
        let manifest: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("package.json"))?)?;
        let wanted = manifest["engines"]["node"].as_str().and_then(version).ok_or("`ui` names no Node.js")?;
        let mut npm = Self { folder, newer: None };
        if npm.version()? < wanted {
            npm.newer = Some(newer(place)?);
        }
        npm.install()?;
        Ok(npm)
    }

    /// Runs a script of `ui/package.json`.
    pub fn script(&self, name: &str) -> Done {
        run::show(self.command(NPM).args(["run", "--silent", name]))
    }

    fn install(&self) -> Done {
        let locked = fs::read(self.folder.join("package-lock.json"))?;
        // The stamp is among the packages, so that it is deleted with them.
        let stamp = self.folder.join("node_modules/.installed");
        if fs::read(&stamp).is_ok_and(|installed| installed == locked) {
            return Ok(());
        }
        run::show(self.command(NPM).args(["ci", "--prefer-offline", "--no-progress"]))?;
        Ok(fs::write(stamp, locked)?)
    }

    fn version(&self) -> Done<(u32, u32)> {
        let output = run::capture(self.command("node").arg("--version"))?;
        version(&output).ok_or_else(|| format!("`node --version` says `{}`", output.trim()).into())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = run::command(program, &self.folder);
        if let Some(newer) = &self.newer {
            let path = env::var_os("PATH").unwrap_or_default();
            let all = std::iter::once(newer.clone()).chain(env::split_paths(&path));
            command.env("PATH", env::join_paths(all).unwrap_or(path.clone()));
        }
        command
    }
}

/// Installs a newer Node.js below the target folder, once; returns the folder of its program.
fn newer(place: &Place) -> Done<PathBuf> {
    let folder = place.target.join("node");
    let programs = folder.join("node_modules/.bin");
    if !programs.join("node").exists() {
        println!("this machine's Node.js is too old: installing {NEWER} in `{}`", folder.display());
        fs::create_dir_all(&folder)?;
        run::show(run::command(NPM, &folder).args(["install", "--no-save", "--prefix", ".", NEWER]))?;
    }
    Ok(programs)
}
