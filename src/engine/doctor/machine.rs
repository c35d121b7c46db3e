//! The program and the data folder: who holds it, whether its database can be read, and the room on its disk.

use std::path::{Path, PathBuf};

use super::{Check, DoctorContext};
use crate::error::{Code, Error};
use crate::export::spool::MIN_FREE;
use crate::platform::{self, FolderLock};
use crate::store::Store;

/// The version of this program.
pub(super) fn version() -> Check {
    let (version, system, machine) =
        (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    Check::ok("version", format!("data_exporter {version} for {system} on {machine}"))
        .detail("version", version)
        .detail("system", system)
        .detail("architecture", machine)
}

/// The data folder, what is in it and the disk under it.
pub(super) fn folder(context: &DoctorContext) -> Vec<Check> {
    let data = &context.folders.data;
    vec![data_folder(data), database(context), disk(data)]
}

fn data_folder(data: &Path) -> Check {
    const NAME: &str = "data_folder";
    let shown = data.display();
    if !data.exists() {
        return Check::ok(NAME, format!("`{shown}` is not there yet; it is made when it is needed"));
    }
    if let Err(error) = tempfile::tempfile_in(data) {
        return Check::failed(NAME, &Error::io("cannot write in", data, &error));
    }
    let holder = FolderLock::owner(data);
    let used = holder.as_ref().map_or_else(
        || "no program uses it now".to_owned(),
        |holder| format!("in use by {} (pid {})", holder.program, holder.pid),
    );
    let check = if others_may_enter(data) {
        Check::warning(
            NAME,
            format!("`{shown}` can be entered by other accounts of this computer; {used}"),
            format!("`chmod 700 {shown}` lets in only the account that runs the program"),
        )
    } else {
        Check::ok(NAME, format!("`{shown}` can be written; {used}"))
    };
    match holder {
        Some(holder) => check.detail("holder", holder.program).detail("pid", holder.pid),
        None => check,
    }
}

#[cfg(unix)]
fn others_may_enter(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(folder).is_ok_and(|about| about.permissions().mode() & 0o007 != 0)
}

#[cfg(not(unix))]
fn others_may_enter(_folder: &Path) -> bool {
    false
}

fn database(context: &DoctorContext) -> Check {
    const NAME: &str = "database";
    let last_run = context.store.as_ref().map(Store::last_run);
    match last_run {
        Ok(Ok(None)) => Check::ok(NAME, "the history can be read; there is no run yet"),
        Ok(Ok(Some(run))) => {
            Check::ok(NAME, format!("the history can be read; the last run is {}", run.run_id))
                .detail("last_run", run.run_id)
        }
        Ok(Err(error)) => Check::failed(NAME, &error.into()),
        Err(error) => Check::failed(NAME, error),
    }
}

fn disk(data: &Path) -> Check {
    const NAME: &str = "disk";
    let folder = existing(data);
    let shown = folder.display();
    let free = match platform::free_space(&folder) {
        Ok(free) => free,
        Err(error) => {
            return Check::failed(NAME, &Error::io("cannot ask for the free space of", &folder, &error));
        }
    };
    let (left, needed) = (free / 1_000_000, MIN_FREE / 1_000_000);
    let check = if free < MIN_FREE {
        let message =
            format!("the disk of `{shown}` has only {left} MB left, and exports stop below {needed} MB");
        Check::failed(NAME, &Error::new(Code::DiskFull, message).hint("free some space on that disk"))
    } else if free < 2 * MIN_FREE {
        Check::warning(
            NAME,
            format!("the disk of `{shown}` has {left} MB left, and exports stop below {needed} MB"),
            "free some space on that disk",
        )
    } else {
        Check::ok(NAME, format!("the disk of `{shown}` has {left} MB left"))
    };
    check.detail("free_bytes", free)
}

/// The folder, or the nearest one above it that is there.
fn existing(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new(".")).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::doctor::CheckStatus;

    #[test]
    fn a_folder_that_is_not_there_is_made_later_and_its_disk_is_known() {
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("a/b");
        assert_eq!(data_folder(&data).status, CheckStatus::Ok);
        assert!(disk(&data).details["free_bytes"].as_u64().unwrap() > 0);
        assert!(!data.exists());
    }

    #[test]
    fn the_holder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let _lock = FolderLock::take(folder.path(), "data_exporter run").unwrap();
        let check = data_folder(folder.path());
        assert!(
            check.message.ends_with(&format!("in use by data_exporter run (pid {})", std::process::id()))
        );
        assert_eq!(check.details["pid"], std::process::id());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_for_everybody_is_warned_of() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(data_folder(folder.path()).status, CheckStatus::Warning);
    }
}
