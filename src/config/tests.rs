//! How files and variables are read, and the messages for invalid ones.

use super::*;

const SPECIFIED: &str = r#"
[scheduler]
crontab = "*/5 * * * *"
[src]
source_dir = "C:\\Data\\DBF"
[credential.device]
domain = "warehouse.example.com"
client_secret = "cs_canary"
[api]
base_url = "https://dev.dfm.bitbi.io"
https_only = true
[encoding]
dbf_encoding = "CP866"
"#;

fn from(text: &str) -> Result<Loaded, Invalid> {
    with(text, &[])
}

fn with(text: &str, variables: &[(&str, &str)]) -> Result<Loaded, Invalid> {
    let names: Vec<String> = variables.iter().map(|(name, _)| (*name).to_owned()).collect();
    load(Sources {
        variables: &names,
        path: None,
        text: Some(text),
        overrides: &Overrides::default(),
        environment: &|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        },
        known_page: &|name| matches!(name, "CP866" | "CP437" | "windows-1251"),
        check_schedule: &|_| Vec::new(),
    })
}

fn problems(text: &str) -> Vec<String> {
    from(text).unwrap_err().problems.iter().map(ToString::to_string).collect()
}

fn warnings(text: &str) -> Vec<String> {
    from(text).unwrap().warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn the_example_of_the_specification_loads() {
    let loaded = from(SPECIFIED).unwrap();
    assert!(loaded.warnings.is_empty());
    let config = loaded.config;
    assert_eq!(config.scheduler.crontab.as_deref(), Some("*/5 * * * *"));
    assert_eq!(config.src.source_dir, Some(PathBuf::from("C:\\Data\\DBF")));
    let device = config.credential.device.unwrap();
    assert_eq!(device.domain, "warehouse.example.com");
    assert_eq!(device.client_secret.unwrap().expose(), "cs_canary");
    assert_eq!(config.api.base_url.as_deref(), Some("https://dev.dfm.bitbi.io"));
    assert!(config.api.https_only);
    assert_eq!(config.encoding.dbf_encoding, "CP866");
}

#[test]
fn an_empty_file_gives_the_defaults() {
    assert_eq!(from("").unwrap().config, Config::default());
    assert_eq!(from("\u{feff}").unwrap().config, Config::default());
}

#[test]
fn a_file_of_the_final_old_version_loads_unchanged() {
    let loaded = from(
        "[scheduler]\ncrontab = \"0 0 8,12,16,18 * * *\"\n\
         [src]\nsource_dir = 'D:\\1C'\ninclude_patterns = [\"*.dbf\"]\nexclude_patterns = [\"tmp*\"]\n\
         [credential]\naccount = \"acme\"\nusername = \"scanner\"\npassword = \"pa:ss\"\n\
         [credential.device]\nsite_id = \"\"\ndomain = \"\"\nclient_secret = \"\"\n\
         [api]\nbase_url = \"https://dfm.example.com/\"\nhttps_only = true\n\
         [encoding]\ndbf_encoding = \"windows-1251\"\n",
    )
    .unwrap();
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.config.credential.account.as_deref(), Some("acme"));
    assert_eq!(loaded.config.credential.device, None, "an empty template is no pairing");
    assert_eq!(loaded.config.api.base_url.as_deref(), Some("https://dfm.example.com"));
    assert_eq!(loaded.config.src.exclude_patterns, ["tmp*"]);
}

#[test]
fn a_file_of_version_2_0_loads_and_its_retired_keys_are_named() {
    let text = "[schedule]\ncrontab = \"0 8 * * *\"\n[source]\ndirectory = '/data'\n\
         [auth]\ndomain = \"d\"\nclient_secret = \"s\"\n[api]\nbase_url = \"https://a\"\n\
         [batch]\nmax_files_per_batch = 100\nchunk_size_mb = 10\nmax_retries = 3\nretry_delay_seconds = 30\n\
         [logging]\nlevel = \"info\"\nerror_log_path = \"error.log\"\n";
    let config = from(text).unwrap().config;
    assert_eq!(config.scheduler.crontab.as_deref(), Some("0 8 * * *"));
    assert_eq!(config.src.source_dir, Some(PathBuf::from("/data")));
    assert_eq!(config.credential.device.unwrap().domain, "d");
    assert_eq!(warnings(text).len(), 5);
    let problems_found = problems(&text.replace("'/data'", "5"));
    assert!(problems_found[0].starts_with("line 4: [src] source_dir"), "{problems_found:?}");
    assert_eq!(
        warnings(text)[0],
        "line 11: [batch] max_files_per_batch has no effect any more: remove the line"
    );
}

#[test]
fn the_new_location_of_a_key_overrides_the_old_one() {
    let config = from("[source]\ndirectory = '/old'\n[src]\nsource_dir = '/new'\n").unwrap().config;
    assert_eq!(config.src.source_dir, Some(PathBuf::from("/new")));
}

#[test]
fn every_new_key_is_read() {
    let config = from(
        "[scheduler]\ntimezone = \"Asia/Jerusalem\"\njitter_seconds = 60\n\
         [credential]\nsecret_store = \"file\"\n\
         [api]\npaths = \"dfc\"\ndialect = \"romm\"\nmax_upload_mb = 64\nuploads_in_flight = 2\n\
         [encoding]\noverrides = { \"old/*\" = \"CP437\" }\n\
         [export]\ngzip_level = 9\ndeleted = \"column\"\nbinary = \"base64\"\nsoft_breaks = \"keep\"\nformula_guard = true\n\
         rows_beyond_header = \"export\"\nskip_unchanged = true\nfull_every_days = 30\nspool_max_mb = 64\n\
         [ui]\nlanguage = \"He\"\nnotifications = false\n\
         [logging]\nlevel = \"DEBUG\"\n",
    )
    .unwrap()
    .config;
    let defaults = Config::default();
    assert_eq!(config.scheduler.timezone.as_deref(), Some("Asia/Jerusalem"));
    assert_eq!(config.credential.secret_store, SecretStoreKind::File);
    assert_eq!(
        config.api,
        ApiConfig {
            paths: Paths::Dfc,
            dialect: DialectName::Romm,
            max_upload_mb: 64,
            uploads_in_flight: 2,
            ..defaults.api
        }
    );
    assert_eq!(config.encoding.overrides["old/*"], "CP437");
    assert_eq!(
        config.export,
        ExportConfig {
            gzip_level: 9,
            deleted: Deleted::Column,
            binary: Binary::Base64,
            soft_breaks: SoftBreaks::Keep,
            formula_guard: true,
            rows_beyond_header: RowsBeyondHeader::Export,
            skip_unchanged: true,
            full_every_days: 30,
            spool_max_mb: 64,
        }
    );
    assert_eq!(config.ui, UiConfig { language: Language::He, notifications: false });
    assert_eq!(config.logging.level, "debug");
}

#[test]
fn all_problems_are_reported_at_once() {
    insta::assert_snapshot!(
        from(
            "[scheduler]\ncrontab = \"  \"\njitter_seconds = -1\n\
         [src]\nsource_dir = 5\ninclude_patterns = \"*.dbf\"\nexclude_patterns = [\"[\"]\n\
         [credential]\naccount = \"acme\"\nsecret_store = \"safe\"\npassword = 7\n\
         [api]\nbase_url = \"dfm.example.com\"\nhttps_only = \"yes\"\n\
         [encoding]\ndbf_encoding = \"latin\"\n[export]\ngzip_level = 12\n\
         [ui]\nlanguage = \"hebrew\"\nnotifications = \"off\"\n[logging]\nlevel = \"loud\"\n"
        )
        .unwrap_err()
    );
}

#[test]
fn an_invalid_secret_is_not_quoted() {
    let problems_found = problems(
        "[credential]\npassword = [\"canary\"]\n[credential.device]\nclient_secret = { a = \"canary\" }",
    );
    assert!(problems_found.len() >= 2);
    assert!(!problems_found.concat().contains("canary"), "{problems_found:?}");
}

#[test]
fn unknown_keys_are_named_and_their_values_are_not() {
    assert_eq!(
        warnings("[api]\nbase_ulr = \"canary\"\n[scr]\nsource_dir = \"canary\"\n[nothing]\nlike = \"it\"\n"),
        [
            "line 2: [api] base_ulr is unknown: did you mean `base_url` in [api]?",
            "line 6: [nothing] like is unknown: remove the line, or run `data_exporter config show` \
             for all keys",
            "line 4: [scr] source_dir is unknown: did you mean `source_dir` in [src]?",
        ]
    );
}

#[test]
fn http_is_refused_unless_it_is_allowed() {
    let refused = from("[api]\nbase_url = \"http://127.0.0.1:8787\"\n").unwrap_err();
    assert!(refused.http_refused);
    assert_eq!(refused.problems.len(), 1);
    let allowed = from("[api]\nbase_url = \"http://127.0.0.1:8787\"\nhttps_only = false\n").unwrap();
    assert!(allowed.warnings.is_empty());
    let far = warnings("[api]\nbase_url = \"http://dfm.example.com\"\nhttps_only = false\n");
    assert!(far[0].contains("are sent unencrypted"), "{far:?}");
    assert_eq!(warnings("[api]\nbase_url = \"http://[::1]:80\"\nhttps_only = false\n"), [""; 0]);
}

#[test]
fn invalid_addresses_are_problems() {
    for wrong in ["ftp://a", "https://", "https://a?b=c", "https://a/#b", "https:/ /a", "C:\\Data"] {
        assert_eq!(problems(&format!("[api]\nbase_url = '{wrong}'\n")).len(), 1, "{wrong}");
    }
    let problems_found = problems("[api]\nbase_url = \"https://anna:canary@a\"\n");
    assert!(!problems_found.concat().contains("canary"), "{problems_found:?}");
}

#[test]
fn invalid_toml_is_reported_by_line_and_not_quoted() {
    let problems_found = problems("[credential.device]\nclient_secret = \"canary\n");
    assert!(problems_found[0].starts_with("line 2: not valid TOML"), "{problems_found:?}");
    assert!(!problems_found.concat().contains("canary"), "{problems_found:?}");
    let problems_found = problems("[src]\nsource_dir = \"C:\\Data\\DBF\"\n");
    assert!(problems_found[0].contains("single quotes"), "{problems_found:?}");
}

#[test]
fn the_environment_overrides_the_file() {
    let loaded = with(
        SPECIFIED,
        &[
            ("DATA_EXPORTER_API_BASE_URL", "http://127.0.0.1:1/"),
            ("DATA_EXPORTER_API_HTTPS_ONLY", "false"),
            ("DATA_EXPORTER_SRC_SOURCE_DIR", "/data"),
            ("DATA_EXPORTER_SRC_INCLUDE_PATTERNS", "*.dbf, *.fox"),
            ("DATA_EXPORTER_SRC_EXCLUDE_PATTERNS", "[\"a,b\"]"),
            ("DATA_EXPORTER_ENCODING_OVERRIDES", "{ \"x*\" = \"CP437\" }"),
            ("DATA_EXPORTER_EXPORT_GZIP_LEVEL", "1"),
            ("DATA_EXPORTER_CREDENTIAL_DEVICE_DOMAIN", "other"),
            ("DATA_EXPORTER_SECRET_STORE", "file"),
            ("DATA_EXPORTER_SCHEDULER_CRONTAB", ""),
        ],
    )
    .unwrap();
    let config = &loaded.config;
    assert_eq!(config.api.base_url.as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(config.src.source_dir, Some(PathBuf::from("/data")));
    assert_eq!(config.src.include_patterns, ["*.dbf", "*.fox"]);
    assert_eq!(config.src.exclude_patterns, ["a,b"]);
    assert_eq!(config.encoding.overrides["x*"], "CP437");
    assert_eq!(config.export.gzip_level, 1);
    assert_eq!(config.credential.device.as_ref().unwrap().domain, "other");
    assert_eq!(config.credential.secret_store, SecretStoreKind::File);
    assert_eq!(config.scheduler.crontab.as_deref(), Some("*/5 * * * *"), "an empty variable is none");
    assert_eq!(loaded.origins["[api] base_url"], Origin::Environment);
    assert_eq!(loaded.origins["[api] https_only"], Origin::Environment);
    assert_eq!(loaded.origins["[encoding] dbf_encoding"], Origin::File);
    assert!(!loaded.origins.contains_key("[logging] level"));
}

#[test]
fn every_key_has_its_own_environment_variable() {
    let variables: std::collections::BTreeSet<_> = KEYS.iter().map(ConfigKey::variable).collect();
    assert_eq!(variables.len(), KEYS.len());
    assert!(variables.contains("DATA_EXPORTER_CREDENTIAL_DEVICE_CLIENT_SECRET"));
}

#[test]
fn an_invalid_variable_is_named_as_a_variable() {
    let problems_found = with("", &[("DATA_EXPORTER_EXPORT_GZIP_LEVEL", "fast")]).unwrap_err();
    assert_eq!(
        problems_found.problems[0].to_string(),
        "DATA_EXPORTER_EXPORT_GZIP_LEVEL = \"fast\" is invalid: use a whole number from 1 to 9, without quotes"
    );
}

#[test]
fn a_shown_secret_is_redacted() {
    let config = from(SPECIFIED).unwrap().config;
    let shown: Vec<_> = KEYS.iter().map(|key| key.value(&config).to_string()).collect();
    assert!(shown.contains(&"\"[redacted]\"".to_owned()));
    assert!(!shown.concat().contains("canary"));
}

#[test]
fn a_missing_or_non_utf_8_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    assert!(Config::from_file(&path).unwrap_err().to_string().contains("the file cannot be read"));
    std::fs::write(&path, b"[src]\nsource_dir = '\xd1\xea\xeb\xe0\xe4'\n").unwrap();
    assert!(Config::from_file(&path).unwrap_err().to_string().contains("not UTF-8"));
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in ".{0,200}") {
        let _ = from(&text);
    }

    #[test]
    fn any_text_is_kept_as_a_folder(folder in "[^\u{0}-\u{1f}\u{7f}']{1,40}") {
        proptest::prop_assume!(!folder.trim().is_empty());
        let loaded = from(&format!("[src]\nsource_dir = '{folder}'\n")).unwrap();
        proptest::prop_assert_eq!(loaded.config.src.source_dir, Some(PathBuf::from(folder)));
    }
}

#[test]
fn a_variable_that_means_nothing_is_warned_of() {
    let named = [
        ("DATA_EXPORTER_NOSUCH_KEY", "1"),
        ("DATA_EXPORTER_API_BASEURL", "https://dfm.example.com"),
        ("DATA_EXPORTER_HOME", "/data"),
        ("DATA_EXPORTER_LOG", "debug"),
        ("DATA_EXPORTER_UI_LANGUAGE", "ru"),
        ("PATH", "/bin"),
    ];
    let loaded = with("", &named).unwrap();
    let said: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("DATA_EXPORTER_NOSUCH_KEY is set and means nothing"), "{said:?}");
    assert!(said[1].contains("did you mean DATA_EXPORTER_API_BASE_URL?"), "{said:?}");
}

#[test]
fn problems_stand_in_the_order_of_their_lines() {
    let text = "[export]\ngzip_level = 99\n[api]\nbase_url = \"nowhere\"\n[src]\ninclude_patterns = [\"[\"]\n\
                [scheduler]\njitter_seconds = -1\n";
    let lines: Vec<_> = from(text).unwrap_err().problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(2), Some(4), Some(6), Some(8)]);
}
