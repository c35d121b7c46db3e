//! Measures time, memory and wake-ups of the program; prints and never asserts them. Run by `cargo test --release -p
//! data-exporter-desktop --test desktop -- --ignored --nocapture`.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::desktop_session::DesktopSession;
use crate::program::{Program, family};

const IDLE: Duration = Duration::from_secs(30);

#[test]
#[ignore = "measures for a minute"]
fn measure_start_memory_and_wake_ups() {
    let desktop = DesktopSession::new();
    let started = Instant::now();
    let (program, tray) = desktop.start();
    println!("start to tray {} ms", started.elapsed().as_millis());

    thread::sleep(Duration::from_secs(5));
    println!("memory before any window {}", memory(&program));
    let before = switches(program.id());
    thread::sleep(IDLE);
    println!("wake-ups in {} s without a window, by thread:", IDLE.as_secs());
    for ((id, name), count) in switches(program.id()) {
        match count - before.get(&(id, name.clone())).copied().unwrap_or_default() {
            0 => {}
            more => println!("    {name} {more}"),
        }
    }

    tray.click("Open");
    program.until_pages(1);
    thread::sleep(Duration::from_secs(5));
    println!("memory with a window {}", memory(&program));
    desktop.session.hands(&["-c", "Data Exporter"]).unwrap();
    program.until_pages(0);
    thread::sleep(Duration::from_secs(5));
    println!("memory after closing it {}", memory(&program));
}

#[test]
#[ignore = "measures"]
fn measure_click_to_code() {
    let desktop = DesktopSession::new();
    let mut clicked = None;
    let page = crate::page::Page::open(&desktop.session, &["--hidden"], || {
        let tray = desktop.tray();
        clicked = Some(Instant::now());
        tray.click("Pair…");
    });
    page.until_text(&desktop.code());
    println!("click to code, window and its driver included {} ms", clicked.unwrap().elapsed().as_millis());
    let tray = desktop.tray();
    desktop.server.deny(&desktop.code()).unwrap();
    page.until_text("Pairing was declined");
    let clicked = Instant::now();
    tray.click("Pair…");
    page.until_text(&desktop.code());
    println!("click to code in the open window {} ms", clicked.elapsed().as_millis());
}

/// Returns the proportional set sizes of a program and its descendants.
fn memory(program: &Program) -> String {
    let sizes: Vec<u64> = family(program.id()).into_iter().map(proportional).collect();
    let mebibytes = |kibibytes: u64| kibibytes as f64 / 1024.0;
    format!(
        "{:.0} MiB in {} processes, {:.0} of it its own",
        mebibytes(sizes.iter().sum()),
        sizes.len(),
        mebibytes(sizes[0])
    )
}

/// In KiB.
fn proportional(process: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    number_after("Pss:", &rollup)
}

/// Returns how often each thread, by number and name, has gone to sleep.
fn switches(process: u32) -> BTreeMap<(String, String), u64> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    threads
        .map(|thread| {
            let folder = thread.unwrap().path();
            let name = fs::read_to_string(folder.join("comm")).unwrap_or_default().trim().to_owned();
            let status = fs::read_to_string(folder.join("status")).unwrap_or_default();
            let id = folder.file_name().unwrap().to_string_lossy().into_owned();
            ((id, name), number_after("voluntary_ctxt_switches:", &status))
        })
        .collect()
}

fn number_after(name: &str, text: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
