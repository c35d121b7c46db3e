//! [`Session`]: a private login session for a test: a screen, a session bus, a window manager and a keychain. It does
//! not see the session of the person who runs the tests, and all of it ends with the test.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use zbus::blocking::{Connection, connection, fdo::DBusProxy};
use zbus::names::BusName;
use zbus::zvariant::OwnedObjectPath;

use crate::wait::until;

/// The programs of a session, and the Debian and Ubuntu packages that provide them.
const NEEDED: [(&str, &str); 6] = [
    ("Xvfb", "xvfb"),
    ("dbus-daemon", "dbus-daemon"),
    ("openbox", "openbox"),
    ("wmctrl", "wmctrl"),
    ("gnome-keyring-daemon", "gnome-keyring"),
    ("WebKitWebDriver", "webkit2gtk-driver"),
];

/// One session at a time: two cores are too few for two windows.
static TURN: Mutex<()> = Mutex::new(());

/// The state of the keychain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keychain {
    /// Unlocked, as after a login.
    Unlocked,
    /// Without a password; the service starts at the first request.
    NeverUnlocked,
}

/// A process that is stopped, and waited for, when dropped.
pub struct Process(pub Child);

impl Process {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn terminate(&self) {
        kill_process(Pid::from_child(&self.0), Signal::TERM).unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.0.try_wait().is_ok_and(|ended| ended.is_none()) {
            // SIGTERM, so that the screen removes its lock file.
            self.terminate();
        }
        let _ = self.0.wait();
    }
}

/// A running session.
pub struct Session {
    /// Processes end in reverse order of their start.
    processes: Vec<Process>,
    variables: Vec<(&'static str, PathBuf)>,
    address: String,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Session {
    pub fn start(keychain: Keychain) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<&str> = NEEDED
            .into_iter()
            .filter(|(program, _)| Command::new(program).arg("--version").output().is_err())
            .map(|(_, package)| package)
            .collect();
        assert!(missing.is_empty(), "missing on this machine: apt-get install {}", missing.join(" "));

        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_path_buf();
        let mut session = Self {
            processes: Vec::new(),
            variables: vec![("LANG", "C.UTF-8".into()), ("TZ", "UTC".into()), ("HOME", home.clone())],
            address: String::new(),
            folder,
            _turn: turn,
        };
        for (name, below) in [
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "share"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
        ] {
            let path = home.join(below);
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
            session.set(name, path);
        }
        let screen = ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"];
        let number = session.announced("Xvfb", &screen);
        session.set("DISPLAY", format!(":{number}"));
        session.set("GDK_BACKEND", "x11");
        session.address = session.announced("dbus-daemon", &["--session", "--nofork", "--print-address=1"]);
        session.set("DBUS_SESSION_BUS_ADDRESS", session.address.clone());
        session.run("openbox", &[]);
        until("the window manager", || session.hands(&["-m"]));
        if keychain == Keychain::Unlocked {
            session.unlock();
        }
        session
    }

    /// Adds a variable to the environment of all programs started later.
    pub fn set(&mut self, name: &'static str, value: impl Into<PathBuf>) {
        self.variables.push((name, value.into()));
    }

    /// Returns the user's home folder.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the output of programs that was not requested.
    fn log(&self) -> PathBuf {
        self.home().join("log")
    }

    /// Returns a command of this session, not yet started.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let log = || fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(log()).stderr(log());
        command
    }

    /// Starts a program that runs until the session ends.
    fn run(&mut self, program: &str, arguments: &[&str]) {
        let child = self.command(program).args(arguments).spawn().unwrap();
        self.processes.push(Process(child));
    }

    /// Starts a program and reads the line that contains its address.
    fn announced(&mut self, program: &str, arguments: &[&str]) -> String {
        let mut child = self.command(program).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        self.processes.push(Process(child));
        assert!(!line.trim().is_empty(), "{program} did not start:\n{}", self.output());
        line.trim().to_owned()
    }

    fn unlock(&mut self) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--unlock", "--components=secrets", "--foreground"]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // An empty line is the empty password.
        child.stdin.take().unwrap().write_all(b"\n").unwrap();
        self.processes.push(Process(child));
        let bus = self.bus();
        until("the keychain", || has_owner(&bus, "org.freedesktop.secrets").then_some(()));
    }

    /// Opens a connection to the session bus.
    pub fn bus(&self) -> Connection {
        self.offering().build().unwrap()
    }

    /// Starts a connection that will own a name or objects.
    pub fn offering(&self) -> connection::Builder<'static> {
        connection::Builder::address(self.address.as_str()).unwrap()
    }

    /// Returns the number of secrets in the keychain.
    pub fn secrets(&self) -> usize {
        let everything = HashMap::<&str, &str>::new();
        let (name, path) = ("org.freedesktop.secrets", "/org/freedesktop/secrets");
        let interface = Some("org.freedesktop.Secret.Service");
        let found = self.bus().call_method(Some(name), path, interface, "SearchItems", &everything).unwrap();
        let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            found.body().deserialize().unwrap();
        unlocked.len() + locked.len()
    }

    /// Runs `wmctrl`, which acts on windows; returns its output if it succeeded.
    pub fn hands(&self, arguments: &[&str]) -> Option<String> {
        let output = self.command("wmctrl").args(arguments).stdout(Stdio::piped()).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// Returns the titles of the windows on the screen.
    pub fn windows(&self) -> Vec<String> {
        let list = self.hands(&["-l"]).unwrap_or_default();
        // Number, desktop and machine precede the title.
        list.lines().filter_map(|line| line.split_whitespace().nth(3).map(|_| title(line))).collect()
    }

    fn output(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log()).unwrap_or_default()).into_owned()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("output of the programs:\n{}", self.output());
        }
        while self.processes.pop().is_some() {}
    }
}

fn title(line: &str) -> String {
    line.split_whitespace().skip(3).collect::<Vec<_>>().join(" ")
}

/// Returns whether a name on the bus has an owner.
pub fn has_owner(bus: &Connection, name: &str) -> bool {
    let name = BusName::try_from(name).unwrap();
    DBusProxy::new(bus).unwrap().name_has_owner(name).unwrap()
}
