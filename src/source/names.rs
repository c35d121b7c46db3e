//! [`WireName`]: upload names (docs/dbf.md#names-on-the-wire). No two tables share a name on the server, and names
//! stay the same over all runs of a folder.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

/// Maximum length of a name, in characters.
pub const MAX_NAME: usize = 500;
/// The longest suffix after the base name: `.part-0001.csv.gz`.
const LONGEST_ENDING: usize = 17;

/// A table's upload name without its extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireName {
    base: String,
    /// Whether a hash was added because the plain name is taken.
    pub hashed: bool,
}

impl WireName {
    /// Returns the name of a table that fits into one file.
    pub fn whole(&self) -> String {
        format!("{}.csv.gz", self.base)
    }

    /// Returns the name of one of several files, from 1.
    pub fn part(&self, number: usize) -> String {
        format!("{}.part-{number:04}.csv.gz", self.base)
    }

    /// Returns the table's name as the server derives it: everything outside `[A-Za-z0-9_]` becomes `_`, and a leading
    /// digit gets one more `_` in front (docs/wire.md#file-names).
    pub fn table(&self) -> String {
        derived(&self.base)
    }

    /// Returns whether an upload name belongs to this table, whole or in parts.
    pub fn owns(&self, wire_name: &str) -> bool {
        let Some(rest) =
            wire_name.strip_prefix(self.base.as_str()).and_then(|rest| rest.strip_suffix(".csv.gz"))
        else {
            return false;
        };
        let number = rest.strip_prefix(".part-");
        rest.is_empty() || number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
    }
}

/// Names the tables of a scan, given relative to the source folder with `/`; returns the names in the same order.
pub fn name_tables<'a>(sources: impl IntoIterator<Item = &'a str>) -> Vec<WireName> {
    let sources: Vec<&str> = sources.into_iter().collect();
    let plain: Vec<String> = sources.iter().map(|source| plain(source)).collect();
    let mut met: HashMap<String, usize> = HashMap::new();
    for base in &plain {
        *met.entry(key(base)).or_default() += 1;
    }
    let mut taken = HashSet::new();
    for base in plain.iter().filter(|base| stands_alone(base, &met)) {
        taken.insert(key(base));
    }
    sources
        .iter()
        .zip(plain)
        .map(|(source, base)| {
            if stands_alone(&base, &met) {
                return WireName { base, hashed: false };
            }
            let digest = format!("{:x}", Sha256::digest(source.as_bytes()));
            // Eight digits, and more only where even they collide.
            let base = (8..=digest.len())
                .step_by(8)
                .map(|length| with_hash(&base, &digest[..length]))
                .find(|base| taken.insert(key(base)))
                .unwrap_or_else(|| with_hash(&base, &digest));
            WireName { base, hashed: true }
        })
        .collect()
}

fn stands_alone(base: &str, met: &HashMap<String, usize>) -> bool {
    met.get(&key(base)) == Some(&1)
        && base.chars().count() <= MAX_NAME - LONGEST_ENDING
        && !is_part(&key(base))
}

/// Converts a path to one name: separators, and characters that would break a header line, become `_`; the extension is
/// removed.
fn plain(source: &str) -> String {
    let cut = source.len().saturating_sub(4);
    let stem = match source.get(cut..) {
        Some(end) if end.eq_ignore_ascii_case(".dbf") && cut > 0 => &source[..cut],
        _ => source,
    };
    stem.chars().map(|c| if matches!(c, '/' | '\\' | '"') || c.is_control() { '_' } else { c }).collect()
}

fn with_hash(base: &str, digits: &str) -> String {
    let room = MAX_NAME - LONGEST_ENDING - digits.len() - 1;
    let cut: String = base.chars().take(room).collect();
    format!("{cut}_{digits}")
}

fn derived(base: &str) -> String {
    let mut name = String::new();
    if base.starts_with(|c: char| c.is_ascii_digit()) {
        name.push('_');
    }
    name.extend(base.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
    name
}

/// Returns a key that is equal for two names that the server stores as one table.
fn key(base: &str) -> String {
    derived(base).to_ascii_lowercase()
}

/// Returns whether a table's own name looks like a part of another's.
fn is_part(key: &str) -> bool {
    key.rsplit_once("_part_")
        .is_some_and(|(_, number)| number.len() >= 4 && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(sources: &[&str]) -> Vec<String> {
        name_tables(sources.iter().copied()).iter().map(WireName::whole).collect()
    }

    #[test]
    fn a_path_becomes_a_name() {
        assert_eq!(
            names(&["GOODS.DBF", "old/Stock.Dbf", "a.b.dbf"]),
            ["GOODS.csv.gz", "old_Stock.csv.gz", "a.b.csv.gz"]
        );
    }

    #[test]
    fn colliding_names_get_a_hash_of_their_path() {
        let found = names(&["a/b.dbf", "a_b.dbf", "c.dbf"]);
        assert_eq!(found[2], "c.csv.gz");
        assert!(found[0].starts_with("a_b_") && found[1].starts_with("a_b_") && found[0] != found[1]);
        assert_eq!(found, names(&["a/b.dbf", "a_b.dbf", "c.dbf"]), "the same in every run");
        for pair in
            [["a-b.dbf", "a_b.dbf"], ["A.dbf", "a.DBF"], ["1.dbf", "_1.dbf"], ["ТОВАР.dbf", "СКЛАД.dbf"]]
        {
            let found = name_tables(pair);
            assert!(found.iter().all(|name| name.hashed), "{pair:?}");
            assert_ne!(key(&found[0].base), key(&found[1].base));
        }
    }

    #[test]
    fn a_table_named_like_a_part_does_not_collide() {
        let found = name_tables(["x.dbf", "x.part-0001.dbf"]);
        assert_ne!(key("x.part-0001"), key(&found[1].base));
        assert!(found[0].owns(&found[0].part(1)) && !found[0].owns(&found[1].whole()));
    }

    #[test]
    fn table_names_match_those_of_the_server() {
        assert_eq!(name_tables(["2024/склад-1.dbf"])[0].table(), "_2024_______1");
    }

    proptest! {
        #[test]
        fn no_two_tables_get_the_same_name(sources in proptest::collection::hash_set("[aAbB12_./Ж\"-]{1,6}(\\.dbf|\\.DBF)", 1..40)) {
            let sources: Vec<String> = sources.into_iter().collect();
            let found = name_tables(sources.iter().map(String::as_str));
            let keys: HashSet<String> = found.iter().map(|name| key(&name.base)).collect();
            prop_assert_eq!(keys.len(), sources.len());
        }

        #[test]
        fn no_name_is_too_long(source in "\\PC{1,600}") {
            let name = &name_tables([source.as_str()])[0];
            prop_assert!(name.part(9999).chars().count() <= MAX_NAME);
            prop_assert!(!name.whole().contains(|c: char| c.is_control() || c == '"' || c == '/'));
        }
    }
}
