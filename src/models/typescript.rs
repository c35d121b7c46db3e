//! Keeps `ui/src/host/types.ts`, the window's types, equal to those of this folder.
//!
//! `UPDATE_TYPES=1 cargo test --lib typescript` regenerates the file.

use std::fs;
use std::path::Path;

use ts_rs::{Config, TS};

use super::ErrorSeverity;
use super::command::{Command, EngineEvent, Notice, PauseFor};
use super::errors::{ErrorPage, ErrorQuery, RecordedError};
use super::export::{
    EncodingSource, ErrorBody, ExportedFile, Finding, RowCounts, RunReport, RunState, Totals, Trigger,
    UploadState,
};
use super::history::{HistoryPage, HistoryQuery};
use super::listing::{List, ListFormat};
use super::pairing::{
    BrowserState, DialectName, Paired, PairedKind, PairingCode, PairingFault, PairingRequest, PairingState,
    Qr, SecretStoreKind,
};
use super::preview::{Preview, PreviewRequest};
use super::run_event::RunEvent;
use super::schedule::{Days, ScheduleDescription, ScheduleView, Span, Times};
use super::settings::{Desktop, Language, SettingsCheck, SettingsProblem, TablesFound, UserSettings};
use super::snapshot::{LockOwner, NextStep, Pause, RunProgress, Snapshot, State, Waiting};

macro_rules! declared {
    ($($kind:ty),+ $(,)?) => {{
        let config = Config::default();
        [$(<$kind>::decl(&config)),+].map(|text| format!("export {text}\n")).concat()
    }};
}

#[test]
fn the_types_of_the_window_are_current() {
    let types = declared![
        State,
        NextStep,
        Snapshot,
        LockOwner,
        Paired,
        PairingState,
        PairingCode,
        Qr,
        BrowserState,
        PairingFault,
        PairedKind,
        RunProgress,
        Waiting,
        ScheduleView,
        Pause,
        UserSettings,
        Language,
        Desktop,
        ScheduleDescription,
        Times,
        Days,
        Span,
        Command,
        PairingRequest,
        SecretStoreKind,
        DialectName,
        PauseFor,
        EngineEvent,
        RunEvent,
        Notice,
        RunReport,
        RunState,
        Trigger,
        Totals,
        ErrorBody,
        ExportedFile,
        UploadState,
        RowCounts,
        Finding,
        EncodingSource,
        HistoryQuery,
        HistoryPage,
        ErrorQuery,
        ErrorPage,
        RecordedError,
        ErrorSeverity,
        List,
        ListFormat,
        PreviewRequest,
        Preview,
        SettingsCheck,
        SettingsProblem,
        TablesFound,
    ];
    let text = format!(
        "// Made from src/models by `UPDATE_TYPES=1 cargo test --lib typescript`; not to be edited.\n\n{types}"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/host/types.ts");
    if std::env::var_os("UPDATE_TYPES").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), text, "run UPDATE_TYPES=1 cargo test --lib typescript");
}
