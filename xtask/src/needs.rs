//! [`Need`]: packages of the system, in the groups that the commands need.

use std::path::Path;
use std::process::Command;

use crate::programs::{BIN, NPM, WINE as WINE_PROGRAM, version};
use crate::run;

/// Something that the machine may lack.
pub struct Need {
    /// Its description.
    pub what: &'static str,
    /// Its package in Debian and Ubuntu.
    pub package: &'static str,
    /// Returns whether the machine has it.
    pub present: fn() -> bool,
}

const fn need(what: &'static str, package: &'static str, present: fn() -> bool) -> Need {
    Need { what, package, present }
}

/// A C compiler, for SQLite and the linker.
pub const COMPILER: Need = need("a C compiler", "build-essential", || run::exists("cc", "--version"));

/// Python with virtual environments, for the independent readers.
pub const PYTHON: Need = need("Python 3 with venv", "python3-venv", || {
    let asked = Command::new("python3").args(["-c", "import venv, ensurepip"]).output();
    asked.is_ok_and(|output| output.status.success())
});

/// A session bus, a keychain and its command, for the tests of the secret store.
pub const KEYCHAIN: [Need; 3] = [
    need("a session bus", "dbus-daemon", || run::starts("dbus-daemon") && run::starts("dbus-run-session")),
    need("a keychain", "gnome-keyring", || run::starts("gnome-keyring-daemon")),
    need("the keychain's command", "libsecret-tools", || run::starts("secret-tool")),
];

/// For building the window's pages.
pub const NODE: [Need; 2] =
    [need("Node.js", "nodejs", || run::starts("node")), need("npm", "npm", || run::exists(NPM, "--version"))];

/// For building the tray application on Linux.
pub const TOOLKIT: [Need; 2] = [
    need("pkg-config", "pkg-config", || run::starts("pkg-config")),
    need("GTK and WebKit", "libwebkit2gtk-4.1-dev", || {
        let asked = Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"]).status();
        asked.is_ok_and(|status| status.success())
    }),
];

/// For testing the tray application on Linux: a virtual display, simulated input and screenshots.
pub const SCREEN: [Need; 7] = [
    need("a screen without a monitor", "xvfb", || run::starts("Xvfb")),
    need("a window manager", "openbox", || run::starts("openbox")),
    need("its command", "wmctrl", || run::starts("wmctrl")),
    need("a driver of WebKit", "webkit2gtk-driver", || run::starts("WebKitWebDriver")),
    need("a browser", "chromium", || run::starts("chromium")),
    need("Latin, Cyrillic and Hebrew letters", "fonts-noto-core", || has_font("Noto Sans Hebrew")),
    need("letters of one width", "fonts-noto-mono", || has_font("Noto Sans Mono")),
];

fn has_font(family: &str) -> bool {
    Command::new("fc-list").arg(family).output().is_ok_and(|output| !output.stdout.is_empty())
}

/// For compiling for Windows on Debian: its newer compiler with the source of the standard library, and mingw.
pub const CROSS: [Need; 6] = [
    need("Debian's newer Rust", "rustc-web", || is_new_enough("rustc")),
    need("its cargo", "cargo-web", || is_new_enough("cargo")),
    need("the source of its standard library", "rust-web-src", || {
        Path::new("/usr/lib/rustlib/src/rust/library/std").exists()
    }),
    need("its linker's parts", "rust-web-llvm", || Path::new("/usr/share/doc/rust-web-llvm").exists()),
    need("a C compiler for Windows", "gcc-mingw-w64-x86-64", || run::starts("x86_64-w64-mingw32-gcc")),
    need("a C++ compiler for Windows", "g++-mingw-w64-x86-64", || run::starts("x86_64-w64-mingw32-g++")),
];

/// For running Windows programs.
pub const WINE: Need = need("wine", "wine64", || run::starts(WINE_PROGRAM));

/// Debian's ordinary compiler has the same path, and is too old.
fn is_new_enough(program: &str) -> bool {
    let asked = Command::new(Path::new(BIN).join(program)).arg("--version").output();
    let output = asked.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    version(output.split(' ').nth(1).unwrap_or_default()) >= version(env!("CARGO_PKG_RUST_VERSION"))
}
