//! Inputs that the fuzz targets found, each as a readable table.

use data_exporter::config::{Deleted, RowsBeyondHeader};
use test_tables::{Dialect, Field, Table};

use crate::{convert_with, settings};

#[test]
fn a_table_whose_only_column_is_hidden_is_refused() {
    let files = Table::new(Dialect::VisualFoxPro).field(Field::new("_NullFlags", b'0', 1, 0)).row([]).build();
    for deleted in [Deleted::Skip, Deleted::Column] {
        assert!(convert_with(&files, &settings(deleted, RowsBeyondHeader::Skip)).is_err());
    }
}
