//! Lists the commands that the window may call, and embeds the window's pages.

/// Every command of `src/commands.rs`; only commands listed here and in `capabilities/main.json` can be called.
const COMMANDS: &[&str] = &[
    "snapshot",
    "send",
    "history",
    "run",
    "errors",
    "preview",
    "check_settings",
    "save_list",
    "choose_folder",
    "desktop",
    "set_start_at_login",
    "open_address",
    "ask_before_closing",
    "close",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The pages are embedded when this crate is compiled.
    println!("cargo:rerun-if-changed=../ui/dist");
    println!("cargo:rerun-if-changed=build.rs");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    Ok(tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))?)
}
