//! [`Request`]: requests to the program from outside the window, in one queue.

use tauri::Theme;

use crate::tray::Action;

/// A cause of change other than the engine's events.
#[derive(Debug)]
pub enum Request {
    /// A person clicked in the tray, or a signal asks the program to end.
    Act(Action),
    /// A person started the program a second time.
    Raise,
    /// The last window was closed.
    Closed,
    /// A window whose page wants to be asked is about to close.
    AskToClose,
    /// The desktop prefers this colour scheme; `None` when it has no preference.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "asked for with each picture there"))]
    Colours(Option<Theme>),
    /// The tray appeared or disappeared, or the start at login changed: read the facts about the desktop again.
    RefreshSurroundings,
}
