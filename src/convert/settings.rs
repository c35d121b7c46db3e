//! [`ConvertSettings`]: how to read and write one table; [`Rules`] derives them from the configuration.

use std::cmp::Reverse;

use globset::{GlobBuilder, GlobMatcher};

use super::codepage::{self, Page};
use crate::config::{Binary, Config, Deleted, RowsBeyondHeader, SoftBreaks};

/// Maximum size of a memo unless a caller sets another limit, in bytes.
pub const MEMO_LIMIT: u64 = 64 << 20;

/// The settings of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertSettings {
    /// The code page; overrides the table's own.
    pub encoding: Option<Page>,
    /// The code page of a table that names none.
    pub default_encoding: Page,
    /// Treatment of deleted rows.
    pub deleted: Deleted,
    /// Treatment of binary columns.
    pub binary: Binary,
    /// Treatment of soft line breaks in memos.
    pub soft_breaks: SoftBreaks,
    /// Treatment of whole rows beyond the header's count.
    pub rows_beyond_header: RowsBeyondHeader,
    /// Whether text that a spreadsheet would take for a formula gets an apostrophe before it.
    pub formula_guard: bool,
    /// Compression level, 1 to 9; `None` for plain CSV.
    pub gzip_level: Option<u8>,
    /// Maximum size of a part, in bytes; `None` for one part of any size.
    pub part_limit: Option<u64>,
    /// Number of rows after which to stop; for a preview.
    pub row_limit: Option<u64>,
    /// Maximum size of a memo, in bytes.
    pub memo_limit: u64,
}

/// An unknown code page, or an invalid glob.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The name of a page.
    #[error("`{key} = \"{name}\"` names no known code page")]
    UnknownPage {
        /// The key of the configuration.
        key: String,
        /// The given value.
        name: String,
    },
    /// A glob of `[encoding] overrides`.
    #[error("`{0}` in `encoding.overrides` is no valid pattern")]
    BadGlob(String),
}

impl From<SettingsError> for crate::error::Error {
    fn from(error: SettingsError) -> Self {
        Self::new(crate::error::Code::ConfigError, error.to_string())
            .hint("name a page such as `CP866`, `CP1251`, `windows-1255`, `ISO-8859-8`, `KOI8-R` or `UTF-8`")
    }
}

/// The configuration's part that concerns conversions, with its patterns compiled.
#[derive(Debug, Clone)]
pub struct Rules {
    base: ConvertSettings,
    overrides: Vec<(GlobMatcher, bool, Page)>,
}

impl Rules {
    /// Reads the rules of a configuration.
    ///
    /// # Errors
    /// [`SettingsError`] for the first unknown page or bad glob.
    pub fn new(config: &Config) -> Result<Self, SettingsError> {
        let page = |key: &str, name: &str| {
            codepage::find(name)
                .ok_or_else(|| SettingsError::UnknownPage { key: key.to_owned(), name: name.to_owned() })
        };
        let mut overrides: Vec<_> = config.encoding.overrides.iter().collect();
        overrides.sort_by_key(|(glob, _)| vagueness(glob));
        let overrides = overrides
            .into_iter()
            .map(|(glob, name)| {
                let matcher = GlobBuilder::new(glob)
                    .case_insensitive(true)
                    .literal_separator(true)
                    .build()
                    .map_err(|_| SettingsError::BadGlob(glob.clone()))?
                    .compile_matcher();
                Ok((matcher, glob.contains('/'), page("encoding.overrides", name)?))
            })
            .collect::<Result<_, SettingsError>>()?;
        Ok(Self {
            base: ConvertSettings {
                encoding: None,
                default_encoding: page("encoding.dbf_encoding", &config.encoding.dbf_encoding)?,
                deleted: config.export.deleted,
                binary: config.export.binary,
                soft_breaks: config.export.soft_breaks,
                rows_beyond_header: config.export.rows_beyond_header,
                formula_guard: config.export.formula_guard,
                gzip_level: Some(config.export.gzip_level),
                part_limit: None,
                row_limit: None,
                memo_limit: MEMO_LIMIT,
            },
            overrides,
        })
    }

    /// The settings for the table at `path`, relative to the source folder with `/`: the most specific pattern that
    /// matches the bare name, or the whole path where the pattern holds a `/`, sets the page. A name without wildcards is
    /// the most specific, then the pattern with the most literal characters; the alphabet decides between equals.
    pub fn settings_for(&self, path: &str) -> ConvertSettings {
        let name = path.rsplit('/').next().unwrap_or(path);
        let page = self
            .overrides
            .iter()
            .find(|(glob, whole, _)| glob.is_match(if *whole { path } else { name }))
            .map(|(_, _, page)| page.clone());
        ConvertSettings { encoding: page, ..self.base.clone() }
    }
}

/// Orders the most specific pattern first.
fn vagueness(glob: &str) -> (bool, Reverse<usize>) {
    let mut in_class = false;
    let literals = glob.chars().filter(|letter| {
        in_class = *letter == '[' || in_class && *letter != ']';
        !in_class && !"*?]{},\\".contains(*letter)
    });
    let literals = literals.count();
    (glob.contains(['*', '?', '[', '{']), Reverse(literals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_names_the_page_of_the_tables_it_matches() {
        let mut config = Config::default();
        config.encoding.overrides.insert("sklad*.dbf".to_owned(), "CP1251".to_owned());
        config.encoding.overrides.insert("old/*.dbf".to_owned(), "KOI8-R".to_owned());
        let rules = Rules::new(&config).unwrap();
        let page = |path: &str| rules.settings_for(path).encoding.map(|page| page.name());
        assert_eq!(page("a/SKLAD1.DBF"), Some("CP1251"));
        assert_eq!(page("Old/x.dbf"), Some("KOI8-R"));
        assert_eq!(page("new/old/x.dbf"), None);
        assert_eq!(rules.settings_for("x.dbf").default_encoding.name(), "CP866");
    }

    #[test]
    fn the_most_specific_pattern_names_the_page() {
        let mut config = Config::default();
        for (glob, page) in [
            ("*", "CP437"),
            ("*.dbf", "CP850"),
            ("GOODS.DBF", "CP1251"),
            ("[a-z]oods*.dbf", "CP852"),
            ("s*.dbf", "CP1255"),
            ("?s.dbf", "CP1252"),
            ("a?.dbf", "CP1250"),
            ("?b.dbf", "CP1253"),
            ("old/*.dbf", "KOI8-R"),
        ] {
            config.encoding.overrides.insert(glob.to_owned(), page.to_owned());
        }
        let rules = Rules::new(&config).unwrap();
        let page = |path: &str| rules.settings_for(path).encoding.map(|page| page.name());
        assert_eq!(page("goods.dbf"), Some("CP1251"));
        assert_eq!(page("goods2.dbf"), Some("CP852"), "the letters of a class are no literals");
        assert_eq!(page("SKLAD.DBF"), Some("CP1255"));
        assert_eq!(page("ss.dbf"), Some("CP1252"), "alphabetical between equals");
        assert_eq!(page("ab.dbf"), Some("CP1253"));
        assert_eq!(page("old/x.dbf"), Some("KOI8-R"));
        assert_eq!(page("x.dbf"), Some("CP850"));
        assert_eq!(page("x.fpt"), Some("CP437"));
    }

    #[test]
    fn unknown_pages_are_refused_by_name() {
        let mut config = Config::default();
        config.encoding.dbf_encoding = "CP8666".to_owned();
        let error = Rules::new(&config).unwrap_err();
        assert_eq!(error.to_string(), "`encoding.dbf_encoding = \"CP8666\"` names no known code page");
    }
}
