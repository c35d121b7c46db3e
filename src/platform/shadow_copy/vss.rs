//! [`VssProvider`]: Volume Shadow Copies, created and deleted through the system's `Win32_ShadowCopy`.
//!
//! A PowerShell process owns each copy and deletes it when its standard input ends, so that the copy goes however this
//! program ends, and no code here calls COM. Needs an administrator's rights.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::ShadowCopy;

/// A copy, and the process that owns it until this value is dropped.
struct VssCopy {
    keeper: Child,
    root: PathBuf,
}

impl VssCopy {
    /// Starts the owner process. It prints one line with the copy's path, or the reason for a failure on standard
    /// error.
    fn start(keeper: &mut Command) -> io::Result<Self> {
        let mut keeper =
            keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(output) = keeper.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let root = line.trim();
        if root.is_empty() {
            drop(keeper.stdin.take());
            let errors = keeper.wait_with_output()?.stderr;
            let errors = String::from_utf8_lossy(&errors);
            let why = errors.lines().map(str::trim).find(|line| !line.is_empty());
            return Err(io::Error::other(why.unwrap_or("Windows made none and gave no reason").to_owned()));
        }
        Ok(Self { keeper, root: PathBuf::from(root) })
    }
}

impl ShadowCopy for VssCopy {
    fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for VssCopy {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            tracing::warn!(%error, "cannot determine whether a shadow copy of the disk was removed");
        }
    }
}

#[cfg(windows)]
pub use by_powershell::VssProvider;

#[cfg(windows)]
mod by_powershell {
    use std::path::{Component, Prefix};

    use super::{Path, PathBuf, ShadowCopy, VssCopy, io};
    use crate::platform::{self, shadow_copy::ShadowCopyProvider};

    /// The variable that passes the volume to the owner process.
    const VOLUME: &str = "DATA_EXPORTER_VOLUME";
    /// The numbers come from the documentation of the method.
    const SCRIPT: &str = "\
$ErrorActionPreference = 'Stop'
$why = @{1='access is denied'; 3='the volume was not found'; 4='the volume has no shadow copies'; \
6='there is not enough room for it'; 8='the volume has as many as it may'; 9='another one is being made'}
$made = ([wmiclass]'root\\cimv2:Win32_ShadowCopy').Create($env:DATA_EXPORTER_VOLUME, 'ClientAccessible')
$code = [int]$made.ReturnValue
if ($code -ne 0) {
  $text = $why[$code]
  if (-not $text) { $text = \"Win32_ShadowCopy.Create answered $code\" }
  [Console]::Error.WriteLine($text)
  exit 1
}
$copy = Get-WmiObject Win32_ShadowCopy -Filter (\"ID='\" + $made.ShadowID + \"'\")
try {
  [Console]::Out.WriteLine($copy.DeviceObject)
  [Console]::Out.Flush()
  [void][Console]::In.ReadToEnd()
} finally {
  $copy.Delete()
}
";

    /// The shadow copies of this machine's volumes.
    pub struct VssProvider;

    impl ShadowCopyProvider for VssProvider {
        fn place(&self, file: &Path) -> Option<(PathBuf, PathBuf)> {
            // Resolves links and substituted drive letters; the file itself may be locked.
            let file = std::fs::canonicalize(file.parent()?).ok()?.join(file.file_name()?);
            let mut parts = file.components();
            let Some(Component::Prefix(prefix)) = parts.next() else { return None };
            let (Prefix::Disk(letter) | Prefix::VerbatimDisk(letter)) = prefix.kind() else { return None };
            let below = parts.as_path().strip_prefix("\\").ok()?;
            Some((PathBuf::from(format!("{}:\\", char::from(letter))), below.to_path_buf()))
        }

        fn take(&self, disk: &Path) -> io::Result<Box<dyn ShadowCopy>> {
            let mut keeper = platform::system_command("WindowsPowerShell\\v1.0\\powershell.exe");
            keeper.args(["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", SCRIPT]).env(VOLUME, disk);
            Ok(Box::new(VssCopy::start(&mut keeper)?))
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn keeper(script: &str, folder: &Path) -> Command {
        let mut keeper = Command::new("sh");
        keeper.args(["-c", script]).current_dir(folder);
        keeper
    }

    #[test]
    fn the_copy_is_removed_when_dropped_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let script = "touch copy; echo ' /the/copy '; cat >/dev/null; rm copy";
        let shadow = VssCopy::start(&mut keeper(script, folder.path())).unwrap();
        assert_eq!(shadow.root(), Path::new("/the/copy"));
        assert!(folder.path().join("copy").exists());
        drop(shadow);
        assert!(!folder.path().join("copy").exists());
    }

    #[test]
    fn a_failed_copy_reports_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |script| VssCopy::start(&mut keeper(script, folder.path())).err().unwrap().to_string();
        assert_eq!(refused("echo >&2; echo access is denied >&2; exit 1"), "access is denied");
        assert_eq!(refused("exit 0"), "Windows made none and gave no reason");
        assert!(VssCopy::start(&mut Command::new("/no/such/keeper")).is_err());
    }
}
