//! Changes one key of config.toml: [`change`], for `config set` and `config unset`. Comments and other keys stay.

use toml_edit::{Array, Value};

use super::configuration;
use crate::config::file::ConfigFile;
use crate::config::{ConfigKey, Invalid, KEYS, Loaded, Origin, Problem};
use crate::error::{Code, Error, Result, one_line};
use crate::platform::Folders;

/// Finds a key by `section.name`, or by its name where only one section has it.
///
/// # Errors
/// When there is none; the hint names similar ones.
pub fn find(name: &str) -> Result<&'static ConfigKey> {
    let whole = |key: &&ConfigKey| format!("{}.{}", key.section, key.name) == name;
    if let Some(key) = KEYS.iter().find(whole) {
        return Ok(key);
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let mut same: Vec<&ConfigKey> = KEYS.iter().filter(|key| key.name == last).collect();
    if let (1, Some(key), false) = (same.len(), same.first(), name.contains('.')) {
        return Ok(key);
    }
    if same.is_empty() {
        same = KEYS.iter().filter(|key| !last.is_empty() && key.name.contains(last)).collect();
    }
    let names: Vec<String> = same.iter().map(|key| format!("{}.{}", key.section, key.name)).collect();
    let hint = match names.as_slice() {
        [] => "`data_exporter config show` lists all keys".to_owned(),
        names => format!("did you mean {}?", names.join(" or ")),
    };
    Err(Error::new(Code::Usage, format!("there is no key `{}`", one_line(name))).hint(hint))
}

/// Sets a key, or removes it where no value is given, and writes the file when the result is valid. A file that was
/// invalid before may stay invalid in other keys.
///
/// # Errors
/// When the key is set by pairing or by the environment, when the value is invalid, or when the file cannot be written.
pub fn change(name: &str, value: Option<&str>, folders: &Folders) -> Result<()> {
    let key = find(name)?;
    let file = ConfigFile::open(&folders.config)?;
    let before = configuration::check(&folders.config, &file.text());
    refuse_foreign(key, before.as_ref().ok())?;
    let others = |problems: &[Problem]| -> Vec<String> {
        problems.iter().filter(|problem| problem.key != key.label()).map(Problem::sentence).collect()
    };
    let known = before.as_ref().err().map_or_else(Vec::new, |invalid| others(&invalid.problems));
    let mut first = None;
    for candidate in candidates(value) {
        let mut changed = file.clone();
        match candidate {
            Some(value) => changed.set(key, value)?,
            None => {
                changed.remove(key);
            }
        }
        let Err(invalid) = configuration::check(&folders.config, &changed.text()) else {
            return Ok(changed.save()?);
        };
        // Line numbers may have moved, so that only the number of other problems is compared.
        let own = invalid.problems.iter().any(|problem| problem.key == key.label());
        if !own && others(&invalid.problems).len() <= known.len() {
            return Ok(changed.save()?);
        }
        first.get_or_insert(invalid);
    }
    Err(first.map_or_else(
        || Error::new(Code::ConfigError, "the value is invalid"),
        |invalid| refused(key, invalid),
    ))
}

/// The forms in which the text of a command line can be meant: as text, as a value of TOML, as a list.
fn candidates(value: Option<&str>) -> Vec<Option<Value>> {
    let Some(text) = value else { return vec![None] };
    let list: Array = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let typed = text.parse::<Value>().ok();
    [Some(Value::from(text)), typed, Some(Value::from(list))].into_iter().flatten().map(Some).collect()
}

fn refuse_foreign(key: &ConfigKey, before: Option<&Loaded>) -> Result<()> {
    let name = format!("{}.{}", key.section, key.name);
    if key.section.starts_with("credential") {
        return Err(Error::new(Code::Usage, format!("`{name}` is set by pairing"))
            .hint("pair with `data_exporter pair`, or end the pairing with `data_exporter unpair`"));
    }
    let Some(before) = before else { return Ok(()) };
    if key.label() == "[api] base_url" && before.config.credential.device.is_some() {
        return Err(Error::new(Code::Usage, "this computer is paired with another server").hint(
            "pair it with the new server: `data_exporter pair --api-url URL`; the address changes with that",
        ));
    }
    if before.origins.get(&key.label()) == Some(&Origin::Environment) {
        return Err(Error::new(Code::Usage, format!("`{name}` is set by the variable {}", key.variable()))
            .hint("change it there, or remove the variable"));
    }
    Ok(())
}

/// The problems that the new value brings, without those that were there before.
fn refused(key: &ConfigKey, invalid: Invalid) -> Error {
    let mut problems = invalid.problems;
    if problems.iter().any(|problem| problem.key == key.label()) {
        problems.retain(|problem| problem.key == key.label());
    }
    let lines: Vec<String> =
        problems.iter().map(|problem| Problem { line: None, ..problem.clone() }.sentence()).collect();
    let remedy = problems.first().map(|problem| problem.remedy.clone()).unwrap_or_default();
    Error::new(Code::ConfigError, lines.join("; ")).hint(format!("{remedy}; nothing was changed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, name: &str, value: Option<&str>) -> (Result<()>, String) {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        std::fs::write(&config, text).unwrap();
        let folders = Folders { config: config.clone(), data: folder.path().to_path_buf() };
        (change(name, value, &folders), std::fs::read_to_string(config).unwrap())
    }

    #[test]
    fn every_type_of_value_is_written_as_its_type() {
        for (name, value, line) in [
            ("scheduler.crontab", "0 8 * * *", "crontab = \"0 8 * * *\""),
            ("jitter_seconds", "30", "jitter_seconds = 30"),
            ("api.https_only", "true", "https_only = true"),
            ("src.include_patterns", "a*.dbf, b*.dbf", "include_patterns = [\"a*.dbf\", \"b*.dbf\"]"),
            ("src.exclude_patterns", "[\"x.dbf\"]", "exclude_patterns = [\"x.dbf\"]"),
            ("src.source_dir", "5", "source_dir = \"5\""),
        ] {
            let (done, text) = with("# mine\n", name, Some(value));
            assert!(done.is_ok(), "{name}: {done:?}");
            assert!(text.starts_with("# mine") && text.contains(line), "{name}: {text}");
        }
    }

    #[test]
    fn an_invalid_value_changes_nothing() {
        let before = "[scheduler]\ncrontab = \"0 8 * * *\" # morning\n";
        for (name, value) in [("crontab", "x"), ("api.https_only", "maybe"), ("jitter_seconds", "-1")] {
            let (done, text) = with(before, name, Some(value));
            let error = done.unwrap_err();
            assert_eq!((error.code, text.as_str()), (Code::ConfigError, before), "{name}");
            assert!(error.hint.unwrap().ends_with("nothing was changed"));
        }
        let (done, text) = with(before, "crontab", None);
        assert!(done.is_ok() && text == "[scheduler]\n", "{text}");
    }

    #[test]
    fn a_wrong_key_can_be_mended_while_another_is_wrong() {
        let before = "[scheduler]\ncrontab = \"x\"\n[api]\nhttps_only = 5\n";
        let (done, text) = with(before, "crontab", Some("0 8 * * *"));
        assert!(done.is_ok() && text.contains("0 8"), "{done:?} {text}");
        let (done, text) = with(before, "crontab", Some("y"));
        assert!(done.is_err() && text == before);
    }

    #[test]
    fn unknown_keys_and_keys_of_the_pairing_are_refused() {
        assert_eq!(find("nope").err().unwrap().code, Code::Usage);
        assert!(find("cron").err().unwrap().hint.unwrap().contains("scheduler.crontab"));
        for key in ["credential.password", "credential.device.domain"] {
            assert_eq!(with("", key, Some("x")).0.unwrap_err().code, Code::Usage, "{key}");
        }
    }
}
