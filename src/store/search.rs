//! Case-insensitive text search in any script, as SQL functions. [`register`] adds:
//!
//! - `holds(text, value, …)`: whether a value contains the text
//! - `holds_inside(text, json)`: whether any value in the JSON contains it; field names do not count
//!
//! A text is compiled once for each statement. Knows no table.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use regex::bytes::{Regex, RegexBuilder};
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("holds", -1, flags, |context| {
        let text = compiled(context)?;
        let holds = |value| text.pattern.is_match(value);
        Ok((1..context.len()).any(|index| bytes(context, index).is_some_and(holds)))
    })?;
    connection.create_scalar_function("holds_inside", 2, flags, |context| {
        let text = compiled(context)?;
        Ok(bytes(context, 1).is_some_and(|json| {
            // Most JSON need not be parsed.
            (text.escaped || text.pattern.is_match(json))
                && Inside(&text.pattern)
                    .deserialize(&mut serde_json::Deserializer::from_slice(json))
                    .unwrap_or(false)
        }))
    })
}

/// A text to search for.
struct Text {
    pattern: Regex,
    /// Whether JSON escapes it.
    escaped: bool,
}

fn compiled(context: &Context<'_>) -> rusqlite::Result<Arc<Text>> {
    context.get_or_create_aux(0, |text| -> Result<Text, Box<dyn Error + Send + Sync>> {
        let text = text.as_str()?;
        // At any length: a whole message may be searched for.
        let pattern =
            RegexBuilder::new(&regex::escape(text)).case_insensitive(true).size_limit(usize::MAX).build()?;
        let escaped = text.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\'));
        Ok(Text { pattern, escaped })
    })
}

fn bytes<'a>(context: &'a Context<'_>, index: usize) -> Option<&'a [u8]> {
    match context.get_raw(index) {
        ValueRef::Text(bytes) => Some(bytes),
        _ => None,
    }
}

/// Walks through JSON without building it; returns whether a value contains the text.
struct Inside<'a>(&'a Regex);

impl<'de> DeserializeSeed<'de> for Inside<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, value: &str) -> Result<bool, E> {
        Ok(self.0.is_match(value.as_bytes()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<bool, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<bool, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<bool, E> {
        self.visit_str(&serde_json::json!(value).to_string())
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(here) = values.next_element_seed(Inside(self.0))? {
            found |= here;
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<bool, A::Error> {
        let mut found = false;
        while let Some(IgnoredAny) = fields.next_key()? {
            found |= fields.next_value_seed(Inside(self.0))?;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::params;
    use serde_json::json;

    use super::*;

    fn evaluate(call: &str, text: &str, value: &str) -> bool {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        connection.query_row(&format!("SELECT {call}"), params![text, value], |row| row.get(0)).unwrap()
    }

    #[test]
    fn search_ignores_case_in_every_script() {
        for (text, value) in
            [("DBF", "a.dbf"), ("склад", "СКЛАД/Товары"), ("מחסן", "נתיב מחסן 7"), ("ΣΟΦΟΣ", "σοφος σοφός")]
        {
            assert!(evaluate("holds(?, ?)", text, value), "{text}");
            assert!(!evaluate("holds(?, ?)", &format!("{text}!"), value), "{text}!");
        }
    }

    #[test]
    fn search_text_is_not_a_pattern() {
        assert!(!evaluate("holds(?, ?)", "a.dbf", "a_dbf"));
        assert!(!evaluate("holds(?, ?)", "%", "a_dbf"));
        assert!(evaluate("holds(?, ?)", "C:\\Data\\(1)*", "in `c:\\data\\(1)*`"));
    }

    #[test]
    fn any_of_several_values_matches_and_null_never_does() {
        assert!(evaluate("holds(?, NULL, 'b', ?)", "a", "A"));
        assert!(!evaluate("holds(?, NULL, 'b', ?) ", "null", "A"));
    }

    #[test]
    fn values_inside_json_match_and_field_names_do_not() {
        let json = json!({
            "fileName": "C:\\Склад\\a.dbf", "rows": [1204, -7, 2.5, 1e30], "deep": { "why": ["Нет места"] }, "none": null
        })
        .to_string();
        for text in ["c:\\склад", "120", "-7", "2.5", "1E+30", "нет МЕСТА"] {
            assert!(evaluate("holds_inside(?, ?)", text, &json), "{text}");
        }
        for text in ["fileName", "deep", "null", "{", "\\\\"] {
            assert!(!evaluate("holds_inside(?, ?)", text, &json), "{text}");
        }
        assert!(!evaluate("holds_inside(?, ?)", "a", "no json a"));
    }

    #[test]
    fn a_long_text_is_searched_for_like_a_short_one() {
        let text = "долго ".repeat(5000);
        assert!(evaluate("holds(?, ?)", &text.to_uppercase(), &format!("так {text}")));
        assert!(!evaluate("holds(?, ?)", &text, "долго"));
    }

    proptest! {
        #[test]
        fn every_part_of_a_text_is_found_in_it(text in "\\PC{1,30}", from in 0_usize..30, length in 1_usize..30) {
            let part: String = text.chars().skip(from).take(length).collect();
            prop_assert!(evaluate("holds(?, ?)", &part, &text));
            let json = json!([{ "a": text }]).to_string();
            prop_assert!(evaluate("holds_inside(?, ?)", &part, &json));
        }
    }
}
