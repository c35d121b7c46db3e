//! Programs whose place or version the commands must know.

/// The command of npm.
pub const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
/// Debian installs it outside PATH.
pub const WINE: &str = "/usr/lib/wine/wine64";
/// Path of Debian's compiler; another one may come first in PATH.
pub const BIN: &str = "/usr/bin";

/// Returns the first two numbers of `v20.19.1` or `>=20.19`.
pub fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches(|letter: char| !letter.is_ascii_digit()).split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version(">=20.19"), Some((20, 19)));
        assert!(version("v18.20.4\n") < version(">=20.19"));
        assert!(version("v20.9.0") < version(">=20.19"));
        assert!(version("v100.0.1") > version(">=20.19"));
        assert_eq!(version("none"), None);
    }
}
