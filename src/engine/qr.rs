//! Draws a QR code as an SVG path: [`draw`].

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

use crate::models::pairing::Qr;

/// Width of the quiet zone around a code, in modules.
const QUIET: usize = 4;

/// Returns the QR code of a text, or none when the text is too long.
pub fn draw(text: &str) -> Option<Qr> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (at, module) in code.to_colors().into_iter().enumerate() {
        if module == Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        }
    }
    Some(Qr { side: (width + 2 * QUIET) as u32, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finder_pattern_is_inside_the_quiet_zone() {
        let qr = draw("https://app.example/device-verify?code=ABCD-2345").unwrap();
        assert!(qr.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"), "{}", &qr.path[..40]);
        assert!(!qr.path.contains("M3 ") && !qr.path.contains(" 3h"));
        assert!(qr.side > 30);
        assert_eq!(draw(&"x".repeat(5000)), None);
    }
}
