//! The sentences of codes in the language of a person: [`Sentences`]. Their files are JSON, because the window imports
//! the same ones; English has one for the window alone.

use std::collections::HashMap;

use serde::Deserialize;

/// What an error's code means.
#[derive(Debug, Deserialize)]
pub struct Sentence {
    /// What happened.
    pub what: String,
    /// What to do about it.
    pub todo: String,
}

/// The sentences of one language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    /// By the words of [`crate::error::Code`].
    pub codes: HashMap<String, Sentence>,
    /// By the words of [`crate::convert::findings::FindingCode`].
    pub findings: HashMap<String, String>,
}

impl Sentences {
    /// Those of one of the files beside this module.
    pub(super) fn parse(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::error::Code;
    use crate::text::steers;

    const FILES: [(&str, &str); 3] = [
        ("en", include_str!("sentences/en.json")),
        ("ru", include_str!("sentences/ru.json")),
        ("he", include_str!("sentences/he.json")),
    ];

    /// The words of the findings, from the one place that has them all.
    fn findings() -> BTreeSet<&'static str> {
        let table = include_str!("../convert/findings.rs").split("fn as_str").nth(1).unwrap();
        let lines = table.lines().skip(1).skip_while(|line| !line.contains("=>"));
        lines.map_while(|line| line.split('"').nth(1)).collect()
    }

    #[test]
    fn every_code_has_its_sentence_and_none_is_superfluous() {
        let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        let found = findings();
        assert!(found.len() > 20 && found.contains("SOFT_BREAKS_REMOVED"), "{found:?}");
        for (language, json) in FILES {
            let Sentences { codes: said, findings } = Sentences::parse(json);
            assert_eq!(said.keys().map(String::as_str).collect::<BTreeSet<_>>(), codes, "{language}");
            assert_eq!(findings.keys().map(String::as_str).collect::<BTreeSet<_>>(), found, "{language}");
        }
    }

    #[test]
    fn no_sentence_is_empty_or_steers_a_terminal() {
        for (language, json) in FILES {
            let Sentences { codes, findings } = Sentences::parse(json);
            let said = codes.into_values().flat_map(|sentence| [sentence.what, sentence.todo]);
            for text in said.chain(findings.into_values()) {
                let steering =
                    text.contains(|letter| steers(letter) || matches!(letter, '\u{200e}' | '\u{200f}'));
                assert!(text.len() > 5 && !steering, "{language}: {text}");
            }
        }
    }
}
