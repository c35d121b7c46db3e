//! Parser for the rules of `--fault`: `upload#2=503`, `any%300@7=reset-after`, `start=429:date=30`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{Fault, RetryAfter, Rule, When};

/// The error of an invalid rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError(String);

impl fmt::Display for RuleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for RuleError {}

impl FromStr for Rule {
    type Err = RuleError;

    /// Parses `ENDPOINT[#N|%PER_MILLE[@SEED]]=FAULT[:ARGUMENT]`; `any` stands for every endpoint.
    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (place, fault) =
            text.split_once('=').ok_or_else(|| RuleError(format!("`{text}` has no `=FAULT`")))?;
        let (endpoint, when) = when(place)?;
        let endpoint = match endpoint {
            "any" => None,
            name => Some(name.parse().map_err(|error| RuleError(format!("{error}, or any")))?),
        };
        Ok(Self { fault: fault.parse()?, endpoint, when })
    }
}

fn when(place: &str) -> Result<(&str, When), RuleError> {
    if let Some((endpoint, n)) = place.split_once('#') {
        return Ok((endpoint, When::From { first: number(n)?, count: 1 }));
    }
    if let Some((endpoint, chance)) = place.split_once('%') {
        let (per_mille, seed) = chance.split_once('@').unwrap_or((chance, "0"));
        return Ok((endpoint, When::Chance { per_mille: number(per_mille)?, seed: number(seed)? }));
    }
    Ok((place, When::Always))
}

impl FromStr for Fault {
    type Err = RuleError;

    /// Parses a status such as `503`, `429:30` or `429:date=30` (with `Retry-After`), or a name with its argument:
    /// times in milliseconds, sizes in bytes, `gzip-bomb` in megabytes.
    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (name, argument) = text.split_once(':').map_or((text, None), |(n, a)| (n, Some(a)));
        if let Ok(status) = name.parse() {
            return Ok(match argument {
                None => Self::Status(status),
                Some(argument) => {
                    let after = match argument.strip_prefix("date=") {
                        Some(seconds) => RetryAfter::Date(number(seconds)?),
                        None => RetryAfter::Seconds(number(argument)?),
                    };
                    Self::RetryAfter(status, after)
                }
            });
        }
        let size = |default: u64| argument.map_or(Ok(default), number);
        let time = |default| size(default).map(Duration::from_millis);
        Ok(match name {
            "empty" => Self::Empty(argument.map_or(Ok(403), number)?),
            "captive-portal" => Self::CaptivePortal,
            "redirect" => Self::Redirect(argument.unwrap_or("http://example.invalid/").to_owned()),
            "gzip-bomb" => Self::GzipBomb(argument.map_or(Ok(100), number)?),
            "delay" => Self::Delay(time(1000)?),
            "silence" => Self::Silence,
            "reset-before" => Self::ResetBefore,
            "reset-in-body" => Self::ResetInBody(size(1)?),
            "stall-in-body" => Self::StallInBody(size(1)?),
            "reset-after" => Self::ResetAfter,
            "silence-after" => Self::SilenceAfter,
            "cut-body" => Self::CutBody,
            "cut-json" => Self::CutJson,
            "captive-portal-after" => Self::CaptivePortalAfter,
            "status-after" => Self::StatusAfter(argument.map_or(Ok(500), number)?),
            "drip" => Self::Drip(time(1000)?),
            "gzip" => Self::Gzip,
            "wrong-checksum" => Self::WrongChecksum,
            _ => return Err(RuleError(format!("no fault is called `{name}`"))),
        })
    }
}

fn number<N: FromStr>(text: &str) -> Result<N, RuleError> {
    text.parse().map_err(|_| RuleError(format!("`{text}` is not a number that fits here")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::Endpoint;

    #[test]
    fn rules_parse_as_documented() {
        let read = |text: &str| text.parse::<Rule>().unwrap();
        assert_eq!(read("upload#2=503"), Rule::nth(2, Fault::Status(503)).on(Endpoint::Upload));
        assert_eq!(read("any%300@7=reset-after"), Rule::chance(300, 7, Fault::ResetAfter));
        assert_eq!(
            read("start=429:date=30"),
            Rule::always(Fault::RetryAfter(429, RetryAfter::Date(30))).on(Endpoint::Start)
        );
        assert_eq!(read("any=delay:20"), Rule::always(Fault::Delay(Duration::from_millis(20))));
        let address = "http://127.0.0.1:1/";
        assert_eq!(read(&format!("any=redirect:{address}")), Rule::always(Fault::Redirect(address.into())));
    }

    #[test]
    fn an_invalid_rule_is_named_in_the_error() {
        let error = |text: &str| text.parse::<Rule>().unwrap_err().to_string();
        assert_eq!(error("upload"), "`upload` has no `=FAULT`");
        assert_eq!(error("upload#two=503"), "`two` is not a number that fits here");
        assert_eq!(error("any=explode"), "no fault is called `explode`");
        assert!(error("uploads=503").starts_with("no endpoint is called `uploads`"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_the_parser(text in "[a-z%#@=:0-9-]{0,40}|.{0,40}") {
            let _ = text.parse::<Rule>();
        }

        #[test]
        fn numbers_parse_as_written(n in 1..u64::MAX, status in 400..600_u16) {
            let rule: Rule = format!("upload#{n}={status}").parse().unwrap();
            proptest::prop_assert_eq!(rule, Rule::nth(n, Fault::Status(status)).on(Endpoint::Upload));
        }
    }
}
