//! [`random_table`]: tables of every dialect with values as programs store them, and now and then as careless programs do.

use fastrand::Rng;

use crate::{Dialect, Field, Files, MemoFormat, MemoKind, Table, Value, damage};

/// A table, the form of its memo file, and a description of both.
pub fn random_table(seed: u64) -> (Files, Option<MemoFormat>, String) {
    let mut rng = Rng::with_seed(seed);
    let dialect = Dialect::ALL[rng.usize(..Dialect::ALL.len())];
    let mut table = Table::new(dialect);
    if dialect != Dialect::DBase2 {
        let languages: &[u8] =
            if dialect.is_seven() { &[0] } else { &[0, 0x65, 0xC9, 0x03, 0xC8, 0x7A, 0x7B, 0xF0] };
        table = table.language(*pick(&mut rng, languages));
    }
    if dialect.is_seven() {
        table = table.driver(pick::<&str>(&mut rng, &["DB866RU0", "DBWINUS0", ""]));
    }
    if rng.u8(..8) == 0 {
        table = table.cpg(pick::<&str>(&mut rng, &["1251", "UTF-8", "Big5"]));
    }
    let marks = if rng.bool() { 1 } else { 2 };
    let block = match dialect.memo() {
        Some(MemoFormat::Fpt) => *pick(&mut rng, &[1, 33, 64, 512]),
        Some(MemoFormat::Smt) => 32,
        _ => 512,
    };
    table = table.end_marks(marks).block_size(block);
    if rng.bool() {
        table = table.without_end_mark();
    }
    let fields: Vec<Field> =
        (0..rng.usize(1..8)).map(|number| random_field(&mut rng, dialect, number)).collect();
    for field in &fields {
        table = table.field(field.clone());
    }
    for _ in 0..rng.usize(..12) {
        let flag = *pick(&mut rng, b"      **x");
        let values: Vec<Value> = fields.iter().map(|field| random_value(&mut rng, field, dialect)).collect();
        table.push(flag, values);
    }
    let mut files = table.build();
    let mut text = format!("{dialect:?}, {marks} end marks, blocks of {block}, {fields:?}");
    spoil(&mut rng, &mut files, dialect, &mut text);
    (files, dialect.memo(), text)
}

fn pick<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(..from.len())]
}

fn random_field(rng: &mut Rng, dialect: Dialect, number: usize) -> Field {
    let name = format!("F{number}");
    let width = |rng: &mut Rng| rng.u8(1..20);
    let simple: &[u8] = b"CCCNNLD";
    let common: &[u8] = b"CCCNNLDFW";
    let kinds: Vec<u8> = match dialect {
        Dialect::DBase2 => b"CCNL".to_vec(),
        Dialect::DBase3 | Dialect::FoxBase | Dialect::DBase4 => [simple, b"Fwdi"].concat(),
        _ if dialect.is_seven() && dialect.memo().is_some() => [simple, b"FMI+O@Bt"].concat(),
        _ if dialect.is_seven() => [simple, b"FI+O@"].concat(),
        _ if dialect.is_visual() => [simple, b"FMGIBYT7VQ"].concat(),
        Dialect::DBase5 => [simple, b"FMG"].concat(),
        _ => [common, b"MMdi=^T"].concat(),
    };
    let field = match *pick(rng, &kinds) {
        b'C' => Field::character(name, u16::from(width(rng))),
        // In FoxPro and Clipper the decimals are the high byte of the width, elsewhere they are junk.
        b'W' => Field::character(name, 256 * rng.u16(1..3) + rng.u16(..40)),
        b'w' => Field::new(name, b'C', width(rng), rng.u8(1..4)),
        b'N' => Field::numeric(name, width(rng), rng.u8(..4)),
        b'F' => Field::float(name, width(rng), rng.u8(..4)),
        b'L' => Field::logical(name),
        b'D' => Field::date(name),
        b'd' => Field::new(name, b'D', rng.u8(3..5), 0),
        b'i' => Field::new(name, b'I', *pick(rng, &[1, 2, 3, 4, 8]), 0),
        b'M' => Field::memo(name, dialect),
        b'G' => Field::pointer(name, b'G', dialect),
        b'B' if dialect.is_seven() => Field::pointer(name, b'B', dialect),
        b'B' => Field::double(name, 2),
        b'I' => Field::integer(name),
        b'+' => Field::autoincrement(name),
        b'O' => Field::double7(name),
        b'@' | b't' => Field::timestamp(name),
        b'Y' => Field::currency(name),
        b'V' => Field::varchar(name, width(rng)),
        b'Q' => Field::varbinary(name, width(rng)),
        kind => Field::new(name, kind, 8, 0),
    };
    let flags = dialect.is_visual();
    let field = if flags && rng.u8(..3) == 0 { field.nullable() } else { field };
    let may_be_binary = matches!(field.kind, b'C' | b'M' | b'V');
    if flags && may_be_binary && rng.u8(..4) == 0 { field.binary() } else { field }
}

fn random_text(rng: &mut Rng, longest: usize) -> Vec<u8> {
    let length = rng.usize(..=longest);
    let any: &[u8] = b"abc XYZ,\"\r\n09\x8D\xE2\x80\x85\x32\xF0\xFF\xC3\xA9";
    let ascii: &[u8] = b"abc def,\"-0";
    let letters = if rng.bool() { any } else { ascii };
    (0..length).map(|_| letters[rng.usize(..letters.len())]).collect()
}

fn random_number(rng: &mut Rng, field: &Field) -> Vec<u8> {
    let width = usize::from(field.width);
    let digits = |rng: &mut Rng, most: usize| -> String {
        (0..rng.usize(..=most)).map(|_| char::from(b'0' + rng.u8(..10))).collect()
    };
    let text = match rng.u8(..12) {
        0..6 => format!("{}.{}", rng.u16(..), digits(rng, 3)),
        6 => digits(rng, 9),
        7 => format!("-{},{}", rng.u8(..), digits(rng, 3)),
        8 => format!("{}.5{}{}", rng.u8(..9), *pick(rng, &["D+", "d", "E-", "e"]), rng.u8(..99)),
        9 => (*pick(rng, &[".", "*", "****", "-", "\x1F\x1F", "1 2", "+5", "", "\0"])).to_owned(),
        10 => format!("{}\0{}", digits(rng, 3), digits(rng, 3)),
        _ => format!("{},{}", digits(rng, 3), digits(rng, usize::from(field.decimals))),
    };
    let text = if rng.bool() { format!("{text:>width$}") } else { format!("{text:<width$}") };
    text.into_bytes()
}

fn random_value(rng: &mut Rng, field: &Field, dialect: Dialect) -> Value {
    let width = usize::from(field.width);
    let is_variable = matches!(field.kind, b'V' | b'Q');
    match rng.u8(..12) {
        0 if field.flags & 2 != 0 && dialect.is_visual() => return Value::Null,
        1 => return Value::Blank,
        2 if !is_variable && width < 9 && !matches!(field.kind, b'M' | b'G') => {
            return Value::Raw((0..width).map(|_| rng.u8(..)).collect());
        }
        _ => {}
    }
    let moment = |rng: &mut Rng| {
        Value::Moment(rng.u16(1..=9999), rng.u8(1..=12), rng.u8(1..=28), rng.u32(..86_400_000))
    };
    match field.kind {
        b'C' => {
            let mut text = random_text(rng, width);
            if rng.u8(..6) == 0 {
                text.extend_from_slice(b"\0\0");
            }
            text.truncate(width);
            Value::Text(text)
        }
        b'N' | b'F' => Value::Raw(random_number(rng, field)),
        b'D' if width < 8 => Value::Raw(rng.u32(1_721_000..5_400_000).to_le_bytes()[..width].to_vec()),
        b'D' => match rng.u8(..6) {
            0 => Value::Raw(
                (*pick(rng, &[&b"  /  /  "[..], b"0       ", b"00000000", b"20230230", b"2024"])).to_vec(),
            ),
            _ => Value::Date(rng.u16(..=9999), rng.u8(..14), rng.u8(..33)),
        },
        b'L' => Value::Raw(vec![*pick(rng, b"TtYyFfNn01? \0x")]),
        b'I' | b'+' if width == 4 => Value::Integer(rng.i32(..)),
        b'O' | b'B' if width == 8 => Value::Double(rng.f64() * f64::from(rng.i32(..))),
        b'Y' => Value::Currency(rng.i64(..)),
        b'T' | b'7' | b'=' | b'@' => moment(rng),
        b'V' | b'Q' => Value::Text(random_text(rng, width)),
        b'M' | b'G' | b'B' if dialect.memo().is_some() => {
            let mut text = random_text(rng, 900);
            if field.kind == b'M' && rng.u8(..4) == 0 {
                text.extend_from_slice(b"line -\x8D\nline \x8D\nend");
            }
            // An end mark and a NUL inside a text of dBASE III are ambiguous by nature.
            if dialect.memo() != Some(MemoFormat::Dbt3) && rng.u8(..4) == 0 {
                text.extend_from_slice(b"\x1A\0");
            }
            match rng.u8(..12) {
                0 if dialect != Dialect::Smt => Value::Pointer(rng.u32(..40)),
                _ => Value::Memo(MemoKind::Text, text),
            }
        }
        _ => Value::Raw((0..width).map(|_| rng.u8(..)).collect()),
    }
}

/// Changes the written table as careless programs do.
fn spoil(rng: &mut Rng, files: &mut Files, dialect: Dialect, text: &mut String) {
    if dialect == Dialect::DBase2 {
        return;
    }
    match rng.u8(..12) {
        0 => {
            let wrong = (files.record_length as u16).wrapping_add_signed(*pick(rng, &[-1, 1]));
            damage::record_length(files, wrong);
            text.push_str(", record length off by one");
        }
        1 => {
            let wrong = (files.header_length as u16).wrapping_add_signed(*pick(rng, &[-1, 1]));
            damage::header_length(files, wrong);
            text.push_str(", header length off by one");
        }
        2 => {
            damage::truncate(files, rng.usize(..40).min(files.table.len() - files.header_length));
            text.push_str(", cut");
        }
        3 => {
            damage::append(files, &vec![*pick(rng, &[0, 0x1A, 0x0F]); rng.usize(..3)]);
            text.push_str(", bytes at the end");
        }
        _ => {}
    }
}
