//! Where the command looks and what it makes there.

use crate::home::{Answer, TestHome, bare};

#[test]
fn looking_makes_no_folder() {
    let home = TestHome::new();
    let absent = home.path().join("absent");
    for arguments in [&["status"][..], &["history"], &["errors"], &["config", "show"]] {
        let mut command = bare(arguments);
        command.env("DATA_EXPORTER_HOME", &absent);
        assert_eq!(Answer::from_command(command).code, 0, "{arguments:?}");
        assert!(!absent.exists(), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_the_variable_the_folders_are_those_of_the_person() {
    let home = TestHome::new();
    let mut command = bare(&["config", "show", "--json"]);
    command.env("HOME", home.path());
    let value = Answer::from_command(command).json();
    let of = |name: &str| home.path().join(name).display().to_string();
    assert_eq!(value["path"], of(".config/data_exporter/config.toml"));
    assert_eq!(value["data"], of(".local/state/data_exporter"));
}

#[cfg(unix)]
#[test]
fn no_folder_at_all_is_a_matter_of_configuration() {
    let answer = Answer::from_command(bare(&["status", "--json"]));
    assert_eq!(answer.code, 7);
    assert_eq!(answer.json()["error"]["code"], "CONFIG_ERROR");
    assert!(answer.json()["error"]["hint"].as_str().unwrap().contains("DATA_EXPORTER_HOME"));
}

#[test]
fn the_flag_moves_the_configuration_alone() {
    let home = TestHome::with_config("[logging]\nlevel = \"debug\"\n");
    let other = home.write("other.toml", "[logging]\nlevel = \"trace\"\n");
    let (code, value) = home.json(&["config", "show", "--config", other.to_str().unwrap()]);
    assert_eq!(code, 0);
    assert_eq!(value["config"]["logging"]["level"], "trace");
    assert_eq!(value["data"], home.path().to_str().unwrap());
    let (code, value) = home.json(&["config", "show"]);
    assert_eq!((code, value["config"]["logging"]["level"].as_str()), (0, Some("debug")));
}

#[test]
fn a_named_configuration_must_be_there() {
    let (code, value) = TestHome::new().json(&["status", "--config", "absent.toml"]);
    assert_eq!((code, value["error"]["code"].as_str()), (7, Some("CONFIG_ERROR")));
    assert_eq!(value["error"]["path"], "absent.toml");
}
