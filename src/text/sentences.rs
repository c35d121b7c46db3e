//! The words for states, codes and findings in one language: [`Sentences`], one JSON file per language in `sentences/`.
//! Command line, tray and window all read these files, so that each state has one wording.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::models::ErrorSeverity;
use crate::models::export::{RunState, Trigger, UploadState};
use crate::models::snapshot::State;

/// The meaning of an error code.
#[derive(Debug, Deserialize)]
pub struct Sentence {
    /// The event.
    pub what: String,
    /// The remedy.
    pub todo: String,
}

/// The labels and sentences of one language. The keys are the words that JSON output uses.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Sentences {
    /// By [`State`].
    states: HashMap<String, String>,
    /// By [`RunState`].
    run_states: HashMap<String, String>,
    /// By [`Trigger`].
    triggers: HashMap<String, String>,
    /// By [`ErrorSeverity`].
    severities: HashMap<String, String>,
    /// By [`UploadState`].
    uploads: HashMap<String, String>,
    /// By [`crate::error::Code`].
    codes: HashMap<String, Sentence>,
    /// By [`crate::convert::FindingCode`]; `#` stands for the number of cases.
    findings: HashMap<String, String>,
}

impl Sentences {
    /// Parses one of the files in `sentences/`.
    pub(super) fn parse(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// The label of a state of the installation.
    pub fn state(&self, state: State) -> &str {
        label(&self.states, &state)
    }

    /// The label of a state of a run.
    pub fn run_state(&self, state: RunState) -> &str {
        label(&self.run_states, &state)
    }

    /// The label of what started a run.
    pub fn trigger(&self, trigger: Trigger) -> &str {
        label(&self.triggers, &trigger)
    }

    /// The label of a severity.
    pub fn severity(&self, severity: ErrorSeverity) -> &str {
        label(&self.severities, &severity)
    }

    /// The label of the result of a table's upload.
    pub fn upload(&self, upload: UploadState) -> &str {
        label(&self.uploads, &upload)
    }

    /// Returns the meaning of an error code; `None` for a code of a newer version.
    pub fn code(&self, code: &str) -> Option<&Sentence> {
        self.codes.get(code)
    }

    /// The sentence of a finding with its number of cases; none for a code of a newer version.
    pub fn finding(&self, code: &str, count: u64) -> Option<String> {
        Some(self.findings.get(code)?.replace('#', &count.to_string()))
    }
}

/// The entry of a value by its word in JSON.
fn label<'a, Value: Serialize>(labels: &'a HashMap<String, String>, value: &Value) -> &'a str {
    let word = serde_json::to_value(value).unwrap_or_default();
    word.as_str().and_then(|word| labels.get(word)).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::convert::FindingCode;
    use crate::error::Code;
    use crate::text::steers;

    const FILES: [(&str, &str); 3] = [
        ("en", include_str!("sentences/en.json")),
        ("ru", include_str!("sentences/ru.json")),
        ("he", include_str!("sentences/he.json")),
    ];

    type Keys = BTreeSet<String>;

    /// The words of all variants of an enum, from the error that serde reports for an unknown one.
    fn variants<Value: serde::de::DeserializeOwned>() -> Keys {
        let error = serde_json::from_str::<Value>(r#""?""#).err().unwrap().to_string();
        let expected = error.split("expected").nth(1).unwrap();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    #[test]
    fn every_state_code_and_finding_has_its_words_in_every_language_and_none_is_superfluous() {
        let expected = [
            variants::<State>(),
            variants::<RunState>(),
            variants::<Trigger>(),
            variants::<ErrorSeverity>(),
            variants::<UploadState>(),
            Code::ALL.iter().map(|code| code.as_str().to_owned()).collect(),
            FindingCode::ALL.iter().map(|code| code.as_str().to_owned()).collect(),
        ];
        assert!(expected.iter().all(|keys| keys.len() >= 3), "{expected:?}");
        assert!(expected[6].contains("SOFT_BREAKS_REMOVED"), "{expected:?}");
        for (language, json) in FILES {
            let Sentences { states, run_states, triggers, severities, uploads, codes, findings } =
                Sentences::parse(json);
            let keys = |labels: HashMap<String, String>| labels.into_keys().collect::<Keys>();
            let actual = [
                keys(states),
                keys(run_states),
                keys(triggers),
                keys(severities),
                keys(uploads),
                codes.into_keys().collect(),
                keys(findings),
            ];
            assert_eq!(actual, expected, "{language}");
        }
    }

    #[test]
    fn a_label_is_found_by_the_word_of_its_value() {
        let english = Sentences::parse(FILES[0].1);
        assert_eq!(english.state(State::NeverRun), "Nothing exported yet");
        assert_eq!(english.run_state(RunState::CompleteWithWarnings), "Completed with warnings");
        assert_eq!(english.trigger(Trigger::CatchUp), "Catch-up");
        assert_eq!(english.severity(ErrorSeverity::Critical), "Critical");
        assert_eq!(english.upload(UploadState::SkippedUnchanged), "Unchanged");
        assert_eq!(english.finding("DELETED_SKIPPED", 44).unwrap(), "Deleted rows skipped: 44");
    }

    #[test]
    fn a_finding_shows_its_count_in_every_language_or_in_none() {
        let counted = FILES.map(|(_, json)| {
            let Sentences { findings, .. } = Sentences::parse(json);
            findings
                .into_iter()
                .filter(|(_, text)| text.contains('#'))
                .map(|(code, _)| code)
                .collect::<Keys>()
        });
        assert!(counted[0] == counted[1] && counted[1] == counted[2], "{counted:?}");
        assert!(counted[0].contains("NUMBER_OVERFLOW") && !counted[0].contains("CPG_UNKNOWN"), "{counted:?}");
    }

    #[test]
    fn labels_of_one_kind_differ_within_a_language() {
        for (language, json) in FILES {
            let Sentences { states, run_states, triggers, severities, uploads, .. } = Sentences::parse(json);
            for labels in [states, run_states, triggers, severities, uploads] {
                let distinct: BTreeSet<&String> = labels.values().collect();
                assert_eq!(distinct.len(), labels.len(), "{language}: {labels:?}");
            }
        }
    }

    #[test]
    fn no_text_is_empty_or_steers_a_terminal() {
        for (language, json) in FILES {
            let Sentences { states, run_states, triggers, severities, uploads, codes, findings } =
                Sentences::parse(json);
            let labels = [states, run_states, triggers, severities, uploads].into_iter().flatten();
            let texts = labels.chain(findings).map(|(_, text)| text);
            let sentences = codes.into_values().flat_map(|sentence| [sentence.what, sentence.todo]);
            for text in texts.chain(sentences) {
                let steering =
                    text.contains(|letter| steers(letter) || matches!(letter, '\u{200e}' | '\u{200f}'));
                assert!(text.chars().count() > 3 && !steering, "{language}: {text}");
            }
        }
    }
}
