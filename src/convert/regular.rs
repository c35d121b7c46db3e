//! Opens a file that strangers may have put there, or replaced a moment ago: [`open`]. Every decision is made on the
//! handle, never on the name, because a name can be changed between a check and its use.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Opens a regular file of a disk, for reading; below `root`, a path without links, where there is one.
///
/// # Errors
/// When it cannot be opened, is a pipe, a device or a file of the kernel, or leads out of `root`.
pub(super) fn open(path: &Path, root: Option<&Path>) -> io::Result<File> {
    // Opening a device can have an effect, so the name is asked first; what counts is asked after opening.
    if !fs::metadata(path)?.is_file() {
        return Err(no_regular_file());
    }
    let file = open_at_once(path)?;
    if let Some(root) = root
        && !real_path(&file, path)?.starts_with(root)
    {
        let why = "it is a link that leads out of the source folder; `[src] follow_links = \"anywhere\"` allows that";
        return Err(io::Error::new(ErrorKind::InvalidInput, why));
    }
    Ok(file)
}

/// Opens without waiting for the other end of a pipe, and without becoming the owner of a terminal.
fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC).bits().cast_signed());
    }
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(no_regular_file());
    }
    if is_of_the_kernel(&file)? {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is a file of the kernel and not of a disk"));
    }
    Ok(file)
}

fn no_regular_file() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it is not a regular file")
}

/// Returns whether the file is made by the kernel when it is read, as in `/proc` and `/sys`: it may never end, or wait.
#[cfg(target_os = "linux")]
fn is_of_the_kernel(file: &File) -> io::Result<bool> {
    /// proc, sysfs, debugfs, tracefs, securityfs, cgroup, cgroup2, bpf, configfs, efivarfs, pstore, selinux.
    const KERNEL: [i64; 12] = [
        0x9fa0,
        0x6265_6572,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
        0x27_e0eb,
        0x6367_7270,
        0xcafe_4a11,
        0x6265_6570,
        0xde5e_81e4,
        0x6165_676c,
        0xf97c_ff8c,
    ];
    let kind = rustix::fs::fstatfs(file)?.f_type;
    #[allow(clippy::useless_conversion, reason = "the field has 32 bits on some machines")]
    Ok(KERNEL.contains(&(i64::from(kind) & 0xffff_ffff)))
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
fn is_of_the_kernel(_: &File) -> io::Result<bool> {
    Ok(false)
}

/// Returns the path of an open file without links.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn real_path(file: &File, path: &Path) -> io::Result<PathBuf> {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::MetadataExt as _;
    fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).or_else(|_| {
        // Without /proc the name is asked again, and must lead to the same file.
        let real = fs::canonicalize(path)?;
        let (now, opened) = (fs::symlink_metadata(&real)?, file.metadata()?);
        if (now.dev(), now.ino()) == (opened.dev(), opened.ino()) {
            Ok(real)
        } else {
            Err(io::Error::new(ErrorKind::InvalidInput, "it was replaced while it was opened"))
        }
    })
}

#[cfg(target_vendor = "apple")]
fn real_path(file: &File, _: &Path) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    let path = rustix::fs::getpath(file)?;
    Ok(PathBuf::from(std::ffi::OsString::from_vec(path.into_bytes())))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn real_path(_: &File, path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    /// An opening that waits for a writer never returns.
    #[test]
    fn a_pipe_that_took_the_place_of_a_table_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("A.DBF");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // As after a successful check of the name.
        assert_eq!(open_at_once(&pipe).unwrap_err().to_string(), "it is not a regular file");
        assert!(open(&pipe, None).is_err());
        assert!(open_at_once(folder.path()).is_err(), "nor a folder");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_of_the_kernel_is_refused_also_behind_a_link() {
        let folder = tempfile::tempdir().unwrap();
        for kernel in ["/proc/self/status", "/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"] {
            if !Path::new(kernel).exists() {
                continue;
            }
            let link = folder.path().join("A.DBF");
            symlink(kernel, &link).unwrap();
            for path in [Path::new(kernel), &link] {
                let error = open(path, None).unwrap_err();
                assert_eq!(error.to_string(), "it is a file of the kernel and not of a disk", "{kernel}");
            }
            fs::remove_file(&link).unwrap();
        }
    }

    #[test]
    fn a_link_is_followed_below_the_root_only() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = fs::canonicalize(inside.path()).unwrap();
        let at = |name: &str| inside.path().join(name);
        fs::create_dir(at("old")).unwrap();
        fs::write(at("old/a.dbt"), "inside").unwrap();
        fs::write(outside.path().join("private"), "outside").unwrap();
        symlink(at("old/a.dbt"), at("absolute.dbt")).unwrap();
        symlink("old/../old/a.dbt", at("relative.dbt")).unwrap();
        symlink(outside.path().join("private"), at("leak.dbt")).unwrap();
        symlink(outside.path(), at("folder")).unwrap();
        for name in ["old/a.dbt", "absolute.dbt", "relative.dbt"] {
            let mut text = String::new();
            open(&at(name), Some(&root)).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "inside", "{name}");
        }
        for name in ["leak.dbt", "folder/private"] {
            let refused = open(&at(name), Some(&root)).unwrap_err().to_string();
            assert!(refused.starts_with("it is a link that leads out of the source folder"), "{refused}");
            assert!(open(&at(name), None).is_ok(), "{name}");
        }
    }
}
