//! Hebrew. The terminal decides the direction of each line; no direction mark is printed.

use std::sync::LazyLock;

use super::{
    ConfigWords, DiagnosticsWords, DoctorWords, ErrorsWords, HelpWords, HistoryWords, LogsWords,
    MessageLabel, PairingWords, PauseWords, ProgressWords, ServiceWords, StatusWords, UnpairWords,
    VersionWords, WaitWords, Words,
};
use crate::service;
use crate::text::sentences::Sentences;

static SENTENCES: LazyLock<Sentences> =
    LazyLock::new(|| Sentences::parse(include_str!("../sentences/he.json")));

/// The words of the command line.
pub const WORDS: Words = Words {
    label: |label| match label {
        MessageLabel::Error => "שגיאה:",
        MessageLabel::Warning => "אזהרה:",
        MessageLabel::Details => "פרטים:",
        MessageLabel::Hint => "מה לעשות:",
        MessageLabel::Note => "הערה:",
    },
    sentences: || &SENTENCES,
    right_to_left: true,
    engine_language: false,
    decision,
    rows,
    sent_of: |sent, of| format!("נשלחו {sent} מתוך {}", tables(of)),
    run: |run, state| format!("ייצוא {run} {state}"),
    converted: |count, of_rows, failed| {
        let failed = if failed > 0 { format!(", נכשלו: {failed}") } else { String::new() };
        format!("טבלאות שהומרו: {count}, {}{failed}", rows(of_rows))
    },
    refused: |tables| format!("לא הומרו:\n  {tables}"),
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
        next_step: "מה לעשות:",
        holder: "בשימוש של:",
        none: "אין",
        local_time: "שעון מקומי",
        schedule_line: |crontab, _, clock| format!("{crontab} ({clock})"),
        since: |whom, when| format!("{whom}, מאז {when}"),
        process: |holder| format!("{} (pid {})", holder.program, holder.pid),
        sent: |sent| format!("נשלחו {}", tables(sent)),
        waiting: |sent, until, why| format!("{sent}; ממתין עד {until}: {why}"),
        paused: |until| until.map_or_else(|| "עד לחידוש".to_owned(), |until| format!("עד {until}")),
        last_success: |at| {
            at.map_or_else(
                || "עדיין לא היה ייצוא מוצלח".to_owned(),
                |at| format!("הייצוא המוצלח האחרון {at}"),
            )
        },
        pair: "צמדו את המחשב לשרת: `data_exporter pair --api-url https://HOST --source-dir FOLDER --crontab \"0 8 * * *\"`",
        first_export: "`data_exporter export --dry-run` מציג מה יישלח, `data_exporter export` שולח, ו־`data_exporter install` מייצא לפי לוח זמנים",
        choose_folder: "בחרו את תיקיית הטבלאות: `data_exporter config set src.source_dir FOLDER`",
        no_schedule: "הגדירו לוח זמנים: `[scheduler] crontab` בהגדרות או בהגדרות החלון",
        not_running: "אין תהליך שמפעיל את לוח הזמנים: הפעילו `data_exporter install` (שירות) או `data_exporter run`",
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
        none: "עדיין אין ייצואים. להתחלה: `data_exporter export`",
        run: |run, state, started, finished| {
            let finished = finished.map(|at| format!(", סיום {at}")).unwrap_or_default();
            format!("ייצוא {run}: {state}, התחלה {started}{finished}")
        },
        nothing: |run, unchanged| format!("ייצוא {run}: אין מה לשלוח; טבלאות ללא שינוי: {unchanged}"),
        dry_run: |count| match count {
            0 => "הרצת ניסיון: אין מה לשלוח".to_owned(),
            _ => format!("הרצת ניסיון: לשליחה {}", tables(count)),
        },
        batch: |id| format!("אצווה {id}"),
        totals: |totals, stopped, bytes| {
            let ended = if stopped > 0 { format!(", נעצרו: {stopped}") } else { String::new() };
            format!(
                "טבלאות: {}; נשלחו: {}, ללא שינוי: {}, נכשלו: {}{ended}; {}, {bytes}",
                totals.files,
                totals.sent,
                totals.skipped_unchanged,
                totals.failed - stopped.min(totals.failed),
                rows(totals.rows_written)
            )
        },
        dry_totals: |totals, to_send, bytes| {
            format!(
                "טבלאות: {}; לשליחה: {to_send}, ללא שינוי: {}, נכשלו: {}; {}, {bytes}",
                totals.files,
                totals.skipped_unchanged,
                totals.failed,
                rows(totals.rows_written)
            )
        },
        to_send: "לשליחה",
        failed: "נכשלה",
        stopped: "נעצרה",
        not_attempted: "לא טופלה",
        more: |count| format!("ועוד {count}: --json"),
        older: |count| format!("ועוד {count} ישנים יותר: --all"),
        column: |table, column| format!("{table}, עמודה {column}"),
        row: |row| format!("שורה {row}"),
        first_in: |row| format!("לראשונה בשורה {row}"),
        unlisted: |count, run| {
            let tables = match count {
                1 => "ועוד טבלה אחת".to_owned(),
                2 => "ועוד שתי טבלאות".to_owned(),
                _ => format!("ועוד {count} טבלאות"),
            };
            format!("{tables} ללא בעיות: `data_exporter history {run}`")
        },
    },
    errors: ErrorsWords {
        events: |count| format!("אירועים שאינם מוצגים: {count}: --severity INFO"),
        none: "אין שגיאות.",
        since: |count, when| format!("{} מאז {when}", times(count)),
        not_reported: "השרת לא עודכן",
    },
    progress: ProgressWords {
        tables: "טבלאות",
        bytes_sent: |bytes| format!("נשלחו {bytes}"),
        left: |time| format!("נותרו {time}"),
        found: |tables, to_send| format!("טבלאות שנמצאו: {tables}, לשליחה: {to_send}"),
        converted: |table, count, bytes| format!("הומרה {table}: {}, לשליחה {bytes}", rows(count)),
        unchanged: |table| format!("ללא שינוי {table}"),
        sent: |table| format!("נשלחה {table}"),
        waiting: |seconds, why| format!("ממתין {seconds} שניות: {why}"),
        opened: |batch| format!("אצווה {batch} נפתחה"),
        closed: |batch, state| format!("אצווה {batch} נסגרה: {state}"),
        next: |when| format!("הייצוא הבא {when}"),
        stopping: "עוצר; ליציאה מיידית הקישו שוב Ctrl-C",
        held: |holder| format!("הפעולה תבוצע על ידי {} (pid {}), שכבר פועלת", holder.program, holder.pid),
        joined: "ייצוא כבר פועל; ממתין לתוצאה שלו",
        queued: "ייצוא אחר פועל; ייצוא זה יתחיל כשיסתיים",
    },
    pause: PauseWords {
        over: "הייצואים לפי לוח הזמנים חודשו.",
        until: |when| format!("הייצואים לפי לוח הזמנים מושהים עד {when}."),
        by_hand: "הייצואים לפי לוח הזמנים מושהים. לחידוש: `data_exporter resume`",
    },
    doctor: DoctorWords {
        verdict: |word| match word {
            "ok" => "תקין",
            "warning" => "אזהרה",
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
                "last_run" => "הייצוא האחרון",
                "source_folder" => "תיקיית הטבלאות",
                "code_pages" => "קידודים",
                "schedule" => "לוח זמנים",
                "keychain" => "מחזיק המפתחות",
                "connection" => "חיבור",
                "clock" => "שעון",
                "pairing" => "צימוד",
                "server" => "שרת",
                "proxy" => "פרוקסי",
                "dns" => "שם השרת (DNS)",
                "tls" => "הצפנה (TLS)",
                _ => return None,
            })
        },
        summary: |[ok, warning, failed, skipped]| {
            format!("תקין: {ok}, אזהרות: {warning}, לא פועל: {failed}, דולג: {skipped}")
        },
    },
    pairing: PairingWords {
        qr: |link| format!("קוד ה־QR מוביל אל: {link}"),
        no_qr: "אין קוד QR: השרת לא שלח קישור שמכיל את הקוד",
        slow_down: |interval| format!("השרת ביקש לפנות אליו לעתים רחוקות יותר: כל {interval} שניות"),
        retrying: |why| format!("{why}; מנסה שוב"),
        no_browser: |why| format!("לא ניתן לפתוח דפדפן ({why}); פתחו בעצמכם את הכתובת שלמעלה"),
        restarting: |why| format!("{why}; מבקש קוד חדש"),
        press_enter: "הקישו Enter לקבלת קוד חדש, או Ctrl-C לעצירה.",
        not_granted: |scopes| format!("הרשאות שהתבקשו ולא ניתנו: {scopes}"),
    },
    unpair: UnpairWords {
        ask: |whom| format!("לבטל את הצימוד אל {whom}? הסוד יימחק, והייצוא ייפסק עד לצימוד חדש. [y/N]"),
        kept: "דבר לא השתנה.",
        server: |server| format!("השרת אינו יודע על כך; הסירו את המחשב גם שם: {server}"),
        nothing: "המחשב הזה אינו מצומד; אין מה למחוק.",
        removed: |whom, places| {
            let places = places.join(", ");
            match whom {
                Some(whom) => format!("בוטל הצימוד אל {whom}. הסוד נמחק מכאן: {places}"),
                None => format!("הסוד נמחק מכאן: {places}"),
            }
        },
        handed_in: |variable| format!("המשתנה {variable} עדיין מספק סוד; הסירו אותו"),
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
        looking: "אוסף נתוני אבחון; זה עשוי להימשך דקה ...",
        holds: |path| format!("התוכן של `{path}`:"),
        missing: |why| format!("לא זמין: {why}"),
        read_it: "דבר לא נשלח. עיינו בקבצים, ואז שלחו את הארכיון למי שעוזר לכם.",
    },
    config: ConfigWords {
        changed: |key, value| format!("הערך של `{key}` הוא כעת {value}"),
        unset: |key| format!("`{key}` לא הוגדר."),
        untouched: "דבר לא השתנה.",
        again: "לערוך את הקובץ שוב? אחרת השינויים יימחקו. [Y/n]",
        saved: |path| format!("הקובץ `{path}` נשמר."),
        usable: |path| format!("הקובץ `{path}` תקין."),
        nothing: "אין מה להמיר.",
        unchanged: "דבר לא השתנה. לביצוע: `data_exporter config migrate --yes`",
        migrated: |path| format!("הקובץ `{path}` הומר; הקודם נשמר בשם `{path}.bak`, בלי הסוד."),
        becomes: |from, to| format!("במקום {from} בא {to}"),
        retired: |key| format!("{key} נמחק: אין בו עוד שימוש"),
        secret: "הסוד עובר למאגר הסודות",
        clock: |former, now| {
            format!(
                "השעות הן כעת בשעון מקומי; התוכנה הקודמת השתמשה ב־UTC:\n  \
                 קודם: {former}\n  כעת: {now}\n  `--keep-times` שומר על UTC"
            )
        },
        page: |table, former, now| format!("{table}: במקום הקידוד {former} בא {now}"),
        keep_pages: "`--keep-pages` שומר על הקידודים הקודמים של הטבלאות האלה",
    },
    logs: LogsWords {
        none: "עדיין אין יומן; `data_exporter run`, השירות והסמל במגש כותבים אותו",
        following: "ממתין לרשומות חדשות; לעצירה: Ctrl-C",
    },
    wait: WaitWords {
        idle: "אין ייצוא בתהליך.", timed_out: "הזמן עבר, והדבר עדיין לא קרה."
    },
    version: VersionWords {
        commit: "קומיט:",
        target: "פלטפורמה:",
        features: "רכיבים:",
        program: "התוכנה:",
        config: "הגדרות:",
        data: "תיקיית הנתונים:",
        logs: "יומן:",
        unknown: "לא ידוע",
    },
    help: HelpWords {
        groups: ["הקמה", "ייצוא", "מה קרה", "טבלאות בלי שרת", "התוכנה והשירות"],
        options: "אפשרויות",
        examples: "דוגמאות",
    },
    yes: &["y", "yes", "כ", "כן"],
};

fn tables(count: u64) -> String {
    match count {
        1 => "טבלה אחת".to_owned(),
        2 => "שתי טבלאות".to_owned(),
        _ => format!("{count} טבלאות"),
    }
}

fn decision(reason: &str, numbers: &[&str]) -> Option<String> {
    Some(match (reason, numbers) {
        ("`--full`", _) => "לפי `--full`".to_owned(),
        ("`skip_unchanged` is off", _) => "`skip_unchanged` כבוי".to_owned(),
        ("never delivered before", _) => "עוד לא נשלחה".to_owned(),
        ("could not be checked", _) => "לא ניתן היה לבדוק".to_owned(),
        ("everything is sent every  days", [days, ..]) => format!("הכול נשלח כל {days} ימים"),
        ("the last delivery is in the future by this computer's clock", _) => {
            "לפי שעון המחשב, המשלוח הקודם עוד לא קרה".to_owned()
        }
        ("the settings have changed", _) => "ההגדרות השתנו".to_owned(),
        ("rows,  when last delivered", [now, then]) => format!("שורות: {now}, בפעם הקודמת: {then}"),
        ("bytes,  when last delivered", [now, then]) => format!("בתים: {now}, בפעם הקודמת: {then}"),
        ("the delivered content is unknown", _) => "לא ידוע מה נשלח בפעם הקודמת".to_owned(),
        ("the content has changed", _) => "התוכן השתנה".to_owned(),
        ("unchanged since", [day, ..]) => format!("ללא שינוי מאז {day}"),
        _ => return None,
    })
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
