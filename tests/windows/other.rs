//! [`Other`]: another process that has a table open.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

const PATH: &str = "DATA_EXPORTER_TEST_HOLDS";
const HOW: &str = "DATA_EXPORTER_TEST_HOW";

/// How the process has opened the table.
#[derive(Debug, Clone, Copy)]
pub enum How {
    /// For reading and writing, shared: the usual way of a point-of-sale program.
    Shared,
    /// Exclusively.
    Alone,
    /// Shared, with its bytes locked.
    Locked,
}

/// Closes the table when dropped.
pub struct Other {
    process: Child,
    _open: ChildStdin,
}

impl Other {
    pub fn holding(table: &Path, how: How) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "other::run_as_the_other_process", "--nocapture"])
            .env(PATH, table)
            .env(HOW, format!("{how:?}"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let open = process.stdin.take().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().ends_with("it is held")), "the other process has it open");
        Self { process, _open: open }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The code of the other process; in the test run itself there is nothing to hold.
#[test]
fn run_as_the_other_process() {
    let (Some(path), Ok(how)) = (std::env::var_os(PATH), std::env::var(HOW)) else { return };
    let _file = open(Path::new(&path), &how);
    println!("it is held");
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().lock().lines().count();
}

fn open(path: &Path, how: &str) -> File {
    /// `FILE_SHARE_READ | FILE_SHARE_WRITE`.
    const BOTH: u32 = 3;
    let shares = if how == "Alone" { 0 } else { BOTH };
    let file = OpenOptions::new().read(true).write(true).share_mode(shares).open(path).unwrap();
    if how == "Locked" {
        file.lock().unwrap();
    }
    file
}
