//! [`Bridge`]: the one task that forwards the engine's events to tray, window and notifications, and handles requests.
//! Only this task emits events to the window.

use std::time::Duration;

use chrono::Local;
use data_exporter::engine::{Engine, Options};
use data_exporter::error::Result;
use data_exporter::models::command::{Command, EngineEvent};
use data_exporter::models::settings::{Desktop, Language};
use data_exporter::models::snapshot::{Snapshot, State};
use data_exporter::platform::{self, Folders};
use tauri::{AppHandle, Emitter as _, Manager as _, Theme};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::{MissedTickBehavior, interval};

use crate::notice::{Message, Notifier};
use crate::request::Request;
use crate::shell::Shell;
use crate::tray::{Action, Tray, TrayView, View};
use crate::{actions, appearance, start_at_login, text, window};

/// The program's name in the lock of the data folder.
const PROGRAM: &str = "data_exporter-desktop";

/// Interval for updating the words for days: "today" becomes "yesterday" after midnight.
const CLOCK_CHECK_INTERVAL: Duration = Duration::from_mins(10);

/// Time limit for the engine's shutdown; the whole program has two seconds.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(1500);

/// The bridge, with the state that is shown.
pub struct Bridge {
    app: AppHandle,
    events: Receiver<EngineEvent>,
    snapshot: Snapshot,
    system_language: Option<String>,
    colours: Option<Theme>,
    notifier: Notifier,
    tray: Option<Tray>,
    view: TrayView,
}

impl Bridge {
    /// Starts the engine and shows its state in the tray, if there is one.
    ///
    /// # Errors
    /// When the engine has nothing to show.
    pub async fn start(app: AppHandle, folders: Folders, requests: UnboundedSender<Request>) -> Result<Self> {
        let engine =
            Engine::start(Options { opens_pages: true, ..Options::new(folders.clone(), PROGRAM) }).await?;
        let events = engine.subscribe();
        let snapshot = engine.snapshot();
        let system_language = sys_locale::get_locale();
        let language = text::resolve(snapshot.settings.language, system_language.as_deref());
        let mut desktop = Desktop { language, start_at_login: start_at_login::is_on(), has_tray: false };
        let view = TrayView::new(&snapshot, desktop, appearance::panel(None), &now());
        let tray = Tray::start(&app, view.clone(), requests.clone()).await;
        desktop.has_tray = tray.as_ref().is_some_and(Tray::is_seen);
        let notifier = appearance::attend(&app, requests.clone()).await;
        app.manage(Shell::new(engine, folders, requests, desktop));
        Ok(Self { app, events, snapshot, system_language, colours: None, notifier, tray, view })
    }

    /// Runs until the program is to end; then the engine has ended.
    pub async fn run(mut self, mut requests: UnboundedReceiver<Request>, hidden: bool) {
        let unpaired = self.snapshot.state == State::Unpaired;
        if !hidden && (unpaired || !self.shell().desktop().has_tray) {
            self.show(None).await;
        }
        let mut clock = interval(CLOCK_CHECK_INTERVAL);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                event = self.events.recv() => match event {
                    Ok(event) => self.dispatch(event),
                    Err(RecvError::Lagged(_)) => {
                        let snapshot = Box::new(self.shell().engine.snapshot());
                        self.dispatch(EngineEvent::Changed { snapshot });
                    }
                    Err(RecvError::Closed) => break,
                },
                Some(request) = requests.recv() => if !self.fulfil(request).await { break },
                _ = clock.tick() => self.refresh_surroundings(),
            }
            self.redraw().await;
        }
        self.shell().engine.shutdown(SHUTDOWN_TIMEOUT).await;
    }

    /// Forwards an event to its receivers.
    fn dispatch(&mut self, event: EngineEvent) {
        match event {
            EngineEvent::OpenAddress { address } => {
                let app = self.app.clone();
                tauri::async_runtime::spawn(async move { app.state::<Shell>().browse(address).await });
                return;
            }
            EngineEvent::Notice { notice } => {
                return self.notifier.show(Message::new(&notice, self.shell().desktop().language));
            }
            EngineEvent::Changed { ref snapshot } => {
                self.snapshot = (**snapshot).clone();
                self.refresh_surroundings();
            }
            EngineEvent::Progressed { ref run, .. } => self.snapshot.run = Some(run.clone()),
            EngineEvent::Ended => {}
        }
        self.emit("engine", &event);
    }

    /// Handles a request; returns false when the program is to end.
    async fn fulfil(&mut self, request: Request) -> bool {
        match request {
            Request::Act(Action::Quit) => return false,
            Request::Act(Action::Open) | Request::Raise => self.show(None).await,
            Request::Act(Action::Show(view)) => self.show(Some(view)).await,
            Request::Act(Action::Pair) => {
                actions::send(&self.app, Command::StartPairing(Box::default()));
                self.show(Some(View::Pairing)).await;
            }
            Request::Act(action) => actions::act(&self.app, action),
            // Without a tray the program could not be reached any more.
            Request::Closed => return self.shell().desktop().has_tray,
            Request::AskToClose => self.emit("leave", &()),
            Request::Colours(colours) => {
                self.colours = colours;
                self.app.set_theme(colours);
            }
            Request::RefreshSurroundings => self.refresh_surroundings(),
        }
        true
    }

    async fn show(&self, wanted: Option<View>) {
        let (app, folders) = (self.app.clone(), self.shell().folders.clone());
        let otherwise = if self.snapshot.state == State::Unpaired { View::Pairing } else { View::History };
        let shown =
            tauri::async_runtime::spawn_blocking(move || window::show(&app, &folders, wanted, otherwise));
        if let Ok(Err(error)) = shown.await {
            tracing::error!("cannot show the window: {error}");
        }
    }

    /// Updates the facts about the desktop, and informs the window of a change.
    fn refresh_surroundings(&self) {
        let desktop = Desktop {
            language: self.language(),
            start_at_login: start_at_login::is_on(),
            has_tray: self.tray.as_ref().is_some_and(Tray::is_seen),
        };
        if self.shell().note(desktop) {
            self.emit("desktop", &desktop);
        }
    }

    fn language(&self) -> Language {
        text::resolve(self.snapshot.settings.language, self.system_language.as_deref())
    }

    /// Updates the tray.
    async fn redraw(&mut self) {
        let panel = appearance::panel(self.colours);
        let view = TrayView::new(&self.snapshot, self.shell().desktop(), panel, &now());
        if let Some(tray) = self.tray.as_ref().filter(|_| view != self.view) {
            tray.show(view.clone()).await;
            self.view = view;
        }
    }

    fn emit(&self, name: &str, payload: &(impl serde::Serialize + Clone)) {
        if window::get(&self.app).is_none() {
            return;
        }
        if let Err(error) = self.app.emit_to(window::LABEL, name, payload) {
            tracing::warn!("the window was not told: {error}");
        }
    }

    fn shell(&self) -> tauri::State<'_, Shell> {
        self.app.state()
    }
}

/// Returns the current local time.
fn now() -> chrono::DateTime<Local> {
    platform::now().with_timezone(&Local)
}
