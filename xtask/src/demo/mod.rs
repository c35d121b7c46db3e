//! `cargo xtask demo`: the main use on a fresh machine, with a stand-in server and the tables of a small shop: in the
//! tray where there is a display, else on the [`mod@command_line`].

mod command_line;
mod server;
mod tray;

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::Done;
use crate::place::Place;

pub use command_line::run as command_line;

/// Runs it; `yes` installs without asking.
pub fn run(yes: bool) -> Done {
    if has_screen() {
        return tray::run(yes);
    }
    println!(
        "there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set): the command line instead of the tray"
    );
    command_line(yes)
}

fn has_screen() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The folders of a demonstration, below the target folder.
struct Stage {
    /// The shop's tables.
    tables: PathBuf,
    /// The number of tables.
    count: usize,
    /// Configuration and data.
    home: PathBuf,
    /// The server's data.
    received: PathBuf,
}

impl Stage {
    fn set(place: &Place) -> Done<Self> {
        let folder = place.fresh("demo")?;
        let [tables, home, received] = ["shop", "home", "server"].map(|name| folder.join(name));
        fs::create_dir_all(&home)?;
        fs::create_dir_all(&received)?;
        let count = test_tables::demo::demo_folder(&tables)?;
        println!("\n{count} tables of a small shop are in `{}`", tables.display());
        Ok(Self { tables, count, home, received })
    }

    /// Prints where to look while it runs.
    fn describe(&self, address: &str) {
        println!("\nwhere to look");
        println!("  the server's pages      {address}/");
        println!("  what the server holds   {}", self.received.display());
        println!("  the tables              {}", self.tables.display());
        println!("  configuration, history  {}", self.home.display());
    }
}
