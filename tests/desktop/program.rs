//! [`Program`]: the tray application, started as a session starts it, and its processes.

use std::fs;
use std::process::ExitStatus;
use std::time::Duration;

use crate::session::{Process, Session};
use crate::wait::{until, within};

/// The program under test.
pub const PATH: &str = env!("CARGO_BIN_EXE_data-exporter-desktop");

/// A running program.
pub struct Program {
    process: Process,
}

impl Program {
    pub fn start(session: &Session, arguments: &[&str]) -> Self {
        let child = session.command(PATH).args(arguments).spawn().unwrap();
        Self { process: Process(child) }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn lives(&mut self) -> bool {
        self.process.0.try_wait().unwrap().is_none()
    }

    /// Asks it to exit, as a session does at logout.
    pub fn terminate(&self) {
        self.process.terminate();
    }

    /// Waits for its end, with a limit, and returns the exit status.
    pub fn end(&mut self, limit: Duration) -> ExitStatus {
        within(limit, "the end of the program", || self.process.0.try_wait().unwrap())
    }

    /// Waits until its pages have this number of processes.
    pub fn until_pages(&self, count: usize) {
        until(&format!("{count} processes of pages"), || (pages(self.id()).len() == count).then_some(()));
    }
}

/// Returns the processes that show pages for a program.
fn pages(program: u32) -> Vec<u32> {
    below(program).into_iter().filter(|process| name(*process).starts_with("WebKitWebProc")).collect()
}

/// Returns a process and all its descendants.
pub fn family(process: u32) -> Vec<u32> {
    [vec![process], below(process)].concat()
}

fn below(process: u32) -> Vec<u32> {
    let path = format!("/proc/{process}/task");
    let threads = fs::read_dir(path).into_iter().flatten().flatten();
    let started = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<u32> = started
        .flat_map(|line| line.split(' ').filter_map(|word| word.parse().ok()).collect::<Vec<_>>())
        .collect();
    children.into_iter().flat_map(family).collect()
}

fn name(process: u32) -> String {
    fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default()
}
