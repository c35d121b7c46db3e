//! Edits of config.toml while `run` works: each key counts from the next run on, the crontab at once, and one that is
//! wrong or gone is told while the last good one stays.

use data_exporter::models::listing::ErrorQuery;
use data_exporter::models::snapshot::State;
use data_exporter::store::Store;
use local_data_forge::{Endpoint, LocalServer, Options};

use super::service::{Service, Shop, until, write_table};

const EVERY_SECOND: &str = "[scheduler]\ncrontab = \"* * * * * *\"\n";

fn edit(shop: &Shop, from: &str, to: &str) {
    let text = std::fs::read_to_string(shop.home.path().join("config.toml")).unwrap();
    assert!(text.contains(from), "{text}");
    shop.home.write("config.toml", &text.replacen(from, to, 1));
}

/// The names of the tables of an export by hand that were sent.
fn sent(shop: &Shop) -> Vec<String> {
    let (_, run) = shop.home.json(&["export"]);
    let files = run["files"].as_array().unwrap_or_else(|| panic!("{run}"));
    let sent = files.iter().filter(|file| file["upload"] == "sent");
    sent.map(|file| file["source"].as_str().unwrap().to_owned()).collect()
}

fn runs(shop: &Shop) -> i64 {
    Store::view(shop.home.path()).unwrap().last_run().unwrap().map_or(0, |run| run.run_id)
}

fn next_run(shop: &Shop) {
    let before = runs(shop);
    until(|| runs(shop) > before + 1);
}

/// The messages of wrong configurations, each with its remedy.
fn said(shop: &Shop) -> Vec<String> {
    let query = ErrorQuery { kind: Some("CONFIG_ERROR".to_owned()), ..ErrorQuery::default() };
    let store = Store::view(shop.home.path()).unwrap();
    let errors = store.error_page(&query, None, 10).unwrap().errors;
    errors.into_iter().map(|error| error.message).collect()
}

fn log(shop: &Shop) -> String {
    let files = std::fs::read_dir(shop.home.path().join("logs")).unwrap();
    files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn keys_of_every_section_count_from_the_next_run_on() {
    let shop = Shop::new();
    shop.table("STAFF.DBF", "nut");
    shop.paired("[encoding]\ndbf_encoding = \"CP866\"\n");
    let _service = Service::start(&shop);
    assert_eq!(sent(&shop), ["GOODS.DBF", "STAFF.DBF"]);

    edit(&shop, "[src]\n", "[src]\nexclude_patterns = [\"goods*\"]\n");
    shop.table("GOODS2.DBF", "screw");
    shop.table("PRICES.DBF", "7");
    assert_eq!(sent(&shop), ["PRICES.DBF"]);

    let other = tempfile::tempdir().unwrap();
    write_table(&other.path().join("OTHER.DBF"), "\u{8f}");
    let text = std::fs::read_to_string(shop.home.path().join("config.toml")).unwrap();
    let folder = text.lines().find(|line| line.starts_with("source_dir")).unwrap();
    edit(&shop, folder, &format!("source_dir = '{}'", other.path().display()));
    edit(&shop, "\"CP866\"", "\"CP1251\"");
    edit(&shop, "skip_unchanged = true", "skip_unchanged = false\ndeleted = \"column\"\ngzip_level = 1");
    edit(&shop, "[api]\n", "[api]\nuploads_in_flight = 1\n");
    let server = LocalServer::start(Options::default()).unwrap();
    edit(&shop, &shop.server.base_url(), &server.base_url());
    assert_eq!(sent(&shop), ["OTHER.DBF"]);
    assert!(
        server.requests().iter().any(|request| request.endpoint == Endpoint::Complete),
        "the other server"
    );
    let (_, run) = shop.home.json(&["history", &runs(&shop).to_string()]);
    let file = &run["files"][0];
    assert_eq!(
        (file["encoding"].as_str(), file["rows"]["written"].as_i64()),
        (Some("CP1251"), Some(1)),
        "{file}"
    );

    edit(
        &shop,
        "[credential.device]\ndomain = \"warehouse.example.com\"",
        "[credential.device]\ndomain = \"else.example.com\"",
    );
    let (code, run) = shop.home.json(&["export"]);
    assert_eq!((code, run["error"]["code"].as_str()), (4, Some("AUTHENTICATION_FAILED")), "{run}");
}

#[test]
fn a_crontab_and_its_zone_count_without_anybody_asking() {
    let shop = Shop::new();
    shop.paired("[scheduler]\ncrontab = \"0 0 29 2 *\"\n[logging]\nlevel = \"warn\"\n");
    let _service = Service::start(&shop);
    edit(&shop, "0 0 29 2 *\"", "* * * * * *\"\ntimezone = \"Asia/Jerusalem\"");
    edit(&shop, "\"warn\"", "\"info\"");
    until(|| runs(&shop) > 0);
    let (_, status) = shop.home.json(&["status"]);
    assert_eq!(status["schedule"]["timezone"], "Asia/Jerusalem");
    until(|| log(&shop).contains("a run begins"));
    edit(&shop, "crontab = ", "# crontab = ");
    until(|| {
        let before = runs(&shop);
        std::thread::sleep(std::time::Duration::from_millis(2500));
        runs(&shop) == before
    });
}

#[test]
fn a_wrong_edit_is_told_with_line_and_remedy_and_the_last_good_one_stays() {
    let shop = Shop::new();
    shop.paired(EVERY_SECOND);
    let good = std::fs::read_to_string(shop.home.path().join("config.toml")).unwrap();
    let _service = Service::start(&shop);
    next_run(&shop);
    for (from, to, told) in [
        ("https_only = false", "https_only = no", "line 5: not valid TOML"),
        (
            "skip_unchanged = true",
            "skip_unchanged = 7",
            "line 9: [export] skip_unchanged = \"7\" is neither true nor false: write true or false",
        ),
        ("* * * * * *", "*/90 * * * *", "line 13: [scheduler] crontab = \"*/90 * * * *\""),
    ] {
        edit(&shop, from, to);
        until(|| said(&shop).iter().any(|message| message.contains(told)));
        assert!(log(&shop).contains(told.split('"').next().unwrap()), "{told}");
        next_run(&shop);
        let (code, status) = shop.home.json(&["status"]);
        assert!(code == 7 && status["error"]["message"].as_str().unwrap().contains(told), "{status}");
        let (code, refused) = shop.home.json(&["export"]);
        assert!(code == 7 && refused["error"]["message"].as_str().unwrap().contains(told), "{refused}");
        shop.home.write("config.toml", &good);
        until(|| shop.home.json(&["export"]).0 == 0);
    }
    assert_eq!(said(&shop).len(), 3);
    let state: State = serde_json::from_value(shop.home.json(&["status"]).1["state"].clone()).unwrap();
    assert!(matches!(state, State::Ok | State::Running), "{state:?}");
}

#[test]
fn a_configuration_that_is_gone_is_told_and_the_last_one_stays_until_it_is_back() {
    let shop = Shop::new();
    shop.paired(EVERY_SECOND);
    let _service = Service::start(&shop);
    next_run(&shop);
    let (file, away) = (shop.home.path().join("config.toml"), shop.home.path().join("away.toml"));
    std::fs::rename(&file, &away).unwrap();
    until(|| said(&shop).iter().any(|message| message.contains("the file cannot be read")));
    next_run(&shop);
    std::fs::rename(&away, &file).unwrap();
    until(|| shop.home.json(&["export"]).0 == 0);
    assert_eq!(said(&shop).len(), 1);
}

#[test]
fn a_configuration_of_the_environment_alone_is_enough() {
    let shop = Shop::new();
    shop.paired("");
    let text = std::fs::read_to_string(shop.home.path().join("config.toml")).unwrap();
    std::fs::remove_file(shop.home.path().join("config.toml")).unwrap();
    let values: toml::Table = text.parse().unwrap();
    let mut command = shop.home.command(&["run"]);
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
    let _service = Service::spawn(&shop, command);
    until(|| runs(&shop) > 0);
    shop.until_run(data_exporter::models::export::RunState::Complete);
}
