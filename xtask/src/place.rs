//! [`Place`]: the folders the commands work in.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Done;

/// The folders the commands work in.
pub struct Place {
    /// The project.
    pub root: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
}

impl Place {
    /// Finds them: the project is where this crate was built from.
    pub fn find() -> Done<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or("xtask does not stand in the project")?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Ok(Self { target: env::current_dir()?.join(target), root })
    }

    /// The real tables, where this machine has them.
    pub fn corpus(&self) -> Option<PathBuf> {
        self.root.join("../shared/corpus/dbf").canonicalize().ok()
    }

    /// A fresh, empty folder below the target folder.
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

    /// A built program of ours.
    pub fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
