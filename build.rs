//! Passes the target to `src/cli/version.rs`, and for a release also the commit and its date.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DATA_EXPORTER_COMMIT");
    println!("cargo::rustc-env=DATA_EXPORTER_BUILD_TARGET={}", variable("TARGET").unwrap_or_default());
    // A development build would name a commit that its source no longer is.
    if variable("PROFILE").as_deref() != Some("release") {
        return;
    }
    for file in ["HEAD", "index"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    // A package of sources has no checkout: its builder names the commit.
    let commit = variable("DATA_EXPORTER_COMMIT").or_else(|| git(&["rev-parse", "--short=12", "HEAD"]));
    let Some(commit) = commit else { return };
    println!("cargo::rustc-env=DATA_EXPORTER_BUILD_COMMIT={commit}");
    if let Some(date) = git(&["show", "-s", "--format=%cs", &commit]) {
        println!("cargo::rustc-env=DATA_EXPORTER_BUILD_DATE={date}");
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}
