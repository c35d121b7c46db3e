//! One process holds a data folder: [`Running`]; other processes see which one.

use std::process::{Child, Stdio};

use data_exporter::platform::FolderLock;
use test_support::{Installation, wait_until};

/// A running `run`, killed with the test.
pub struct Running(Child);

impl Running {
    /// Starts it and waits until it answers on the channel.
    pub fn start(installation: &Installation) -> Self {
        let mut command = installation.home.command(&["run"]);
        let running = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let pid = running.pid();
        wait_until("`run` holds the folder", || {
            FolderLock::owner(installation.home.path()).is_some_and(|holder| holder.pid == pid)
        });
        wait_until("`run` answers", || installation.home.run(&["resume"]).code == 0);
        running
    }

    pub fn pid(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_second_process_sees_the_holder_until_it_exits() {
    let installation = Installation::new().paired("");
    installation.table("GOODS.DBF", 1);
    let first = Running::start(&installation);
    let pid = first.pid();
    let second = installation.home.run(&["run"]);
    assert_eq!(second.code, 6, "{}", second.err);
    let folder = installation.home.path().display();
    let sentence = format!("the data folder `{folder}` is in use by data_exporter run (pid {pid})");
    assert!(second.err.contains(&sentence), "{}", second.err);
    assert_eq!(installation.home.json(&["status"]).1["lock_holder"]["pid"], pid);

    drop(first);
    assert_eq!(FolderLock::owner(installation.home.path()), None, "a killed process releases the folder");
    let (code, run) = installation.home.json(&["export"]);
    assert_eq!((code, &run["state"]), (0, &serde_json::json!("complete")), "{run}");
}
