//! Codes and secrets in the formats of each dialect: generates them and normalizes typed codes. Random, but not
//! unguessable: this server protects nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Dialect;
use crate::ids;

/// Without I, O, 0 and 1.
const SYMBOLS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// RomM's, also without L.
const ROMM_SYMBOLS: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// Generates a device code.
pub(crate) fn device_code(dialect: Dialect) -> String {
    match dialect {
        Dialect::DfmA | Dialect::DfmC | Dialect::Rfc => words::<48>(),
        Dialect::Aip => format!("device_{}", hex::<16>()),
        Dialect::Romm => hex::<32>(),
    }
}

/// Generates a user code.
pub(crate) fn user_code(dialect: Dialect) -> String {
    let symbols = if dialect == Dialect::Romm { ROMM_SYMBOLS } else { SYMBOLS };
    let symbol = |_| symbols[fastrand::usize(..symbols.len())] as char;
    let code: String = (0..8).map(symbol).collect();
    match dialect {
        Dialect::Aip | Dialect::Romm => code,
        _ => format!("{}-{}", &code[..4], &code[4..]),
    }
}

/// Normalizes a code for comparison: upper case, without hyphens and blanks.
pub(crate) fn normalised(code: &str) -> String {
    code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// `N` random bytes as letters, digits, `_` and `-`; four characters for every three bytes.
pub(crate) fn words<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>())
}

/// `N` random bytes in lower-case hex.
pub(crate) fn hex<const N: usize>() -> String {
    ids::hex(&bytes::<N>())
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fastrand::fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_form_of_their_dialect() {
        let words = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        for _ in 0..500 {
            let (device, user) = (device_code(Dialect::DfmA), user_code(Dialect::DfmA));
            assert!(device.len() == 64 && device.chars().all(words), "{device}");
            assert!(user.len() == 9 && user.as_bytes()[4] == b'-' && !user.contains(['I', 'O', '0', '1']));
            let aip = device_code(Dialect::Aip);
            assert!(aip.len() == 39 && aip.starts_with("device_"), "{aip}");
            assert_eq!(user_code(Dialect::Aip).len(), 8);
            assert_eq!(device_code(Dialect::Romm).len(), 64);
            let romm = user_code(Dialect::Romm);
            assert!(romm.len() == 8 && !romm.contains(['I', 'O', '0', '1', 'L', '-']), "{romm}");
        }
    }

    #[test]
    fn a_code_parses_in_every_spelling() {
        for typed in ["ABCD-EFGH", "abcdefgh", " abcd efgh ", "Abcd–Efgh", "a-b-c-d-e-f-g-h"] {
            assert_eq!(normalised(typed), "ABCDEFGH");
        }
    }
}
