//! Edits of config.toml while `run` works: keys take effect with the next run, the crontab at once; an invalid or missing
//! file is reported while the last valid one stays in effect.

use data_exporter::models::errors::ErrorQuery;
use data_exporter::models::snapshot::State;
use data_exporter::store::Store;
use local_data_forge::{Endpoint, LocalServer, Options};

use test_support::{Installation, SKIP_UNCHANGED, Service, wait_until, write_text_table};

const EVERY_SECOND: &str = "[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"* * * * * *\"\n";

fn edit(installation: &Installation, from: &str, to: &str) {
    let text = std::fs::read_to_string(installation.home.path().join("config.toml")).unwrap();
    assert!(text.contains(from), "{text}");
    installation.home.write("config.toml", &text.replacen(from, to, 1));
}

/// Runs an export and returns the names of the tables that were sent.
fn sent(installation: &Installation) -> Vec<String> {
    let (_, run) = installation.home.json(&["export"]);
    let files = run["files"].as_array().unwrap_or_else(|| panic!("{run}"));
    let sent = files.iter().filter(|file| file["upload"] == "sent");
    sent.map(|file| file["source"].as_str().unwrap().to_owned()).collect()
}

fn runs(installation: &Installation) -> i64 {
    Store::view(installation.home.path()).unwrap().last_run().unwrap().map_or(0, |run| run.run_id)
}

fn next_run(installation: &Installation) {
    let before = runs(installation);
    wait_until("two runs began", || runs(installation) > before + 1);
}

/// Returns the messages of the recorded configuration errors.
fn messages(installation: &Installation) -> Vec<String> {
    let query = ErrorQuery { kind: Some("CONFIG_ERROR".to_owned()), ..ErrorQuery::default() };
    let store = Store::view(installation.home.path()).unwrap();
    let errors = store.error_page(&query, None, 10).unwrap().errors;
    errors.into_iter().map(|error| error.message).collect()
}

fn log(installation: &Installation) -> String {
    let files = std::fs::read_dir(installation.home.path().join("logs")).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn keys_of_every_section_take_effect_with_the_next_run() {
    let installation = Installation::with_a_table()
        .paired("[export]\nskip_unchanged = true\n[encoding]\ndbf_encoding = \"CP866\"\n");
    installation.text_table("STAFF.DBF", "nut");
    let _service = Service::start(&installation);
    assert_eq!(sent(&installation), ["GOODS.DBF", "STAFF.DBF"]);

    edit(&installation, "[src]\n", "[src]\nexclude_patterns = [\"goods*\"]\n");
    installation.text_table("GOODS2.DBF", "screw");
    installation.text_table("PRICES.DBF", "7");
    assert_eq!(sent(&installation), ["PRICES.DBF"]);

    let other = tempfile::tempdir().unwrap();
    write_text_table(&other.path().join("OTHER.DBF"), "\u{8f}");
    let text = std::fs::read_to_string(installation.home.path().join("config.toml")).unwrap();
    let folder = text.lines().find(|line| line.starts_with("source_dir")).unwrap();
    edit(&installation, folder, &format!("source_dir = '{}'", other.path().display()));
    edit(&installation, "\"CP866\"", "\"CP1251\"");
    edit(
        &installation,
        "skip_unchanged = true",
        "skip_unchanged = false\ndeleted = \"column\"\ngzip_level = 1",
    );
    edit(&installation, "[api]\n", "[api]\nuploads_in_flight = 1\n");
    let server = LocalServer::start(Options::default()).unwrap();
    edit(&installation, &installation.server.base_url(), &server.base_url());
    assert_eq!(sent(&installation), ["OTHER.DBF"]);
    assert!(
        server.requests().iter().any(|request| request.endpoint == Endpoint::Complete),
        "the other server"
    );
    let (_, run) = installation.home.json(&["history", &runs(&installation).to_string()]);
    let file = &run["files"][0];
    assert_eq!(
        (file["encoding"].as_str(), file["rows"]["written"].as_i64()),
        (Some("CP1251"), Some(1)),
        "{file}"
    );

    edit(
        &installation,
        "[credential.device]\ndomain = \"warehouse.example.com\"",
        "[credential.device]\ndomain = \"else.example.com\"",
    );
    let (code, run) = installation.home.json(&["export"]);
    assert_eq!((code, run["error"]["code"].as_str()), (4, Some("AUTHENTICATION_FAILED")), "{run}");
}

#[test]
fn a_new_crontab_and_time_zone_take_effect_at_once() {
    let installation = Installation::with_a_table().paired("[export]\nskip_unchanged = true\n[scheduler]\ncrontab = \"0 0 29 2 *\"\n[logging]\nlevel = \"warn\"\n");
    let _service = Service::start(&installation);
    edit(&installation, "0 0 29 2 *\"", "* * * * * *\"\ntimezone = \"Asia/Jerusalem\"");
    edit(&installation, "\"warn\"", "\"info\"");
    wait_until("a run began", || runs(&installation) > 0);
    let (_, status) = installation.home.json(&["status"]);
    assert_eq!(status["schedule"]["timezone"], "Asia/Jerusalem");
    wait_until("the log tells of a run", || log(&installation).contains("a run begins"));
    edit(&installation, "crontab = ", "# crontab = ");
    wait_until("the log has changed", || {
        let before = runs(&installation);
        std::thread::sleep(std::time::Duration::from_millis(2500));
        runs(&installation) == before
    });
}

#[test]
fn an_invalid_edit_is_reported_with_line_and_remedy_and_the_last_valid_one_stays() {
    let installation = Installation::with_a_table().paired(EVERY_SECOND);
    let good = std::fs::read_to_string(installation.home.path().join("config.toml")).unwrap();
    let _service = Service::start(&installation);
    next_run(&installation);
    for (from, to, expected) in [
        ("https_only = false", "https_only = no", "line 9: not valid TOML"),
        (
            "skip_unchanged = true",
            "skip_unchanged = 7",
            "line 11: [export] skip_unchanged = \"7\" is neither true nor false: write true or false",
        ),
        ("* * * * * *", "*/90 * * * *", "line 13: [scheduler] crontab = \"*/90 * * * *\""),
    ] {
        edit(&installation, from, to);
        wait_until("the problem is recorded", || {
            messages(&installation).iter().any(|message| message.contains(expected))
        });
        assert!(log(&installation).contains(expected.split('"').next().unwrap()), "{expected}");
        next_run(&installation);
        let (code, status) = installation.home.json(&["status"]);
        assert!(code == 7 && status["error"]["message"].as_str().unwrap().contains(expected), "{status}");
        let (code, refused) = installation.home.json(&["export"]);
        assert!(code == 7 && refused["error"]["message"].as_str().unwrap().contains(expected), "{refused}");
        installation.home.write("config.toml", &good);
        wait_until("an export succeeds again", || installation.home.json(&["export"]).0 == 0);
    }
    assert_eq!(messages(&installation).len(), 3);
    let state: State =
        serde_json::from_value(installation.home.json(&["status"]).1["state"].clone()).unwrap();
    assert!(matches!(state, State::Ok | State::Running), "{state:?}");
}

#[test]
fn a_deleted_configuration_is_reported_and_the_last_one_stays_until_it_is_back() {
    let installation = Installation::with_a_table().paired(EVERY_SECOND);
    let _service = Service::start(&installation);
    next_run(&installation);
    let (file, away) =
        (installation.home.path().join("config.toml"), installation.home.path().join("away.toml"));
    std::fs::rename(&file, &away).unwrap();
    wait_until("the problem is recorded", || {
        messages(&installation).iter().any(|message| message.contains("the file cannot be read"))
    });
    next_run(&installation);
    std::fs::rename(&away, &file).unwrap();
    wait_until("an export succeeds again", || installation.home.json(&["export"]).0 == 0);
    assert_eq!(messages(&installation).len(), 1);
}

#[test]
fn a_configuration_from_the_environment_alone_works() {
    let installation = Installation::with_a_table().paired(SKIP_UNCHANGED);
    let text = std::fs::read_to_string(installation.home.path().join("config.toml")).unwrap();
    std::fs::remove_file(installation.home.path().join("config.toml")).unwrap();
    let values: toml::Table = text.parse().unwrap();
    let mut command = installation.home.command(&["run"]);
    let variable = |section: &str, name: &str, value: &toml::Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (format!("DATA_EXPORTER_{section}_{name}").to_uppercase(), text)
    };
    for (section, keys) in &values {
        for (name, value) in keys.as_table().unwrap() {
            match value.as_table() {
                Some(device) => {
                    command.envs(device.iter().map(|(key, value)| variable("credential_device", key, value)))
                }
                None => command.envs([variable(section, name, value)]),
            };
        }
    }
    command.env("DATA_EXPORTER_SCHEDULER_CRONTAB", "* * * * * *");
    let _service = Service::spawn(&installation, command);
    wait_until("a run began", || runs(&installation) > 0);
    installation.until_run(data_exporter::models::export::RunState::Complete);
}
