//! [`Place`]: the folders that the commands use.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Done;

/// The folders that the commands use.
pub struct Place {
    /// The project.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Place {
    /// Finds them: the project is the folder from which this crate was built.
    pub fn find() -> Done<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or("xtask does not stand in the project")?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self { target: env::current_dir()?.join(target), root })
    }

    /// Returns the real tables, where this machine has them.
    pub fn corpus(&self) -> Option<PathBuf> {
        self.root.join("../shared/corpus/dbf").canonicalize().ok()
    }

    /// Returns a fresh, empty folder below the target folder.
    pub fn fresh(&self, name: &str) -> Done<PathBuf> {
        let folder = self.target.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .map_err(|error| format!("cannot clear `{}`: {error}", folder.display()))?;
        }
        fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
        Ok(folder)
    }

    /// Returns a built program of the project.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
