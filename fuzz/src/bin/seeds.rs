//! Writes the seeds of all targets into `fuzz/corpus/`: tables of our own writer, and those of the folder that is given.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use data_exporter_fuzz::{SHAPES, memo_format, shape};
use test_tables::{MemoFile, MemoKind, Value};

/// As much of a real table as a seed needs.
const ENOUGH: usize = 6000;

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let keep = |target: &str, name: &str, parts: &[&[u8]]| {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), parts.concat())
    };
    for number in 0..SHAPES {
        let table = filled(number).build();
        let choice = 0b1011;
        keep("header", &format!("own-{number}"), &[&[choice], &table.table])?;
        keep("records", &format!("own-{number}"), &[&[number, choice], &table.table[table.header_length..]])?;

        keep(
            "deflate_tail",
            &format!("own-{number}"),
            &[&[number, choice], &table.table[table.header_length..]],
        )?;

        let mut memo = MemoFile::new(memo_format(number), 64);
        let texts: [&[u8]; 4] = [b"one", b"two\x8d\x0alines", b"a longer text, \"quoted\"", &[0x87; 700]];
        let blocks = texts.map(|text| memo.append(MemoKind::Text, text) as u16);
        let places: Vec<u8> = blocks.iter().flat_map(|block| block.to_le_bytes()).collect();
        keep("memo", &format!("own-{number}"), &[&[number, choice], &places, &memo.finish("SEED")])?;
    }
    for (place, text) in
        ["1251", "encoding=\"UTF-8\";", "LDID/201", "latin9", "\u{FEFF}Big5\r\n"].iter().enumerate()
    {
        keep("cpg", &format!("own-{place}"), &[text.as_bytes()])?;
    }
    for page in 0..14 {
        keep("pages", &format!("own-{page}"), &[&[page], b"a\x85\x32\0\xC3\xA9\xE5\x8C\x97\xFF"])?;
    }
    for folder in std::env::args().skip(1) {
        for (place, path) in tables(Path::new(&folder))?.iter().enumerate() {
            let bytes = fs::read(path)?;
            keep("header", &format!("real-{place}"), &[&[0b1011], &bytes[..bytes.len().min(ENOUGH)]])?;
        }
    }
    Ok(())
}

fn filled(number: u8) -> test_tables::Table {
    let mut table = shape(number);
    for flag in [b' ', b'*', b'x'] {
        let values = [
            Value::Text(b"a,\"\x80".to_vec()),
            Value::Number("-12.50".to_owned()),
            Value::Logical(true),
            Value::Date(2024, 2, 29),
            Value::Text(b"memo\x8d\x0atext".to_vec()),
            Value::Number("1e3".to_owned()),
        ];
        table.push(flag, values);
    }
    table
}

fn tables(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(tables(&path)?);
        } else if path.extension().is_some_and(|ending| !ending.eq_ignore_ascii_case("md")) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
