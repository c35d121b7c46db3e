//! Folders that the command reads and creates.

use test_support::{Answer, TestHome, bare};

#[test]
fn read_only_commands_create_no_folder() {
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
fn without_the_variable_the_folders_of_the_user_are_used() {
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
fn without_any_home_folder_the_command_exits_7() {
    let answer = Answer::from_command(bare(&["status", "--json"]));
    assert_eq!(answer.code, 7);
    assert_eq!(answer.json()["error"]["code"], "CONFIG_ERROR");
    assert!(answer.json()["error"]["hint"].as_str().unwrap().contains("DATA_EXPORTER_HOME"));
}

#[test]
fn the_config_flag_changes_only_the_configuration_path() {
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
fn a_configuration_given_by_flag_must_exist() {
    let (code, value) = TestHome::new().json(&["status", "--config", "absent.toml"]);
    assert_eq!((code, value["error"]["code"].as_str()), (7, Some("CONFIG_ERROR")));
    assert_eq!(value["error"]["path"], "absent.toml");
}
