//! A private session bus for a test, with the keychain that the test needs.
//!
//! A test calls [`inside`] first: outside the session it runs itself again within `dbus-run-session` and returns false;
//! within the session it returns true. No test ever uses the keychain of the person who runs it.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

const INSIDE: &str = "DATA_EXPORTER_TEST_INSIDE";
/// Set by `cargo xtask test`, which installs the packages: then a missing package is a failure.
const REQUIRED: &str = "DATA_EXPORTER_TEST_KEYCHAIN";

/// The service on the session bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bus {
    /// gnome-keyring with its login keyring unlocked, as after a login.
    Unlocked,
    /// gnome-keyring without a password, started at the first request.
    NeverUnlocked,
    /// No service, and none that could be started.
    Empty,
}

/// Returns whether this process is the one within the session.
pub fn inside(bus: Bus, test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    if let Some(missing) = missing() {
        assert!(
            std::env::var_os(REQUIRED).is_none(),
            "{missing} is missing; apt-get install gnome-keyring libsecret-tools dbus-daemon"
        );
        // Bypasses the captured output of the test, so that it is visible.
        let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {missing} is missing");
        return false;
    }
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = Command::new("dbus-run-session");
    if bus == Bus::Empty {
        command.arg("--config-file").arg(without_services(home.path()));
    }
    let prepare = match bus {
        Bus::Unlocked => {
            "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1 || exit 99;"
        }
        Bus::NeverUnlocked | Bus::Empty => "",
    };
    let output = command
        .args(["--", "sh", "-c", &format!("{prepare} exec \"$0\" \"$@\"")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| name == "PATH" || name == "CARGO_MANIFEST_DIR"))
        .envs([("HOME", home.path()), ("XDG_RUNTIME_DIR", home.path()), (INSIDE, Path::new("1"))])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "within the session:\n{text}");
    false
}

fn missing() -> Option<&'static str> {
    ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"].into_iter().find(|program| {
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err()
    })
}

/// A bus that activates no services.
fn without_services(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("bus.conf");
    let text = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>\
                <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
                <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>";
    fs::write(&path, text).unwrap();
    path
}
