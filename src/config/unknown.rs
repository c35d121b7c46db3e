//! Names that mean nothing, and what was probably meant: keys of a file ([`remedy`]) and [`variables`] of the environment.

use super::keys::{ConfigKey, KEYS};

/// How the names of this program's variables begin.
const PREFIX: &str = "DATA_EXPORTER_";
/// Variables of this project's tests.
const TESTS: &str = "DATA_EXPORTER_TEST_";
/// Variables that are no keys: the data folder, the secret, its store and the level of the log.
const OTHER_VARIABLES: [&str; 5] = [
    "DATA_EXPORTER_HOME",
    "DATA_EXPORTER_CLIENT_SECRET",
    "DATA_EXPORTER_CLIENT_SECRET_FILE",
    "DATA_EXPORTER_SECRET_STORE",
    "DATA_EXPORTER_LOG",
];

/// Returns what to do about an unknown key of a file.
pub(super) fn remedy(section: &str, name: &str) -> String {
    match nearest(section, name) {
        Some(key) => format!("did you mean `{}` in [{}]?", key.name, key.section),
        None => "remove the line, or run `data_exporter config show` for all keys".to_owned(),
    }
}

/// Returns each variable of this program that means nothing, with what to do about it.
pub(super) fn variables(names: &[String]) -> Vec<(String, String)> {
    let keys: Vec<String> = KEYS.iter().map(ConfigKey::variable).collect();
    let is_known = |name: &String| OTHER_VARIABLES.contains(&name.as_str()) || keys.contains(name);
    let ours = |name: &&String| name.starts_with(PREFIX) && !name.starts_with(TESTS) && !is_known(name);
    let remedy = |name: &String| match keys.iter().find(|key| distance(key, name) <= 2) {
        Some(key) => format!("did you mean {key}?"),
        None => "remove the variable, or run `data_exporter config show` for all keys".to_owned(),
    };
    names.iter().filter(ours).map(|name| (name.clone(), remedy(name))).collect()
}

fn nearest(section: &str, name: &str) -> Option<&'static ConfigKey> {
    KEYS.iter()
        .map(|key| (distance(key.name, name) + usize::from(key.section != section), key))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 2)
        .map(|(_, key)| key)
}

/// Returns the edit distance of two words: the number of letters to change, insert or delete.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, counterpart) in other.chars().enumerate() {
            let changed = diagonal + usize::from(letter != counterpart);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
