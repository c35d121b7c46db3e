//! Checks the program, the data folder with its lock, the database, and the free disk space.

use std::path::{Path, PathBuf};

use super::{Check, DoctorContext};
use crate::error::{Code, Error};
use crate::export::spool::MIN_FREE;
use crate::platform::{self, FolderLock, file};
use crate::store::Store;

/// Reports the version of this program.
pub(super) fn version() -> Check {
    let (version, system, machine) =
        (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    Check::ok("version", format!("data_exporter {version} for {system} on {machine}"))
        .detail("version", version)
        .detail("system", system)
        .detail("architecture", machine)
}

/// Checks the data folder, its database and its disk.
pub(super) fn folder(context: &DoctorContext) -> Vec<Check> {
    let data = &context.folders.data;
    vec![data_folder(data), database(context), disk(data)]
}

fn data_folder(data: &Path) -> Check {
    const NAME: &str = "data_folder";
    let shown = data.display();
    if !file::may_exist(data) {
        return Check::ok(NAME, format!("`{shown}` does not exist yet; it is created when needed"));
    }
    if let Err(error) = tempfile::tempfile_in(data) {
        return Check::failed(NAME, &Error::io("cannot write in", data, &error));
    }
    let holder = FolderLock::owner(data);
    let used = holder.as_ref().map_or_else(
        || "not in use".to_owned(),
        |holder| format!("in use by {} (pid {})", holder.program, holder.pid),
    );
    let check = if is_open_to(data, OTHERS) {
        Check::warning(
            NAME,
            format!("other accounts of this computer can open `{shown}`; {used}"),
            format!("run `chmod 700 {shown}` to restrict it to the account of the program"),
        )
    } else {
        Check::ok(NAME, format!("`{shown}` is writable; {used}"))
    };
    match holder {
        Some(holder) => check.detail("holder", holder.program).detail("pid", holder.pid),
        None => check,
    }
}

/// The rights of accounts outside the group.
const OTHERS: u32 = 0o007;
/// The rights of every account but the owner's.
pub(super) const ALL_BUT_OWNER: u32 = 0o077;

/// Returns whether a file or folder grants any of these rights.
#[cfg(unix)]
pub(super) fn is_open_to(path: &Path, rights: u32) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & rights != 0)
}

/// Windows has no such rights.
#[cfg(not(unix))]
pub(super) fn is_open_to(_path: &Path, _rights: u32) -> bool {
    false
}

fn database(context: &DoctorContext) -> Check {
    const NAME: &str = "database";
    let last_run = context.store.as_ref().map(Store::last_run);
    match last_run {
        Ok(Ok(None)) => Check::ok(NAME, "the history is readable; there is no run yet"),
        Ok(Ok(Some(run))) => {
            Check::ok(NAME, format!("the history is readable; the last run is {}", run.run_id))
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
            return Check::failed(NAME, &Error::io("cannot read the free space of", &folder, &error));
        }
    };
    let (left, needed) = (free / 1_000_000, MIN_FREE / 1_000_000);
    let check = if free < MIN_FREE {
        let message =
            format!("the disk of `{shown}` has only {left} MB free; exports stop below {needed} MB");
        Check::failed(NAME, &Error::new(Code::DiskFull, message).hint("free some space on that disk"))
    } else if free < 2 * MIN_FREE {
        Check::warning(
            NAME,
            format!("the disk of `{shown}` has {left} MB free; exports stop below {needed} MB"),
            "free some space on that disk",
        )
    } else {
        Check::ok(NAME, format!("the disk of `{shown}` has {left} MB free"))
    };
    check.detail("free_bytes", free)
}

/// Returns the folder, or its nearest existing ancestor.
fn existing(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new(".")).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::diagnosis::CheckStatus;

    #[test]
    fn a_missing_data_folder_is_fine_and_its_disk_is_checked() {
        let above = tempfile::tempdir().unwrap();
        let data = above.path().join("a/b");
        assert_eq!(data_folder(&data).status, CheckStatus::Ok);
        assert!(disk(&data).details["free_bytes"].as_u64().unwrap() > 0);
        assert!(!data.exists());
    }

    #[test]
    fn the_lock_owner_is_named() {
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
    fn a_data_folder_that_others_can_open_is_a_warning() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(data_folder(folder.path()).status, CheckStatus::Warning);
    }
}
