//! What the program is asked to do from outside the window: [`Request`], one queue for all of it.

use tauri::Theme;

use crate::tray::Action;

/// A cause of change that is none of the engine's events.
#[derive(Debug)]
pub enum Request {
    /// A person clicked in the tray, or a signal asks to end.
    Act(Action),
    /// The program was started once more, by a person.
    Raise,
    /// The last window was closed.
    Closed,
    /// Somebody closes a window whose page wants to be asked.
    AskToClose,
    /// The desktop prefers these colours; none when it does not say.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "asked for with each picture there"))]
    Colours(Option<Theme>),
    /// The tray came or went, or the program is started at login or no longer: see what the desktop is like.
    RefreshSurroundings,
}
