//! Identifiers in the form of UUIDs. Not unguessable: this server protects nothing.

use sha2::{Digest as _, Sha256};

/// Generates a random UUID (version 4).
pub(crate) fn random() -> String {
    from_bytes(fastrand::u128(..).to_be_bytes())
}

/// Returns the same UUID for the same words, so that a site keeps its id after a restart.
pub(crate) fn derive(kind: &str, name: &str) -> String {
    let digest = Sha256::new_with_prefix(kind).chain_update([0]).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    from_bytes(bytes)
}

/// Returns whether a text has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

fn from_bytes(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[digit as usize] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_and_stable_where_required() {
        assert!(is_uuid(&random()));
        assert_ne!(random(), random());
        assert_eq!(derive("site", "a"), derive("site", "a"));
        assert_ne!(derive("site", "a"), derive("account", "a"));
        assert!(!is_uuid("8f14e45f-ceea-467f-9575-1d1f6b0a3c2"));
        assert!(!is_uuid("../../../../etc/passwd"));
    }
}
