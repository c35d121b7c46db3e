//! The project's commands: `cargo xtask demo | test | check-windows | test-windows | compare-corpus | bench`. One file
//! for each command.
//!
//! [`place::Place`] knows the folders, [`run`] starts other programs, [`setup`] installs missing [`needs`]. Nothing
//! here is part of the product.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for a person at a terminal")]

mod bench;
mod compare;
mod demo;
mod needs;
mod node;
mod place;
mod programs;
mod run;
mod setup;
mod steps;
mod test;
mod windows;

use std::process::ExitCode;

/// The result of a command; the text of an error is shown to the person.
type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [--yes]      installs what is missing, starts a stand-in server, and shows the tray application with the tables
                    of a small shop; without a screen, the command line
  test [--yes]      installs what is missing, then passes every check and test there is
  check-windows     type-checks everything for Windows with Debian's compiler for it [--yes]
  test-windows      links the command for Windows and tests it under wine [--yes]
  compare-corpus    compares every value of the corpus with independent readers
  bench [--quick]   measures conversion beside pgdbf, ogr2ogr and dbfread

  --yes             installs without asking
  --quick           smaller tables, one run each";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let flags: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let known = |allowed: &[&str]| flags.iter().all(|flag| allowed.contains(flag));
    let ended = match words.first().map(String::as_str) {
        Some("demo") if known(&["--yes"]) => demo::run(flags.contains(&"--yes")),
        Some("test") if known(&["--yes"]) => test::run(flags.contains(&"--yes")),
        Some("check-windows") if known(&["--yes"]) => windows::check(flags.contains(&"--yes")),
        Some("test-windows") if known(&["--yes"]) => windows::test(flags.contains(&"--yes")),
        Some("compare-corpus") if known(&[]) => compare::run(),
        Some("bench") if known(&["--quick"]) => bench::run(flags.contains(&"--quick")),
        Some("--help" | "-h" | "help") => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
