//! Numbers in a server's answers, bounded, so that arithmetic with them cannot overflow.

use std::time::Duration;

use serde_json::Value;

/// The longest time that a server can name, ten years; a longer one is an attack or an accident.
const LONGEST: u64 = 10 * 366 * 24 * 60 * 60;

/// Returns a time that is given in seconds, as a number or as text, with or without a fraction. A negative time is
/// zero, one beyond ten years is ten years; `None` for anything else.
pub fn seconds(value: Option<&Value>) -> Option<Duration> {
    let value = value?;
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (!seconds.is_nan()).then(|| Duration::from_secs_f64(seconds.clamp(0.0, LONGEST as f64)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_a_number_or_text_and_bounded() {
        for (given, read) in [
            (json!(900), Some(900)),
            (json!("600"), Some(600)),
            (json!(1.5), Some(1)),
            (json!(-5), Some(0)),
            (json!("inf"), Some(LONGEST)),
            (json!(9_000_000_000_000_000_000_u64), Some(LONGEST)),
            (json!(u64::MAX), Some(LONGEST)),
            (json!(1e300), Some(LONGEST)),
            (json!("nan"), None),
            (json!("soon"), None),
            (json!([5]), None),
            (json!(null), None),
        ] {
            assert_eq!(seconds(Some(&given)).map(|time| time.as_secs()), read, "{given}");
        }
        assert_eq!(seconds(None), None);
    }

    proptest! {
        #[test]
        fn any_number_can_be_added_to_the_time(number: f64, text in ".*") {
            for value in [json!(number), json!(number.to_string()), json!(text)] {
                if let Some(time) = seconds(Some(&value)) {
                    prop_assert!(std::time::Instant::now().checked_add(time).is_some());
                    prop_assert!(crate::platform::now().checked_add_signed(chrono::TimeDelta::from_std(time).unwrap()).is_some());
                }
            }
        }
    }
}
