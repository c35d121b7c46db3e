//! [`Menu`]: the menu of the tray as a plain value, a pure function of the snapshot.

use chrono::{DateTime, TimeZone};
use data_exporter::models::command::PauseFor;
use data_exporter::models::pairing::PairingState;
use data_exporter::models::settings::Desktop;
use data_exporter::models::snapshot::{RunProgress, Snapshot};

use super::{status, times};
use crate::text::{Labels, Words};

/// The items from the top.
pub type Menu = Vec<Item>;

/// An item of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A line of text.
    Line(String),
    /// A command.
    Act {
        /// Its label.
        label: String,
        /// Its action.
        action: Action,
        /// Whether it is enabled.
        enabled: bool,
    },
    /// A check box.
    Check {
        /// Its label.
        label: String,
        /// The action that toggles it.
        action: Action,
        /// Whether it is checked.
        on: bool,
    },
    /// A submenu.
    Under {
        /// Its label.
        label: String,
        /// Whether it is enabled.
        enabled: bool,
        /// Its items.
        items: Menu,
    },
    /// A separator.
    Rule,
}

/// Actions of the tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Raise the window, or create it.
    Open,
    /// Show one of the window's views.
    Show(View),
    /// Export now.
    Export,
    /// Stop the export.
    StopExport,
    /// Pause the schedule.
    Pause(PauseFor),
    /// Resume the schedule.
    Resume,
    /// Pair, or pair again.
    Pair,
    /// Unpair, after a question.
    Unpair,
    /// Save the diagnostics for support.
    Diagnostics,
    /// Open the documentation.
    Documentation,
    /// Show version and folder.
    About,
    /// Turn the start at login on or off.
    StartAtLogin(bool),
    /// End the program.
    Quit,
}

/// A view of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The pairing.
    Pairing,
    /// The runs.
    History,
    /// The errors.
    Errors,
    /// The settings.
    Settings,
}

impl View {
    /// Returns its name in events and addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pairing => "pairing",
            Self::History => "history",
            Self::Errors => "errors",
            Self::Settings => "settings",
        }
    }
}

/// Returns the menu for a snapshot.
pub fn menu<Zone: TimeZone>(
    snapshot: &Snapshot,
    desktop: Desktop,
    words: &Words,
    now: &DateTime<Zone>,
) -> Menu {
    let labels = &words.menu;
    let free = !snapshot.read_only;
    let paired = snapshot.paired.is_some();
    let act = |label: &str, action, enabled| Item::Act { label: label.to_owned(), action, enabled };

    let mut menu = vec![Item::Line(status(snapshot, words, now))];
    menu.extend(times::lines(snapshot, words, now).into_iter().map(Item::Line));
    menu.push(Item::Rule);
    menu.push(act(labels.open, Action::Open, true));
    menu.push(match &snapshot.run {
        Some(RunProgress { stopping, .. }) => act(labels.stop, Action::StopExport, free && !stopping),
        None => {
            let ready = paired && snapshot.settings.source_dir.is_some();
            act(labels.export, Action::Export, free && ready)
        }
    });
    menu.push(pause(snapshot, labels, free && snapshot.schedule.is_some()));
    menu.push(Item::Rule);
    menu.push(pair(snapshot, labels, free));
    if paired {
        menu.push(act(labels.unpair, Action::Unpair, free));
    }
    menu.push(Item::Rule);
    let errors = match snapshot.recent_errors {
        0 => labels.errors.to_owned(),
        count => (labels.recent_errors)(count),
    };
    menu.push(act(&errors, Action::Show(View::Errors), true));
    menu.push(act(labels.settings, Action::Show(View::Settings), true));
    menu.push(Item::Under {
        label: labels.help.to_owned(),
        enabled: true,
        items: vec![
            act(labels.diagnostics, Action::Diagnostics, true),
            act(labels.documentation, Action::Documentation, true),
            act(labels.about, Action::About, true),
        ],
    });
    menu.push(Item::Check {
        label: labels.start_at_login.to_owned(),
        action: Action::StartAtLogin(!desktop.start_at_login),
        on: desktop.start_at_login,
    });
    menu.push(Item::Rule);
    menu.push(act(labels.quit, Action::Quit, true));
    menu
}

fn pause(snapshot: &Snapshot, labels: &Labels, enabled: bool) -> Item {
    if snapshot.paused.is_some() {
        return Item::Act { label: labels.resume.to_owned(), action: Action::Resume, enabled };
    }
    let ways = [
        (labels.half_an_hour, PauseFor::Seconds { seconds: 30 * 60 }),
        (labels.until_tomorrow, PauseFor::UntilTomorrow),
        (labels.until_resumed, PauseFor::UntilResumed),
    ];
    let items =
        ways.map(|(label, way)| Item::Act { label: label.to_owned(), action: Action::Pause(way), enabled });
    Item::Under { label: labels.pause.to_owned(), enabled, items: items.into() }
}

/// A second click during a pairing shows that pairing and does not start another.
fn pair(snapshot: &Snapshot, labels: &Labels, enabled: bool) -> Item {
    let under_way = matches!(
        snapshot.pairing,
        PairingState::Requesting { .. } | PairingState::Waiting { .. } | PairingState::Keeping
    );
    Item::Act {
        label: if snapshot.paired.is_some() { labels.pair_again } else { labels.pair }.to_owned(),
        action: if under_way { Action::Show(View::Pairing) } else { Action::Pair },
        enabled,
    }
}
