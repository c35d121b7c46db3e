//! [`Service`]: a running `run`, also of an account without rights.

use std::process::{Child, Command, Stdio};

use data_exporter::platform::FolderLock;
use tempfile::TempDir;

use crate::{Installation, wait_until};

/// Creates a command of an account without rights, with a copy of the program that it can run.
pub fn as_nobody(installation: &Installation, place: &TempDir, arguments: &[&str]) -> Command {
    use std::os::unix::fs::PermissionsExt as _;

    let program = place.path().join("data_exporter");
    if !program.exists() {
        std::fs::copy(installation.home.command(&[]).get_program(), &program).unwrap();
        std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program).args(arguments);
    command.env_clear().env("DATA_EXPORTER_HOME", installation.home.path()).current_dir("/");
    command
}

/// A running `run`; dropping it kills the process.
pub struct Service(Child);

impl Service {
    /// Starts it.
    pub fn start(installation: &Installation) -> Self {
        Self::start_with(installation, &[])
    }

    /// Starts it with arguments.
    pub fn start_with(installation: &Installation, arguments: &[&str]) -> Self {
        Self::spawn(installation, installation.home.command(&[&["run"], arguments].concat()))
    }

    /// Starts it with an account without rights.
    pub fn start_as_nobody(installation: &Installation, place: &TempDir) -> Self {
        Self::spawn(installation, as_nobody(installation, place, &["run"]))
    }

    /// Starts a prepared command and waits until it answers.
    pub fn spawn(installation: &Installation, mut command: Command) -> Self {
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let pid = child.id();
        let service = Self(child);
        wait_until("`run` holds the folder", || {
            FolderLock::owner(installation.home.path()).is_some_and(|holder| holder.pid == pid)
        });
        // The channel opens after everything was read.
        wait_until("`run` answers", || {
            std::os::unix::net::UnixStream::connect(installation.home.path().join("control.sock")).is_ok()
        });
        service
    }

    /// Returns its process id.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Sends a signal, waits for the end and returns the exit code.
    pub fn end(mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.0.wait().unwrap().code()
    }

    /// Ends it and returns everything that it printed.
    pub fn output(mut self) -> String {
        self.signal("TERM");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut self.0.stdout.take().unwrap(), &mut text).unwrap();
        text
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([&format!("-{signal}"), &self.0.id().to_string()]).status();
        assert!(status.unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
