//! The view for every state in every language, as text; which actions are enabled when.

use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, Utc};
use data_exporter::error::{Code, Error};
use data_exporter::models::command::PauseFor;
use data_exporter::models::export::{RunReport, RunState, Totals, Trigger};
use data_exporter::models::pairing::{Paired, PairedKind, PairingState};
use data_exporter::models::schedule::{Days, ScheduleDescription, ScheduleView, Times};
use data_exporter::models::settings::{Desktop, Language, UserSettings};
use data_exporter::models::snapshot::{LockOwner, NextStep, Pause, RunProgress, Snapshot, State};

use super::menu::Item;
use super::{Action, Menu, Panel, TrayView, View};

const LANGUAGES: [(Language, &str); 3] = [(Language::En, "en"), (Language::Ru, "ru"), (Language::He, "he")];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-21T16:00:00+02:00").unwrap()
}

fn desktop(language: Language) -> Desktop {
    Desktop { language, start_at_login: false, has_tray: true }
}

fn view(snapshot: &Snapshot, language: Language) -> TrayView {
    TrayView::new(snapshot, desktop(language), Panel::Any, &now())
}

/// An installation that exports every two hours and has done so.
fn shop(state: State) -> Snapshot {
    let last = RunReport {
        run_id: 7,
        batch_id: None,
        batch_ids: Vec::new(),
        trigger: Trigger::Schedule,
        state: RunState::Complete,
        started_at: at("2026-11-21T12:00:00Z"),
        finished_at: Some(at("2026-11-21T12:01:30Z")),
        files: None,
        totals: Totals::default(),
        error: None,
    };
    let schedule = ScheduleView {
        crontab: "0 */2 * * *".to_owned(),
        timezone: "local".to_owned(),
        plain: ScheduleDescription {
            times: Times::EveryHours { count: 2, minute: 0 },
            days: Days::Every,
            months: Vec::new(),
        },
        sentence: String::new(),
        next: vec![at("2026-11-21T22:00:00Z")],
    };
    Snapshot {
        version: "1.0.0".to_owned(),
        device_name: "till".to_owned(),
        state,
        next_step: None,
        problem: None,
        holder: None,
        read_only: false,
        paired: Some(Paired {
            domain: "shop.example.com".to_owned(),
            name: "shop.example.com".to_owned(),
            dialect: "dfm".to_owned(),
            base_url: None,
            since: None,
        }),
        pairing: PairingState::Idle,
        run: None,
        last_run: Some(last),
        schedule: Some(schedule),
        paused: None,
        settings: UserSettings { source_dir: Some("/shop".to_owned()), ..UserSettings::default() },
        recent_errors: 0,
        history_revision: 0,
        errors_revision: 0,
    }
}

fn running(sent: u64, to_send: Option<u64>) -> RunProgress {
    RunProgress {
        trigger: Trigger::Manual,
        started_at: at("2026-11-21T14:00:00Z"),
        to_send,
        sent,
        skipped: 0,
        failed: 0,
        rows: 0,
        bytes_sent: 0,
        current: None,
        waiting: None,
        stopping: false,
    }
}

/// An installation in each state.
fn example(state: State) -> Snapshot {
    let mut shop = shop(state);
    let problem = |code: Code| Some(Error::new(code, "in English").body());
    match state {
        State::Unpaired => {
            (shop.paired, shop.schedule, shop.last_run) = (None, None, None);
        }
        State::NeedsAttention => {
            shop.problem = problem(Code::AuthenticationFailed);
            shop.recent_errors = 1;
        }
        State::Setup => {
            (shop.schedule, shop.last_run, shop.settings.source_dir) = (None, None, None);
            shop.next_step = Some(NextStep::ChooseFolder);
        }
        State::Error => {
            shop.problem = problem(Code::ConnectionFailed);
            shop.recent_errors = 12;
        }
        State::Overdue => shop.problem = problem(Code::ConnectionFailed),
        State::Paused => shop.paused = Some(Pause { until: Some(at("2026-11-21T14:30:00Z")) }),
        State::Running => shop.run = Some(running(3, Some(12))),
        State::Warnings => shop.recent_errors = 2,
        State::Inactive => {
            shop.schedule = None;
            shop.next_step = Some(NextStep::SetSchedule);
        }
        State::Ok => {}
        State::NeverRun => {
            (shop.schedule, shop.last_run) = (None, None);
            shop.next_step = Some(NextStep::Export);
        }
    }
    shop
}

fn draw(menu: &Menu, indent: &str, text: &mut String) {
    for item in menu {
        let line = match item {
            Item::Line(label) => format!("  {label}"),
            Item::Act { label, action, enabled: true } => format!("> {label}  → {action:?}"),
            Item::Act { label, enabled: false, .. } => format!("x {label}"),
            Item::Check { label, action, on } => {
                format!("{} {label}  → {action:?}", if *on { '☑' } else { '☐' })
            }
            Item::Under { label, enabled, .. } => format!("{} {label}", if *enabled { '+' } else { 'x' }),
            Item::Rule => "  ─".to_owned(),
        };
        let _ = writeln!(text, "{indent}{line}");
        if let Item::Under { items, enabled: true, .. } = item {
            draw(items, &format!("{indent}    "), text);
        }
    }
}

fn picture(view: &TrayView) -> String {
    let mut text = format!("({:?}) {}\n", view.icon.state, view.tooltip);
    draw(&view.menu, "", &mut text);
    text
}

fn action(menu: &Menu, wanted: Action) -> Option<bool> {
    menu.iter().find_map(|item| match item {
        Item::Act { action, enabled, .. } => (*action == wanted).then_some(*enabled),
        Item::Under { items, .. } => action(items, wanted),
        _ => None,
    })
}

#[test]
fn every_state_in_every_language() {
    for (language, name) in LANGUAGES {
        let faces = State::ALL.map(|state| picture(&view(&example(state), language)));
        insta::assert_snapshot!(format!("states_{name}"), faces.join("\n"));
    }
}

#[test]
fn with_another_holder_its_name_is_shown_and_unavailable_items_are_disabled() {
    let mut shop = shop(State::Ok);
    shop.holder = Some(LockOwner { pid: 4711, program: "data_exporter run".to_owned() });
    let mut faces = vec![picture(&view(&shop, Language::En))];
    shop.read_only = true;
    faces.extend(LANGUAGES.map(|(language, _)| picture(&view(&shop, language))));
    insta::assert_snapshot!("held", faces.join("\n"));
}

#[test]
fn a_running_export_is_shown_in_every_state() {
    let mut lines = Vec::new();
    for (state, run) in [
        (State::Running, running(0, None)),
        (State::Running, running(1, Some(1))),
        (State::Running, RunProgress { stopping: true, ..running(1, Some(21)) }),
        (State::Error, running(5, Some(21))),
    ] {
        let mut shop = shop(state);
        shop.run = Some(run);
        for (language, _) in LANGUAGES {
            let view = view(&shop, language);
            let first = view.menu.iter().take_while(|item| **item != Item::Rule);
            lines.extend(first.take(2).map(|item| format!("{item:?}")));
        }
        lines.push(String::new());
    }
    insta::assert_snapshot!("runs", lines.join("\n"));
}

#[test]
fn a_pause_is_shown_without_an_end_and_below_a_worse_state() {
    let mut paused = shop(State::Paused);
    paused.paused = Some(Pause { until: None });
    let graver = Snapshot { state: State::Error, ..paused.clone() };
    let faces: Vec<String> = LANGUAGES
        .iter()
        .flat_map(|(language, _)| [&paused, &graver].map(|one| picture(&view(one, *language))))
        .collect();
    insta::assert_snapshot!("pauses", faces.join("\n"));
}

#[test]
fn enabled_items_follow_from_the_view() {
    let menu = |snapshot: &Snapshot| view(snapshot, Language::En).menu;
    let unpaired = menu(&example(State::Unpaired));
    assert_eq!(action(&unpaired, Action::Export), Some(false));
    assert_eq!(action(&unpaired, Action::Pair), Some(true));
    assert_eq!(action(&unpaired, Action::Unpair), None);
    assert_eq!(action(&unpaired, Action::Pause(PauseFor::UntilResumed)), Some(false));

    let paired = menu(&example(State::Ok));
    assert_eq!(action(&paired, Action::Export), Some(true));
    assert_eq!(action(&paired, Action::StopExport), None);
    assert_eq!(action(&paired, Action::Unpair), Some(true));
    assert_eq!(action(&paired, Action::Pause(PauseFor::Seconds { seconds: 1800 })), Some(true));

    let running = menu(&example(State::Running));
    assert_eq!(action(&running, Action::Export), None);
    assert_eq!(action(&running, Action::StopExport), Some(true));

    let paused = menu(&example(State::Paused));
    assert_eq!(action(&paused, Action::Resume), Some(true));
    assert_eq!(action(&paused, Action::Pause(PauseFor::UntilTomorrow)), None);

    assert_eq!(
        action(&menu(&example(State::Setup)), Action::Export),
        Some(false),
        "nothing can be exported yet"
    );

    let mut by_hand = example(State::Ok);
    by_hand.schedule = None;
    assert_eq!(action(&menu(&by_hand), Action::Pause(PauseFor::UntilTomorrow)), Some(false));
}

#[test]
fn the_first_line_names_the_next_step_unless_it_comes_by_itself() {
    let first = |snapshot: &Snapshot| view(snapshot, Language::En).menu[0].clone();
    let line = |text: &str| Item::Line(text.to_owned());
    let mut shop = example(State::NeverRun);
    assert_eq!(first(&shop), line("Nothing exported yet: start the first export"));
    shop.schedule = example(State::Ok).schedule;
    assert_eq!(first(&shop), line("Nothing exported yet"), "the first export is scheduled");
    shop.state = State::Inactive;
    shop.next_step = Some(NextStep::RunSchedule);
    assert_eq!(first(&shop), line("Exports only by hand: nothing is running the schedule"));
}

#[test]
fn a_second_click_on_pair_shows_the_current_pairing() {
    let done = PairingState::Done {
        domain: "x".to_owned(),
        kind: PairedKind::Site,
        scopes: Vec::new(),
        expires_at: None,
        notes: Vec::new(),
    };
    for (pairing, wanted) in [
        (PairingState::Idle, Action::Pair),
        (PairingState::Requesting { trouble: None }, Action::Show(View::Pairing)),
        (PairingState::Keeping, Action::Show(View::Pairing)),
        (done, Action::Pair),
    ] {
        let mut snapshot = example(State::Unpaired);
        snapshot.pairing = pairing;
        assert_eq!(action(&view(&snapshot, Language::En).menu, wanted), Some(true), "{:?}", snapshot.pairing);
    }
}

#[test]
fn equal_views_give_equal_tray_views() {
    let snapshot = example(State::Running);
    let mut further = snapshot.clone();
    further.run = Some(RunProgress { bytes_sent: 1 << 20, rows: 99, ..running(3, Some(12)) });
    assert_eq!(view(&snapshot, Language::Ru), view(&further, Language::Ru));
}

#[test]
fn start_at_login_is_a_toggle() {
    for on in [false, true] {
        let desktop = Desktop { start_at_login: on, ..desktop(Language::En) };
        let menu = TrayView::new(&shop(State::Ok), desktop, Panel::Any, &now()).menu;
        let ticked = menu.iter().any(|item| {
            matches!(item, Item::Check { action: Action::StartAtLogin(wanted), on: shown, .. }
                if *wanted != on && *shown == on)
        });
        assert!(ticked, "{on}");
    }
}
