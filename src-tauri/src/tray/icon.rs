//! [`Icon`]: the picture in the tray, one for each state and kind of panel, drawn in `icons/tray`.

use data_exporter::models::snapshot::State;

/// The colour of the tray's panel, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Panel {
    /// A light panel, for dark lines.
    Light,
    /// A dark panel, for light lines.
    Dark,
    /// Unknown: a filled picture is visible on both.
    #[default]
    Any,
}

/// The choice of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Icon {
    /// Its state.
    pub state: State,
    /// Its panel.
    pub panel: Panel,
}

/// A decoded picture: rows from the top, four bytes a pixel in the order red, green, blue, alpha.
pub struct Pixels {
    /// Pixels on a side.
    pub side: u32,
    /// The pixels.
    pub rgba: Vec<u8>,
}

/// The number of sizes.
const SIZES: usize = 5;

macro_rules! sizes {
    ($panel:literal, $state:literal) => {
        [
            include_bytes!(concat!("../../../icons/tray/", $panel, "/16/", $state, ".png")).as_slice(),
            include_bytes!(concat!("../../../icons/tray/", $panel, "/22/", $state, ".png")),
            include_bytes!(concat!("../../../icons/tray/", $panel, "/24/", $state, ".png")),
            include_bytes!(concat!("../../../icons/tray/", $panel, "/32/", $state, ".png")),
            include_bytes!(concat!("../../../icons/tray/", $panel, "/48/", $state, ".png")),
        ]
    };
}

macro_rules! states {
    ($panel:literal, $state:expr) => {
        match $state {
            State::Unpaired => sizes!($panel, "unpaired"),
            State::NeedsAttention => sizes!($panel, "needs_attention"),
            State::Setup => sizes!($panel, "setup"),
            State::Error => sizes!($panel, "error"),
            State::Overdue => sizes!($panel, "overdue"),
            State::Paused => sizes!($panel, "paused"),
            State::Running => sizes!($panel, "running"),
            State::Warnings => sizes!($panel, "warnings"),
            State::Inactive => sizes!($panel, "inactive"),
            State::Ok => sizes!($panel, "ok"),
            State::NeverRun => sizes!($panel, "never_run"),
        }
    };
}

impl Icon {
    /// Returns the picture in all sizes, smallest first.
    pub fn pixels(self) -> Vec<Pixels> {
        self.files().into_iter().filter_map(decode).collect()
    }

    fn files(self) -> [&'static [u8]; SIZES] {
        match self.panel {
            Panel::Light => states!("light", self.state),
            Panel::Dark => states!("dark", self.state),
            Panel::Any => states!("any", self.state),
        }
    }
}

/// `None` for anything but a square of eight bits a channel with transparency, as all of these are.
fn decode(file: &[u8]) -> Option<Pixels> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut rgba).ok()?;
    let as_made = frame.color_type == png::ColorType::Rgba && frame.bit_depth == png::BitDepth::Eight;
    (as_made && frame.width == frame.height).then_some(Pixels { side: frame.width, rgba })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const PANELS: [Panel; 3] = [Panel::Light, Panel::Dark, Panel::Any];

    #[test]
    fn every_state_has_its_own_icon_in_every_size_and_panel_colour() {
        let mut seen = HashSet::new();
        for panel in PANELS {
            for state in State::ALL {
                let pixels = Icon { state, panel }.pixels();
                assert_eq!(pixels.iter().map(|one| one.side).collect::<Vec<_>>(), [16, 22, 24, 32, 48]);
                for one in pixels {
                    assert!(seen.insert((one.side, one.rgba)), "{state:?} on {panel:?}");
                }
            }
        }
    }

    /// Brightness as seen by a person who sees no colours, on the lightest and the darkest panel of a picture.
    #[test]
    fn icons_differ_in_shape_and_not_only_in_colour() {
        for (panel, behind) in [(Panel::Light, 240), (Panel::Dark, 30), (Panel::Any, 240), (Panel::Any, 30)] {
            let seen = State::ALL.map(|state| grey(&Icon { state, panel }.pixels()[1], behind));
            for (nth, one) in seen.iter().enumerate() {
                for (other, two) in seen.iter().enumerate().skip(nth + 1) {
                    let apart = one.iter().zip(two).filter(|(a, b)| a.abs_diff(**b) > 64).count();
                    let states = (State::ALL[nth], State::ALL[other]);
                    assert!(apart >= 16, "{states:?} on {panel:?} {behind}: {apart} of 484 pixels differ");
                }
            }
        }
    }

    fn grey(pixels: &Pixels, behind: u32) -> Vec<u8> {
        let over = |pixel: &[u8]| {
            let [red, green, blue, alpha] = [0, 1, 2, 3].map(|channel| u32::from(pixel[channel]));
            let light = (red * 2 + green * 5 + blue) / 8;
            ((light * alpha + behind * (255 - alpha)) / 255) as u8
        };
        pixels.rgba.chunks_exact(4).map(over).collect()
    }
}
