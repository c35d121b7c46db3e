//! [`Prefix`]: a Windows for the tests alone, below the target folder, without the network's programs and a display.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::Done;
use crate::place::Place;
use crate::programs::WINE;
use crate::run;

/// Settings shared by the programs of a prefix.
const SERVER: &str = "/usr/lib/wine/wineserver64";

/// Rust's standard library takes random numbers from this library, which this wine lacks.
const RANDOM: &str = "LIBRARY bcryptprimitives\nEXPORTS\n  ProcessPrng = ADVAPI32.SystemFunction036\n";

/// A folder in which wine keeps a Windows.
pub struct Prefix(PathBuf);

impl Prefix {
    /// Creates it, unless it exists.
    pub fn ready(place: &Place) -> Done<Self> {
        let prefix = Self(place.target.join("win/wine"));
        let system = prefix.0.join("drive_c/windows/system32");
        let random = system.join("bcryptprimitives.dll");
        if random.exists() {
            return Ok(prefix);
        }
        fs::create_dir_all(&prefix.0)?;
        run::capture(prefix.within(run::command(WINE, &place.root).args(["wineboot", "--init"])))?;
        let exports = prefix.0.join("bcryptprimitives.def");
        fs::write(&exports, RANDOM)?;
        let mut link = run::command("x86_64-w64-mingw32-gcc", &place.root);
        link.args(["-shared", "-nostdlib", "-Wl,--entry=0", "-o"]).arg(&random).arg(&exports);
        run::capture(&mut link)?;
        // Every Windows shares its disks with administrators in this way.
        let share = prefix.0.join("dosdevices/unc/localhost");
        fs::create_dir_all(&share)?;
        run::capture(run::command("ln", &share).args(["-sfn", "../../../drive_c", "c$"]))?;
        Ok(prefix)
    }

    /// Makes cargo run its results in here.
    pub fn runs(&self, cargo: &mut Command) {
        let cargo = self.within(cargo);
        cargo.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", WINE).env("DATA_EXPORTER_TEST_WINE", "1");
    }

    /// Ends the processes that still run in here, such as the service of a failed test.
    pub fn end(&self) {
        let _ = self.within(&mut Command::new(SERVER)).arg("-k").status();
    }

    /// Neither a display nor the parts that wine would offer to download.
    fn within<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("WINEPREFIX", &self.0)
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
            .env_remove("DISPLAY")
    }
}
