//! What the fuzz targets found, each input as a table that a person can read.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{self, Cursor};

use data_exporter::convert::{PartSink, Rules, TableReport, stream};
use data_exporter::models::Config;
use data_exporter::models::config::Deleted;
use test_tables::{Dialect, Field, Files, Table};

#[derive(Default)]
struct Text(Vec<u8>);

impl PartSink for Text {
    fn next_part(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

fn convert(files: &Files, deleted: Deleted) -> Option<(TableReport, String)> {
    let mut config = Config::default();
    config.export.deleted = deleted;
    let mut settings = Rules::new(&config).unwrap().settings_for("table.dbf");
    settings.gzip_level = None;
    let mut sink = Text::default();
    let memo = files.memo.as_ref().map(|memo| (Cursor::new(memo), files.memo_extension));
    let report = stream(Cursor::new(&files.table), memo, None, &settings, &mut sink).ok()?;
    Some((report, String::from_utf8(sink.0).unwrap()))
}

#[test]
#[ignore = "src/convert writes `,false` under the one column `_deleted`; found by the target header"]
fn a_table_whose_only_column_is_hidden_is_refused() {
    let files = Table::new(Dialect::VisualFoxPro).field(Field::new("_NullFlags", b'0', 1, 0)).row([]).build();
    for deleted in [Deleted::Skip, Deleted::Column] {
        assert_eq!(convert(&files, deleted), None);
    }
}
