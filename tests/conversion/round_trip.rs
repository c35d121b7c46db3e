//! Every field type there and back: what the writer was given is what the CSV says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use test_tables::{Dialect, Field, MemoKind, Table, Value, codepage};

use crate::{Cell, Converted, convert};

/// Texts of a Russian shop, with everything that CSV has to quote. Without `Н`, which before a line feed is a soft break.
const LETTERS: &str = "[ -~А-МО-яЁё№\r\n]";

const MEMO_DIALECTS: [Dialect; 8] = [
    Dialect::DBase3Memo,
    Dialect::DBase4Memo,
    Dialect::DBase4SqlMemo,
    Dialect::DBase5,
    Dialect::DBase7Memo,
    Dialect::FoxPro2,
    Dialect::VisualFoxPro,
    Dialect::Smt,
];

fn column(dialect: Dialect, field: Field, values: impl IntoIterator<Item = Value>) -> Converted {
    let language = if dialect.is_seven() { 0 } else { 0x65 };
    let mut table = Table::new(dialect).language(language).driver("DB866RU0").field(field);
    for value in values {
        table.push(b' ', [value]);
    }
    let converted = convert(&table.build());
    assert_eq!(converted.report.warnings, []);
    converted
}

fn any_dialect() -> impl Strategy<Value = Dialect> {
    proptest::sample::select(Dialect::ALL.to_vec())
}

fn texts(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(proptest::string::string_regex(&format!("{LETTERS}{{0,40}}")).unwrap(), length)
}

fn days() -> impl Strategy<Value = (u16, u8, u8)> {
    (1_u16..=9999, 1_u8..=12).prop_flat_map(|(year, month)| {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        (Just(year), Just(month), 1..=last)
    })
}

fn moments() -> impl Strategy<Value = (Value, String)> {
    (days(), 0_u32..86_400_000).prop_map(|((year, month, day), millis)| {
        let (seconds, rest) = (millis / 1000, millis % 1000);
        let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fraction = if rest == 0 { String::new() } else { format!(".{rest:03}") };
        let text = format!("{year:04}-{month:02}-{day:02} {clock}{fraction}");
        (Value::Moment(year, month, day, millis), text)
    })
}

fn doubles() -> impl Strategy<Value = f64> {
    prop_oneof![proptest::num::f64::NORMAL | proptest::num::f64::ZERO, -1e9..1e9_f64]
}

proptest! {
    #[test]
    fn character(dialect in any_dialect(), texts in texts(1..6)) {
        // dBASE II has no place for a code page: the default holds, which is 866 as well.
        let values = texts.iter().map(|text| Value::Text(codepage::cp866(text)));
        let converted = column(dialect, Field::character("NAME", 40), values);
        let expected: Vec<&str> = texts.iter().map(|text| text.trim_end_matches(' ')).collect();
        prop_assert_eq!(converted.column(0), expected);
    }

    #[test]
    fn wide_character(text in "[a-z ]{256,700}") {
        let converted = column(Dialect::FoxPro2, Field::character("WIDE", 700), [text.as_str().into()]);
        prop_assert_eq!(converted.column(0), [text.trim_end()]);
    }

    #[test]
    fn numeric_and_float(dialect in any_dialect(), digits in "-?[0-9]{1,12}(\\.[0-9]{1,6})?", float: bool) {
        let float = float && dialect != Dialect::DBase2;
        let field = if float { Field::float("N", 20, 6) } else { Field::numeric("N", 20, 6) };
        let converted = column(dialect, field, [Value::Number(digits.clone()), Value::Number(String::new())]);
        prop_assert_eq!(converted.column(0), [digits.as_str(), ""]);
    }

    #[test]
    fn date((year, month, day) in days()) {
        let values = [Value::Date(year, month, day), Value::Blank, Value::Raw(b"00000000".to_vec())];
        let converted = column(Dialect::DBase3, Field::date("D"), values);
        let expected = format!("{year:04}-{month:02}-{day:02}");
        prop_assert_eq!(converted.column(0), [expected.as_str(), "", ""]);
    }

    #[test]
    fn integer(number: i32, seven: bool) {
        let dialect = if seven { Dialect::DBase7 } else { Dialect::VisualFoxPro };
        let fields = [Field::integer("I"), Field::autoincrement("I")];
        for field in fields.into_iter().take(if seven { 2 } else { 1 }) {
            // In dBASE 7 the smallest number is the blank.
            let expected = if seven && number == i32::MIN { String::new() } else { number.to_string() };
            let converted = column(dialect, field, [Value::Integer(number)]);
            prop_assert_eq!(converted.column(0), [expected.as_str()]);
        }
    }

    #[test]
    fn double(number in doubles()) {
        for (dialect, field) in [
            (Dialect::VisualFoxPro, Field::double("B", 4)),
            (Dialect::DBase7, Field::double7("O")),
        ] {
            let converted = column(dialect, field, [Value::Double(number)]);
            let text = converted.column(0)[0];
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits(), "{}", text);
            let plain = number == 0.0 || (1e-7..1e21).contains(&number.abs());
            prop_assert_eq!(text.contains(['e', 'E']), !plain, "{}", text);
            prop_assert!(!text.ends_with(".0"));
        }
    }

    #[test]
    fn currency(number: i64) {
        let converted = column(Dialect::VisualFoxPro, Field::currency("Y"), [Value::Currency(number)]);
        let (sign, size) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
        let expected = format!("{sign}{}.{:04}", size / 10_000, size % 10_000);
        prop_assert_eq!(converted.column(0), [expected.as_str()]);
    }

    #[test]
    fn moment((value, expected) in moments()) {
        for (dialect, field) in [
            (Dialect::VisualFoxPro, Field::datetime("T")),
            (Dialect::VisualFoxPro, Field::new("T", b'7', 8, 0)),
            (Dialect::DBase7, Field::timestamp("T")),
        ] {
            let converted = column(dialect, field, [value.clone(), Value::Blank]);
            prop_assert_eq!(converted.column(0), [expected.as_str(), ""]);
        }
    }

    #[test]
    fn varchar_keeps_its_blanks(texts in proptest::collection::vec("[a-z, ]{0,12}", 1..5)) {
        let values = texts.iter().map(|text| text.as_str().into());
        let converted = column(Dialect::VisualFoxProVar, Field::varchar("V", 12), values);
        prop_assert_eq!(converted.column(0), texts);
    }

    #[test]
    fn varbinary(bytes in proptest::collection::vec(any::<u8>(), 0..=12)) {
        let converted = column(Dialect::VisualFoxProVar, Field::varbinary("Q", 12), [bytes.clone().into()]);
        prop_assert_eq!(converted.column(0), [STANDARD.encode(bytes)]);
    }

    #[test]
    fn memos_of_every_form(
        dialect in proptest::sample::select(MEMO_DIALECTS.to_vec()),
        block_size in proptest::sample::select(vec![1_u16, 33, 64, 512]),
        texts in texts(1..8),
    ) {
        let fpt = matches!(dialect, Dialect::FoxPro2 | Dialect::VisualFoxPro);
        let language = if dialect.is_seven() { 0 } else { 0x65 };
        let mut table = Table::new(dialect)
            .language(language)
            .driver("DB866RU0")
            .block_size(if fpt { block_size } else { 512 })
            .field(Field::memo("M", dialect));
        for text in &texts {
            table.push(b' ', [Value::Text(codepage::cp866(text))]);
        }
        let converted = convert(&table.build());
        prop_assert_eq!(converted.report.warnings.as_slice(), []);
        prop_assert_eq!(converted.column(0), texts);
    }

    #[test]
    fn binary_memos(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0_u8..3) {
        let kind = [b'G', b'P', b'W'][usize::from(kind)];
        let dialect = Dialect::VisualFoxPro;
        let value = Value::Memo(MemoKind::Object, bytes.clone());
        let converted = column(dialect, Field::pointer("G", kind, dialect), [value]);
        prop_assert_eq!(converted.column(0), [STANDARD.encode(&bytes)]);
        let value = Value::Memo(MemoKind::Object, bytes.clone());
        let converted = column(Dialect::DBase7Memo, Field::pointer("B", b'B', Dialect::DBase7Memo), [value]);
        prop_assert_eq!(converted.column(0), [STANDARD.encode(&bytes)]);
    }

    #[test]
    fn nulls_are_not_empty_texts(cells in proptest::collection::vec(0_u8..4, 4..24)) {
        // Columns of a row: nullable varchar, plain varchar, nullable integer, nullable character.
        let dialect = Dialect::VisualFoxProVar;
        let mut table = Table::new(dialect)
            .field(Field::varchar("V", 9).nullable())
            .field(Field::varchar("W", 3))
            .field(Field::integer("I").nullable())
            .field(Field::character("C", 5).nullable());
        for row in cells.chunks_exact(4) {
            let text = |choice: u8| match choice {
                0 => Value::Null,
                1 => "".into(),
                2 => "a".into(),
                _ => "abc".into(),
            };
            let number = if row[2] == 0 { Value::Null } else { Value::Integer(i32::from(row[2])) };
            table.push(b' ', [text(row[0]), text(row[1].max(1)), number, text(row[3])]);
        }
        let converted = convert(&table.build());
        let shown = |choice: u8, nullable: bool| Cell {
            text: ["", "", "a", "abc"][usize::from(choice)].to_owned(),
            quoted: nullable && choice == 1,
        };
        for (row, found) in cells.chunks_exact(4).zip(&converted.rows) {
            prop_assert_eq!(&found[0], &shown(row[0], true));
            prop_assert_eq!(&found[1], &shown(row[1].max(1), false));
            let number = if row[2] == 0 { String::new() } else { row[2].to_string() };
            prop_assert_eq!(&found[2], &Cell { text: number, quoted: false });
            prop_assert_eq!(&found[3], &shown(row[3], true));
        }
    }
}

#[test]
fn logical() {
    let letters = b"TtYyFfNn? \0";
    let values = letters.iter().map(|letter| Value::Raw(vec![*letter]));
    let converted = column(Dialect::DBase3, Field::logical("L"), values);
    let expected = ["true", "true", "true", "true", "false", "false", "false", "false", "", "", ""];
    assert_eq!(converted.column(0), expected);
}

#[test]
fn twenty_digits_stay_twenty_digits() {
    let digits = "12345678901234567.890";
    let converted = column(Dialect::DBase4, Field::numeric("N", 21, 3), [Value::Number(digits.to_owned())]);
    assert_eq!(converted.column(0), [digits]);
}
