//! What `doctor` found, as a table: [`diagnosis`].

use super::{Layout, MessageLabel, Styled, Tone, Words, errors, word, wrapped};
use crate::models::diagnosis::{Check, CheckStatus, Diagnosis, Summary};
use crate::models::export::ErrorBody;

const STATUSES: [CheckStatus; 4] =
    [CheckStatus::Ok, CheckStatus::Warning, CheckStatus::Failed, CheckStatus::Skipped];

/// Returns each check with its hint, then the number of checks of each status.
pub fn diagnosis(found: &Diagnosis, layout: Layout, words: &Words) -> Styled {
    let Summary { ok, warning, failed, skipped } = found.summary;
    let summary = (words.doctor.summary)([ok, warning, failed, skipped].map(|count| count as u64));
    let widest = |texts: Vec<String>| texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
    let verdicts = 1 + widest(STATUSES.iter().map(|status| verdict(*status, words).to_owned()).collect());
    let titles = widest(found.checks.iter().map(|check| title(check, words)).collect());
    let below = format!("\n{:width$}", "", width = verdicts + titles + 3);
    let checks = found.checks.iter().map(|check| {
        let (verdict, title) = (verdict(check.status, words), title(check, words));
        let mut line = Styled::of(tone(check.status), format!("{verdict:<verdicts$}"));
        let text = format!(" {title:<titles$}  {}", lines(check, words).join(&below));
        line.push(Tone::Plain, wrapped(&text, verdicts, verdicts + titles + 3, layout));
        line
    });
    let mut shown = Styled::join(checks, "\n");
    shown.push(Tone::Plain, format!("\n\n{summary}"));
    shown
}

fn tone(status: CheckStatus) -> Tone {
    match status {
        CheckStatus::Ok => Tone::Good,
        CheckStatus::Warning => Tone::Doubtful,
        CheckStatus::Failed => Tone::Bad,
        CheckStatus::Skipped => Tone::Quiet,
    }
}

fn verdict(status: CheckStatus, words: &Words) -> &'static str {
    (words.doctor.verdict)(&word(&status))
}

fn title(check: &Check, words: &Words) -> String {
    (words.doctor.thing)(check.name).map_or_else(|| check.name.replace('_', " "), str::to_owned)
}

/// Returns the message and the hint.
fn lines(check: &Check, words: &Words) -> Vec<String> {
    let hint = check.hint.clone().filter(|hint| !hint.is_empty());
    let message = check.message.clone();
    if let Some(code) = check.code {
        return errors::labelled(&ErrorBody { code, message, hint, path: None }, words);
    }
    let hint = hint.map(|hint| format!("{} {hint}", (words.label)(MessageLabel::Hint)));
    [message].into_iter().chain(hint).collect()
}
