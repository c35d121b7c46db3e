//! [`ConfigFile`]: edits config.toml in place; comments and order stay.
//!
//! The file is replaced as a whole ([`crate::platform::file`]). The old file stays as `config.toml.bak`, without its
//! secrets. Does not validate values; [`super::load`] does.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, TableLike, Value};

use super::{ConfigKey, KEYS, RETIRED};
use crate::error::{Code, Error};
use crate::platform::file::{self, Readers};

/// Why config.toml could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFileError {
    /// The file cannot be read or written.
    #[error("{}", .0.message)]
    File(Box<Error>),
    /// The file is not TOML; its text is not quoted, since it may contain a secret.
    #[error("`{path}` is not valid TOML and was not changed", path = .0.display())]
    Syntax(PathBuf),
    /// A section is expected and a value found.
    #[error("`{section}` in `{path}` is not a section", path = path.display())]
    NoSection {
        /// The file.
        path: PathBuf,
        /// The section.
        section: &'static str,
    },
}

impl From<ConfigFileError> for Error {
    fn from(error: ConfigFileError) -> Self {
        let message = error.to_string();
        match error {
            ConfigFileError::File(error) => *error,
            ConfigFileError::Syntax(path) | ConfigFileError::NoSection { path, .. } => {
                Self::new(Code::ConfigError, message)
                    .hint("`data_exporter config validate` shows the line; fix it and try again")
                    .path(path)
            }
        }
    }
}

/// A config.toml that is being edited.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    path: PathBuf,
    former: Option<String>,
    document: DocumentMut,
}

impl ConfigFile {
    /// Opens the file; a missing file counts as empty.
    ///
    /// # Errors
    /// When it cannot be read, or is not TOML in UTF-8.
    pub fn open(path: &Path) -> Result<Self, ConfigFileError> {
        // A rename would replace a link instead of its target.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let former = match fs::read(&path) {
            Ok(bytes) => Some(String::from_utf8(bytes).map_err(|_| ConfigFileError::Syntax(path.clone()))?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(file_error("cannot read", &path, &error)),
        };
        let document = parse(former.as_deref().unwrap_or_default(), &path)?;
        Ok(Self { path, former, document })
    }

    /// Returns whether the file existed.
    pub fn existed(&self) -> bool {
        self.former.is_some()
    }

    /// Sets a key, in place when it exists; the comment after it stays.
    ///
    /// # Errors
    /// When a value stands in place of the key's section.
    pub fn set(&mut self, key: &ConfigKey, value: impl Into<Value>) -> Result<(), ConfigFileError> {
        if let Some((section, name)) = key.former {
            remove(&mut self.document, section, name);
        }
        let no_section = || ConfigFileError::NoSection { path: self.path.clone(), section: key.section };
        // Otherwise comments after the last key would move below a new section.
        let trailing = self.document.trailing().as_str().unwrap_or_default().to_owned();
        let mut begun = false;
        let mut place: &mut dyn TableLike = self.document.as_table_mut();
        for part in key.section.split('.') {
            let item = place.entry(part).or_insert_with(|| {
                let mut table = toml_edit::Table::new();
                // `[credential]` is written only when it contains more than `[credential.device]`.
                table.set_implicit(true);
                if !trailing.is_empty() && key.section.ends_with(part) {
                    table.decor_mut().set_prefix(format!("{trailing}\n"));
                }
                begun = true;
                Item::Table(table)
            });
            place = item.as_table_like_mut().ok_or_else(no_section)?;
        }
        let mut value = value.into();
        match place.get_mut(key.name).and_then(Item::as_value_mut) {
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => {
                place.insert(key.name, Item::Value(value));
            }
        }
        if begun {
            self.document.set_trailing("");
        }
        Ok(())
    }

    /// Removes a key, also at its place in the older layout; returns true when it existed.
    pub fn remove(&mut self, key: &ConfigKey) -> bool {
        let removed = remove(&mut self.document, key.section, key.name).is_some();
        match key.former {
            Some((section, name)) => remove(&mut self.document, section, name).is_some() || removed,
            None => removed,
        }
    }

    /// Returns whether the file has a key at this place.
    pub fn holds(&self, section: &str, name: &str) -> bool {
        let mut place: &dyn TableLike = self.document.as_table();
        for part in section.split('.') {
            let Some(inner) = place.get(part).and_then(Item::as_table_like) else { return false };
            place = inner;
        }
        place.contains_key(name)
    }

    /// Returns the retired keys in the file, as section and name.
    pub fn retired(&self) -> Vec<(&'static str, &'static str)> {
        RETIRED.iter().copied().filter(|(section, name)| self.holds(section, name)).collect()
    }

    /// Moves every key of an older layout to its present place, with its comments, and removes retired keys.
    ///
    /// # Errors
    /// When a value stands in place of a section.
    pub fn modernise(&mut self) -> Result<(), ConfigFileError> {
        for (section, name) in self.retired() {
            remove(&mut self.document, section, name);
        }
        for key in KEYS {
            let Some((section, _)) = key.former else { continue };
            self.rename_section(section, key.section);
        }
        for key in KEYS {
            let Some((section, name)) = key.former else { continue };
            // A renamed section contains its keys under their older names.
            for section in [section, key.section] {
                if (section, name) == (key.section, key.name) {
                    continue;
                }
                let value = remove(&mut self.document, section, name).and_then(|item| item.into_value().ok());
                // Where both exist, the present place wins.
                if let Some(value) = value.filter(|_| !self.holds(key.section, key.name)) {
                    self.set(key, value)?;
                }
            }
        }
        for section in ["schedule", "source", "auth", "batch"] {
            let empty = |item: &Item| item.as_table_like().is_some_and(TableLike::is_empty);
            if self.document.get(section).is_some_and(empty) {
                self.document.remove(section);
            }
        }
        Ok(())
    }

    /// Renames a section, where the new name is free.
    fn rename_section(&mut self, from: &str, to: &str) {
        let (parent, name) = to.rsplit_once('.').unwrap_or(("", to));
        let exists = |parent: &dyn TableLike| parent.contains_key(name);
        let document = self.document.as_table_mut();
        if !document.get(from).is_some_and(Item::is_table) {
            return;
        }
        if parent.is_empty() {
            if let Some(item) = (!exists(document)).then(|| document.remove(from)).flatten() {
                document.insert(name, item);
            }
            return;
        }
        let mut outer = toml_edit::Table::new();
        outer.set_implicit(true);
        let taken = document.get(parent).and_then(Item::as_table_like).is_some_and(exists);
        if taken {
            return;
        }
        let Some(item) = document.remove(from) else { return };
        if let Some(parent) = document.entry(parent).or_insert(Item::Table(outer)).as_table_like_mut() {
            parent.insert(name, item);
        }
    }

    /// Replaces the whole text, for a person who edited a copy of it.
    ///
    /// # Errors
    /// When it is not TOML.
    pub fn replace(&mut self, text: &str) -> Result<(), ConfigFileError> {
        self.document = parse(text, &self.path)?;
        Ok(())
    }

    /// Returns the text that [`Self::save`] would write.
    pub fn text(&self) -> String {
        let crlf = self.former.as_ref().is_some_and(|text| text.contains("\r\n"));
        let text = self.document.to_string().replace("\r\n", "\n");
        if crlf { text.replace('\n', "\r\n") } else { text }
    }

    /// Writes the file, and the old one without its secrets to `config.toml.bak`.
    ///
    /// # Errors
    /// When either cannot be written; then the file is unchanged.
    pub fn save(&mut self) -> Result<(), ConfigFileError> {
        let text = self.text();
        if self.former.as_ref() == Some(&text) {
            return Ok(());
        }
        if let Some(former) = &self.former {
            let mut backup = self.path.as_os_str().to_owned();
            backup.push(".bak");
            write(Path::new(&backup), &without_secrets(former, &self.path)?)?;
        }
        write(&self.path, &text)?;
        self.former = Some(text);
        Ok(())
    }
}

fn parse(text: &str, path: &Path) -> Result<DocumentMut, ConfigFileError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.parse().map_err(|_| ConfigFileError::Syntax(path.to_path_buf()))
}

fn remove(document: &mut DocumentMut, section: &str, name: &str) -> Option<Item> {
    let mut place: &mut dyn TableLike = document.as_table_mut();
    for part in section.split('.') {
        place = place.get_mut(part).and_then(Item::as_table_like_mut)?;
    }
    place.remove(name)
}

/// Keeps only known keys that are not secret, since a misspelled one may hold a secret, and comments without a value,
/// since that may be one too.
fn without_secrets(text: &str, path: &Path) -> Result<String, ConfigFileError> {
    let mut document = parse(text, path)?;
    keep_harmless(document.as_table_mut(), "");
    let text = document.to_string();
    let mut kept = String::new();
    let mut comments = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('#') {
            comments.push(line);
            continue;
        }
        kept.extend(harmless(&std::mem::take(&mut comments)).iter().copied());
        kept.push_str(line);
    }
    kept.extend(harmless(&comments).iter().copied());
    Ok(kept)
}

/// Returns the lines of a comment; none when one of them holds a value, which may go on in the next.
fn harmless<'a>(comments: &'a [&'a str]) -> &'a [&'a str] {
    if comments.iter().any(|line| line.contains('=')) { &[] } else { comments }
}

fn keep_harmless(table: &mut dyn TableLike, section: &str) {
    let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let is_known =
            KEYS.iter().filter(|key| !key.secret).any(|key| {
                (key.section, key.name) == (section, &name) || key.former == Some((section, &name))
            }) || RETIRED.contains(&(section, &name));
        match table.get_mut(&name) {
            Some(Item::Value(value)) if is_known => {
                let suffix = value.decor().suffix().and_then(|suffix| suffix.as_str());
                if suffix.is_some_and(|suffix| suffix.contains('=')) {
                    value.decor_mut().set_suffix("");
                }
            }
            Some(_) if is_known => {}
            Some(Item::Table(inner)) => {
                let suffix = inner.decor().suffix().and_then(|suffix| suffix.as_str());
                if suffix.is_some_and(|suffix| suffix.contains('=')) {
                    inner.decor_mut().set_suffix("");
                }
                keep_harmless(inner, &below(section, &name));
            }
            Some(item) if item.is_inline_table() => {
                if let Some(inner) = item.as_table_like_mut() {
                    keep_harmless(inner, &below(section, &name));
                }
            }
            _ => {
                table.remove(&name);
            }
        }
    }
}

fn below(section: &str, name: &str) -> String {
    if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") }
}

fn write(path: &Path, text: &str) -> Result<(), ConfigFileError> {
    file::write(path, Readers::AsBefore, text.as_bytes())
        .map_err(|error| file_error("cannot write", path, &error))
}

fn file_error(doing: &str, path: &Path, error: &std::io::Error) -> ConfigFileError {
    ConfigFileError::File(Box::new(Error::io(doing, path, error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(section: &str, name: &str) -> &'static ConfigKey {
        KEYS.iter().find(|key| (key.section, key.name) == (section, name)).unwrap()
    }

    fn changed(before: &str, change: impl FnOnce(&mut ConfigFile)) -> (String, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, before).unwrap();
        let mut file = ConfigFile::open(&path).unwrap();
        change(&mut file);
        file.save().unwrap();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
        assert!(names.len() <= 2, "no temporary file stays: {names:?}");
        let backup = fs::read_to_string(folder.path().join("config.toml.bak")).unwrap_or_default();
        (fs::read_to_string(&path).unwrap(), backup)
    }

    const OLD: &str = "\
# our shop
[src]
source_dir = 'C:\\Data\\DBF' # do not move

[credential.device]
domain = \"old\" # the till
client_secret = \"cs_canary\"
# client_secret = \"cs_older_canary\"
";

    #[test]
    fn comments_order_and_other_keys_are_kept() {
        let (after, _) = changed(OLD, |file| {
            file.set(key("credential.device", "domain"), "new").unwrap();
            file.set(key("scheduler", "crontab"), "*/5 * * * *").unwrap();
        });
        assert_eq!(after, OLD.replace("\"old\"", "\"new\"") + "\n[scheduler]\ncrontab = \"*/5 * * * *\"\n");
    }

    #[test]
    fn the_backup_holds_no_secret() {
        let (after, backup) =
            changed(OLD, |file| assert!(file.remove(key("credential.device", "client_secret"))));
        assert!(!after.contains("\"cs_canary\""));
        assert!(!backup.contains("canary"), "{backup}");
        assert!(backup.contains("domain = \"old\" # the till"));
    }

    #[test]
    fn the_backup_holds_no_secret_that_is_misspelled_commented_or_in_several_lines() {
        for before in [
            "[credential.device]\ndomain = \"old\"\nclient_secert = \"cs_canary\"\n",
            "[credentials]\npassword = \"canary\"\n[credential.device]\ndomain = \"old\"\n",
            "passwd = \"canary\"\n[credential.device]\ndomain = \"old\"\n",
            "[credential.device]\ndomain = \"old\" # secret = cs_canary\n",
            "[credential.device] # pw = canary\ndomain = \"old\"\n",
            "[credential.device]\n# client_secret = \"\"\"\n# cs_canary\n# \"\"\"\ndomain = \"old\"\n",
            "[credential.device]\ndomain = \"old\"\nclient_secret = \"\"\"\ncs_canary\n# canary\n\"\"\"\n",
            "[credential]\ndevice = { domain = \"old\", client_secert = \"cs_canary\" }\n",
            "[credential.device]\ndomain = \"old\"\n# was:\n# clientsecret=cs_canary\n",
            "[credential.device]\ndomain = \"old\"\n[[secrets]]\nvalue = \"canary\"\n",
        ] {
            let (_, backup) = changed(before, |file| file.set(key("src", "source_dir"), "/new").unwrap());
            assert!(!backup.contains("canary"), "{before}\n{backup}");
            assert!(backup.contains("domain = \"old\""), "{backup}");
        }
    }

    #[test]
    fn a_key_of_the_former_layout_moves_to_its_new_place() {
        let (after, _) = changed("[source]\ndirectory = \"/old\"\n", |file| {
            file.set(key("src", "source_dir"), "/new").unwrap();
        });
        assert!(!after.contains("/old"), "{after}");
        assert!(after.contains("[src]\nsource_dir = \"/new\""), "{after}");
    }

    #[test]
    fn crlf_line_ends_are_kept() {
        let (after, _) = changed("[api]\r\nbase_url = \"https://a\"\r\n", |file| {
            file.set(key("api", "https_only"), true).unwrap();
        });
        assert_eq!(after, "[api]\r\nbase_url = \"https://a\"\r\nhttps_only = true\r\n");
    }

    #[test]
    fn settings_round_trip_through_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let mut file = ConfigFile::open(&path).unwrap();
        assert!(!file.existed());
        file.set(key("src", "source_dir"), "C:\\Data\\DBF").unwrap();
        file.set(key("credential.device", "domain"), "shop").unwrap();
        file.save().unwrap();
        let config = crate::config::Config::from_file(&path).unwrap();
        assert_eq!(config.src.source_dir, Some("C:\\Data\\DBF".into()));
        assert_eq!(config.credential.device.unwrap().domain, "shop");
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("[credential]\n"), "{text}");
    }

    #[test]
    fn an_invalid_file_is_not_changed_and_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "client_secret = \"cs_canary").unwrap();
        let error = Error::from(ConfigFile::open(&path).unwrap_err());
        assert_eq!(error.code, Code::ConfigError);
        assert!(!format!("{error:?}").contains("canary"));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_private_and_an_old_one_keeps_its_mode() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let mut file = ConfigFile::open(&path).unwrap();
        file.set(key("src", "source_dir"), "/a").unwrap();
        file.save().unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        file.set(key("src", "source_dir"), "/b").unwrap();
        file.save().unwrap();
        assert_eq!(mode(&path), 0o640);
    }
}
