//! Hebrew. The terminal lays the lines out by itself; no mark is printed that would help or hinder it.

use std::sync::LazyLock;

use super::{
    ConfigWords, DiagnosticsWords, DoctorWords, ErrorsWords, HistoryWords, MessageLabel, PauseWords,
    ProgressWords, ServiceWords, StatusWords, UnpairWords, Words,
};
use crate::models::export::{RunState, UploadState};
use crate::models::snapshot::State;
use crate::service;
use crate::text::sentences::Sentences;

static SENTENCES: LazyLock<Sentences> =
    LazyLock::new(|| Sentences::parse(include_str!("../sentences/he.json")));

/// What the command line says.
pub const WORDS: Words = Words {
    label: |label| match label {
        MessageLabel::Error => "שגיאה:",
        MessageLabel::Warning => "אזהרה:",
        MessageLabel::Details => "פרטים:",
        MessageLabel::Hint => "מה לעשות:",
        MessageLabel::Note => "הערה:",
    },
    sentence: |code| SENTENCES.codes.get(code),
    finding: |code| SENTENCES.findings.get(code).map(String::as_str),
    state: |state| match state {
        State::Unpaired => "לא מצומד",
        State::NeedsAttention => "דרושה פעולה שלכם",
        State::Error => "הייצוא האחרון נכשל",
        State::Overdue => "הייצוא מתעכב",
        State::Paused => "מושהה",
        State::Running => "מייצא",
        State::Warnings => "יוצא עם אזהרות",
        State::Ok => "הכול מעודכן",
        State::NeverRun => "עדיין לא יוצא דבר",
    },
    run_state: |state| match state {
        RunState::Running => "מתבצע",
        RunState::Complete => "הושלם",
        RunState::CompleteWithWarnings => "עם אזהרות",
        RunState::Failed => "נכשל",
        RunState::Cancelled => "בוטל",
        RunState::NothingToDo => "אין מה לשלוח",
        RunState::Interrupted => "נקטע",
    },
    upload: |upload| match upload {
        UploadState::Sent => "נשלחה",
        UploadState::SkippedUnchanged => "ללא שינוי",
        UploadState::Failed => "נכשלה",
    },
    rows,
    times,
    sent_of: |sent, of| format!("נשלחו {sent} מתוך {}", tables(of)),
    run: |run, state| format!("ייצוא {run} {state}"),
    converted: |count, of_rows, refused| {
        let refused = if refused > 0 { format!(", נדחו: {refused}") } else { String::new() };
        format!("טבלאות שהומרו: {count}, {}{refused}", rows(of_rows))
    },
    status: StatusWords {
        state: "מצב:",
        paired: "מצומד אל:",
        server: "שרת:",
        source: "תיקיית הטבלאות:",
        schedule: "לוח זמנים:",
        next: "הייצואים הבאים:",
        last: "הייצוא האחרון:",
        now: "כעת:",
        problem: "בעיה:",
        holder: "בשימוש של:",
        none: "אין",
        local_time: "שעון מקומי",
        told: |crontab, _, clock| format!("{crontab} ({clock})"),
        since: |whom, when| format!("{whom}, מאז {when}"),
        process: |holder| format!("{} (pid {})", holder.program, holder.pid),
        sent: |sent| format!("נשלחו {}", tables(sent)),
        waiting: |sent, until, why| format!("{sent}; ממתין עד {until}: {why}"),
    },
    history: HistoryWords {
        list: [
            "מספר",
            "התחלה",
            "מצב",
            "טבלאות",
            "נשלחו",
            "ללא שינוי",
            "נכשלו",
            "שורות",
            "בתים שנשלחו",
            "אצווה",
        ],
        tables: ["טבלה", "תוצאה", "שורות", "מחוקות", "בתים שנשלחו", "קידוד", "הסיבה"],
        none: "עדיין לא יוצא דבר. להתחלה: `data_exporter export`",
        run: |run, state, started, finished| {
            let finished = finished.map(|at| format!(", סיום {at}")).unwrap_or_default();
            format!("ייצוא {run}: {state}, התחלה {started}{finished}")
        },
        dry_run: |state| format!("ניסיון ללא שליחה, הייצוא היה מסתיים כך: {state}"),
        batch: |id| format!("אצווה {id}"),
        totals: |totals, bytes| {
            format!(
                "טבלאות: {}; נשלחו: {}, ללא שינוי: {}, נכשלו: {}; {}, {bytes}",
                totals.files,
                totals.sent,
                totals.skipped_unchanged,
                totals.failed,
                rows(totals.rows_written)
            )
        },
        dry_totals: |totals, would, bytes| {
            format!(
                "טבלאות: {}; יישלחו: {would}, ללא שינוי: {}, נדחו: {}; {}, {bytes}",
                totals.files,
                totals.skipped_unchanged,
                totals.failed,
                rows(totals.rows_written)
            )
        },
        would_be_sent: "תישלח",
        refused: "נדחתה",
        not_tried: "לא הגיע תורה",
        column: |table, column| format!("{table}, עמודה {column}"),
        row: |row| format!("שורה {row}"),
        first_in: |row| format!("לראשונה בשורה {row}"),
        unlisted: |count, run| {
            let tables = match count {
                1 => "ועוד טבלה אחת".to_owned(),
                2 => "ועוד שתי טבלאות".to_owned(),
                _ => format!("ועוד {count} טבלאות"),
            };
            format!("{tables} ללא ממצאים: `data_exporter history {run}`")
        },
    },
    errors: ErrorsWords {
        none: "אין שגיאות.",
        since: |count, when| format!("{} מאז {when}", times(count)),
        not_reported: "השרת לא עודכן",
    },
    progress: ProgressWords {
        tables: "טבלאות",
        bytes_sent: |bytes| format!("נשלחו {bytes}"),
        found: |tables, to_send| format!("טבלאות שנמצאו: {tables}, לשליחה: {to_send}"),
        converted: |table, count, bytes| format!("הומרה {table}: {}, לשליחה {bytes}", rows(count)),
        unchanged: |table| format!("ללא שינוי {table}"),
        sent: |table| format!("נשלחה {table}"),
        waiting: |seconds, why| format!("ממתין {seconds} שניות: {why}"),
        opened: |batch| format!("אצווה {batch} נפתחה"),
        closed: |batch, state| format!("אצווה {batch} {state}"),
        stopping: "עוצר; פעם נוספת ליציאה מיידית",
        held: |holder| {
            format!("תיקיית הנתונים בשימוש של {} (pid {}), והיא תבצע זאת", holder.program, holder.pid)
        },
    },
    pause: PauseWords {
        over: "לוח הזמנים פועל שוב.",
        until: |when| format!("מושהה עד {when}."),
        by_hand: "מושהה עד שתחדשו: `data_exporter resume`",
    },
    doctor: DoctorWords {
        verdict: |word| match word {
            "ok" => "תקין",
            "warning" => "לבדיקה",
            "failed" => "לא פועל",
            _ => "דולג",
        },
        thing: |word| {
            Some(match word {
                "version" => "גרסה",
                "configuration" => "הגדרות",
                "data_folder" => "תיקיית הנתונים",
                "database" => "מסד הנתונים",
                "disk" => "דיסק",
                "source_folder" => "תיקיית הטבלאות",
                "code_pages" => "קידודים",
                "schedule" => "לוח זמנים",
                "keychain" => "מחזיק המפתחות",
                "connection" => "חיבור",
                "clock" => "שעון",
                "pairing" => "צימוד",
                "server" => "שרת",
                "proxy" => "פרוקסי",
                _ => return None,
            })
        },
        summary: |[ok, warning, failed, skipped]| {
            format!("תקין: {ok}, לבדיקה: {warning}, לא פועל: {failed}, דולג: {skipped}")
        },
    },
    unpair: UnpairWords {
        nothing: "המחשב הזה לא היה מצומד; אין מה למחוק.",
        removed: |whom, places| {
            let places = places.join(", ");
            match whom {
                Some(whom) => format!("הצימוד אל {whom} נמחק. מאין: {places}"),
                None => format!("המפתח נמחק. מאין: {places}"),
            }
        },
        handed_in: |variable| format!("{variable} עדיין מעביר סוד, והתוכנה הזאת אינה יכולה למחוק אותו"),
    },
    service: ServiceWords {
        status: |status| match status {
            service::ServiceStatus::NotInstalled => "השירות אינו מותקן.",
            service::ServiceStatus::Stopped => "השירות מותקן אך אינו פועל.",
            service::ServiceStatus::Running => "השירות פועל.",
        },
        installed: "השירות הותקן.",
        removed: "השירות הוסר.",
    },
    diagnostics: DiagnosticsWords {
        looking: "בודק את הכול, זה עשוי להימשך דקה ...",
        holds: |path| format!("התוכן של `{path}`:"),
        missing: |why| format!("לא ניתן להשיג: {why}"),
        read_it: "דבר לא נשלח. קראו, ואז שלחו למי שעוזר לכם.",
    },
    config: ConfigWords {
        usable: |path| format!("הקובץ `{path}` תקין."),
        nothing: "אין מה להעביר.",
        unchanged: "דבר לא השתנה. לביצוע: `data_exporter config migrate --yes`",
        migrated: |path| format!("הקובץ `{path}` הועבר; הקודם נשמר בשם `{path}.bak`, בלי הסוד."),
        becomes: |from, to| format!("במקום {from} בא {to}"),
        retired: |key| format!("{key} נמחק: אין בו עוד צורך"),
        secret: "הסוד עובר מהקובץ למקום השמור לסודות",
        clock: |former, now| {
            format!(
                "לוח הזמנים פועל לפי שעון אחר מזה של התוכנה הקודמת:\n  \
                 קודם: {former}\n  כעת: {now}\n  `--keep-times` שומר על UTC"
            )
        },
        page: |table, former, now| format!("{table}: נקראה בקידוד {former}, וכעת בקידוד {now}"),
        keep_pages: "`--keep-pages` שומר על הקידודים הקודמים של הטבלאות האלה",
    },
};

fn tables(count: u64) -> String {
    match count {
        1 => "טבלה אחת".to_owned(),
        2 => "שתי טבלאות".to_owned(),
        _ => format!("{count} טבלאות"),
    }
}

fn rows(count: u64) -> String {
    match count {
        1 => "שורה אחת".to_owned(),
        2 => "שתי שורות".to_owned(),
        _ => format!("{count} שורות"),
    }
}

fn times(count: u64) -> String {
    match count {
        1 => "פעם אחת".to_owned(),
        2 => "פעמיים".to_owned(),
        _ => format!("{count} פעמים"),
    }
}
