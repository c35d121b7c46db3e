//! [`banner`]: address and code as the specification prints them.

use std::io::{self, Write as _};

use super::DeviceAuthorization;

const RULE: &str = "═══════════════════════════════════════════════════════════";

/// Returns the specification's box with the address, the code and its lifetime in seconds.
pub fn banner(verification_uri: &str, user_code: &str, expires_in: u64) -> String {
    [
        RULE,
        "DEVICE AUTHORIZATION REQUIRED",
        RULE,
        &format!("1. Open: {verification_uri}"),
        &format!("2. Enter code: {user_code}"),
        "3. Select your site and click 'Authorize'",
        &format!("Code expires in {}.", lifetime(expires_in)),
        RULE,
    ]
    .join("\n")
}

/// Prints the banner to standard error. A closed standard error does not end the pairing.
pub(super) fn print(code: &DeviceAuthorization) {
    let _ = writeln!(io::stderr(), "{}", banner(&code.verification_uri, &code.user_code, code.expires_in));
}

fn lifetime(seconds: u64) -> String {
    let (count, unit) = if seconds < 60 { (seconds, "second") } else { (seconds / 60, "minute") };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_is_the_specifications() {
        insta::assert_snapshot!(banner("https://app.dataforge.com/device-verify", "ABCD-1234", 900));
    }

    #[test]
    fn the_lifetime_is_the_one_the_server_announced() {
        let shown: Vec<String> = [1, 59, 60, 900, 1800, 31_536_000].into_iter().map(lifetime).collect();
        assert_eq!(
            shown,
            ["1 second", "59 seconds", "1 minute", "15 minutes", "30 minutes", "525600 minutes"]
        );
    }
}
