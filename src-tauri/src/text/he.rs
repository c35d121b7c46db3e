//! Hebrew. Lines that may begin with Latin letters or a number begin with a mark that makes them run from right to
//! left, and what comes from outside is kept apart, so that it does not reorder its neighbours.

use data_exporter::models::settings::Language;
use data_exporter::models::snapshot::NextStep;
use data_exporter::text::words as shared;

use super::{Dialogs, Labels, Notices, Reason, Words};

pub const WORDS: Words = Words {
    state: |state| shared(Language::He).state(state),
    reason: |reason| match reason {
        Reason::PairingEnded => "הצימוד אינו בתוקף עוד",
        Reason::Keychain => "מחזיק המפתחות נעול או חסר",
        Reason::NoFolder => "לא נבחרה תיקיית טבלאות",
        Reason::Folder => "תיקיית הטבלאות לא נמצאה",
        Reason::Settings => "יש הגדרה שאינה תקינה",
        Reason::DiskFull => "הדיסק מלא",
        Reason::Unreachable => "אין קשר עם השרת",
        Reason::ServerTrouble => "השרת אינו מגיב כראוי",
        Reason::ServerRefused => "השרת דחה את הבקשה",
    },
    step: |step| match step {
        NextStep::Pair => "צמדו את המחשב הזה",
        NextStep::ChooseFolder => "בחרו את תיקיית הטבלאות",
        NextStep::Export => "התחילו את הייצוא הראשון",
        NextStep::SetSchedule => "הגדירו לוח זמנים",
        NextStep::RunSchedule => "דבר אינו מפעיל את לוח הזמנים",
    },
    tooltip: |state, last, next| {
        let last = last.map(|when| format!(", הייצוא האחרון {when}")).unwrap_or_default();
        let next = next.map(|when| format!(", הבא {when}")).unwrap_or_default();
        format!("{RIGHT_TO_LEFT}Data Exporter - {state}{last}{next}")
    },
    because: |state, reason| format!("{state}: {reason}"),
    exporting: |sent, of| format!("מייצא: {sent} מתוך {}", tables(of)),
    scanning: "מייצא: סורק את התיקייה",
    stopping: "עוצר את הייצוא",
    held: |holder| format!("בשימוש של {} (pid {})", apart(&holder.program), holder.pid),
    last: |when| format!("הייצוא האחרון {when}"),
    next: |when| format!("הייצוא הבא {when}"),
    unscheduled: "אין לוח זמנים",
    paused_until: |when| format!("מושהה עד {when}"),
    paused_by_hand: "מושהה עד שתחדשו",
    today: |time| format!("היום ב־{time}"),
    yesterday: |time| format!("אתמול ב־{time}"),
    tomorrow: |time| format!("מחר ב־{time}"),
    date: |day, month, year, time| {
        const MONTHS: [&str; 12] =
            ["ינו׳", "פבר׳", "מרץ", "אפר׳", "מאי", "יוני", "יולי", "אוג׳", "ספט׳", "אוק׳", "נוב׳", "דצמ׳"];
        let year = year.map(|year| format!(" {year}")).unwrap_or_default();
        format!("ב־{day} ב{}{year} בשעה {time}", MONTHS[month])
    },
    menu: Labels {
        open: "פתיחה",
        export: "ייצוא עכשיו",
        stop: "עצירת הייצוא",
        pause: "השהיה",
        half_an_hour: "למשך 30 דקות",
        until_tomorrow: "עד מחר",
        until_resumed: "עד שאחדש",
        resume: "חידוש",
        pair: "צימוד…",
        pair_again: "צימוד מחדש…",
        unpair: "ביטול צימוד…",
        errors: "שגיאות אחרונות",
        recent_errors: |count| format!("שגיאות אחרונות ({count})"),
        settings: "הגדרות",
        help: "עזרה",
        diagnostics: "שמירת נתוני אבחון…",
        documentation: "תיעוד",
        about: "על אודות Data Exporter",
        start_at_login: "הפעלה עם הכניסה למערכת",
        quit: "יציאה",
    },
    dialogs: Dialogs {
        unpair_question: "לבטל את הצימוד של המחשב הזה?",
        unpair_meaning: "המפתח יימחק מהמחשב הזה. דבר לא ייוצא עד שתצמדו אותו שוב. נתונים שכבר נשלחו נשארים בשרת.",
        unpair: "ביטול הצימוד",
        cancel: "ביטול",
        choose_folder: "תיקיית הטבלאות",
        save_as: "שמירת הרשימה בשם",
        failed: "הפעולה לא הצליחה",
        save_diagnostics: "שמירת נתוני האבחון בשם",
        diagnostics_saved: "נתוני האבחון נשמרו",
        diagnostics_meaning: "דבר לא נשלח. עיינו בקבצים, ואז שלחו את הארכיון למי שעוזר לכם.",
        purpose: "מעלה טבלאות dBASE, FoxPro ו־Clipper לשרת Data Forge.",
        version: "גרסה",
        data_folder: "תיקיית הנתונים",
    },
    notices: Notices {
        failed: |count| match count {
            1 => "טבלה אחת נכשלה".to_owned(),
            _ => format!("{} נכשלו", tables(count)),
        },
        overdue: "לא היה ייצוא מוצלח זמן רב מהצפוי",
        look: "לפרטים לחצו על הסמל במגש המערכת",
    },
};

const RIGHT_TO_LEFT: char = '\u{200f}';

fn tables(count: u64) -> String {
    match count {
        1 => "טבלה אחת".to_owned(),
        2 => "שתי טבלאות".to_owned(),
        _ => format!("{RIGHT_TO_LEFT}{count} טבלאות"),
    }
}

/// Foreign text between marks that isolate it.
fn apart(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}
