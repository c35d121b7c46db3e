//! A QR code as the modules of a drawing: [`draw`].

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

use crate::models::snapshot::Qr;

/// Light modules to be kept around a code.
const QUIET: usize = 4;

/// The code of a text; none for a text too long for one.
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
    fn the_finder_stands_in_the_corner_of_the_quiet_zone() {
        let qr = draw("https://app.example/device-verify?code=ABCD-2345").unwrap();
        assert!(qr.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"), "{}", &qr.path[..40]);
        assert!(!qr.path.contains("M3 ") && !qr.path.contains(" 3h"));
        assert!(qr.side > 30);
        assert_eq!(draw(&"x".repeat(5000)), None);
    }
}
