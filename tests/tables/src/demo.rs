//! [`demo_folder`]: the tables of a small shop, as its program of the nineties and a newer one left them.

use std::fs;
use std::io;
use std::path::Path;

use crate::bench::{Profile, bench_table};
use crate::codepage::{cp866, windows_1251};
use crate::{Dialect, Field, Table, Value};

/// Writes eleven sound tables to two folders below `folder`; returns their number.
///
/// # Errors
/// Errors of the file system.
pub fn demo_folder(folder: impl AsRef<Path>) -> io::Result<usize> {
    let lists = folder.as_ref().join("SPRAV");
    let papers = folder.as_ref().join("DOKUM");
    fs::create_dir_all(&lists)?;
    fs::create_dir_all(&papers)?;

    goods().build().write(&lists, "TOVAR.DBF")?;
    clients().build().write(&lists, "KLIENTY.DBF")?;
    suppliers().build().write(&lists, "POSTAV.DBF")?;
    units().build().write(&lists, "EDIZM.DBF")?;
    staff().build().write(&lists, "sotrudniki.dbf")?;
    rates().build().write(&lists, "kursy.dbf")?;
    invoices().build().write(&papers, "NAKLAD.DBF")?;
    invoice_lines().build().write(&papers, "NAKLSTR.DBF")?;
    payments().build().write(&papers, "OPLATA.DBF")?;
    Table::new(Dialect::FoxPro2)
        .language(0x65)
        .field(Field::numeric("NOMER", 6, 0))
        .field(Field::memo("TEKST", Dialect::FoxPro2))
        .build()
        .write(&papers, "ARHIV.DBF")?;
    let mut receipts = io::BufWriter::new(fs::File::create(papers.join("Чеки 2025.dbf"))?);
    bench_table(&mut receipts, Profile::Receipts, 5_000, 2025)?;
    Ok(11)
}

fn dos(text: &str) -> Value {
    Value::Text(cp866(text))
}

fn windows(text: &str) -> Value {
    Value::Text(windows_1251(text))
}

fn number(digits: &str) -> Value {
    Value::Number(digits.to_owned())
}

/// dBASE III with a memo; two goods were struck off.
fn goods() -> Table {
    let mut table = Table::new(Dialect::DBase3Memo)
        .language(0x65)
        .field(Field::numeric("KOD", 6, 0))
        .field(Field::character("NAIM", 30))
        .field(Field::character("SHTRIH", 13))
        .field(Field::numeric("CENA", 10, 2))
        .field(Field::numeric("OSTATOK", 10, 3))
        .field(Field::date("SROK"))
        .field(Field::logical("AKTIV"))
        .field(Field::memo("OPISANIE", Dialect::DBase3Memo));
    let rows = [
        (
            "101",
            "Масло \"Крестьянское\", 200 г",
            "119.90",
            "48.000",
            "Хранить при 0..+6.\r\nНе замораживать.",
        ),
        ("102", "Молоко топлёное 1 л", "84.50", "120.000", ""),
        ("103", "Хлеб бородинский", "52.00", "35.000", "Поставка ежедневно до 7:00"),
        ("104", "Сахар-песок вес.", "61.30", "250.750", ""),
        ("105", "Чай чёрный, 100 пак.", "189.00", "64.000", "Акция: 3 по цене 2,\r\nтолько по карте"),
        ("106", "Кофе растворимый", "410.00", "18.000", ""),
        ("107", "Печенье овсяное", "96.40", "77.500", ""),
        (
            "108",
            "Сыр \"Российский\"",
            "640.00",
            "22.135",
            "Резать под заказ; вес\r\n\"с тарой\" не принимать",
        ),
    ];
    for (place, (code, name, price, left, about)) in rows.into_iter().enumerate() {
        let about = if about.is_empty() { Value::Blank } else { dos(about) };
        let until = Value::Date(2026, 1 + place as u8, 28);
        let values = [
            number(code),
            dos(name),
            Value::Text(format!("46000000{:05}", place * 137).into_bytes()),
            number(price),
            number(left),
            if place == 3 { Value::Blank } else { until },
            Value::Logical(place != 5),
            about,
        ];
        table.push(if matches!(place, 5 | 6) { b'*' } else { b' ' }, values);
    }
    table
}

/// dBASE IV with its memos.
fn clients() -> Table {
    let mut table = Table::new(Dialect::DBase4Memo)
        .language(0x26)
        .field(Field::numeric("KOD", 5, 0))
        .field(Field::character("FIO", 40))
        .field(Field::character("TEL", 16))
        .field(Field::date("ROZHD"))
        .field(Field::float("SKIDKA", 5, 1))
        .field(Field::memo("PRIM", Dialect::DBase4Memo));
    let rows = [
        ("Иванов Пётр Сергеевич", "8(916)111-22-33", Value::Date(1961, 4, 12), "5.0", "Звонить после 18"),
        (
            "ООО \"Вектор\"",
            "",
            Value::Blank,
            "10.0",
            "Договор №14/25;\r\nоплата по счёту,\r\nотсрочка 14 дней",
        ),
        ("Ким Ольга", "8(903)555-00-01", Value::Date(1987, 11, 30), "", ""),
        ("Абрамян А.Г.", "220-30-40", Value::Date(1975, 2, 1), "2.5", ""),
    ];
    for (place, (name, phone, born, discount, note)) in rows.into_iter().enumerate() {
        let note = if note.is_empty() { Value::Blank } else { dos(note) };
        table.push(
            b' ',
            [number(&(place + 1).to_string()), dos(name), dos(phone), born, number(discount), note],
        );
    }
    table.push(b'*', [number("5"), dos("Дубль, не использовать")]);
    table
}

/// dBASE III without a code page of its own: the folder's default has to do.
fn suppliers() -> Table {
    Table::new(Dialect::DBase3)
        .field(Field::numeric("KOD", 4, 0))
        .field(Field::character("NAZV", 36))
        .field(Field::character("INN", 12))
        .row([number("1"), dos("АО \"Молкомбинат №1\""), "7701234567".into()])
        .row([number("2"), dos("ИП Кузнецов А.В."), "712345678901".into()])
        .row([number("3"), dos("ЗАО Хлебозавод, г. Тула"), "7107654321".into()])
}

fn units() -> Table {
    Table::new(Dialect::DBase3)
        .language(0x65)
        .field(Field::character("KOD", 3))
        .field(Field::character("NAZV", 12))
        .row(["796".into(), dos("штука")])
        .row(["166".into(), dos("килограмм")])
        .row(["112".into(), dos("литр")])
}

/// Visual FoxPro of the newer program: nulls, varchar, currency, moments, memos in a code page of Windows.
fn staff() -> Table {
    let dialect = Dialect::VisualFoxProVar;
    Table::new(dialect)
        .language(0xC9)
        .block_size(64)
        .field(Field::integer("ID"))
        .field(Field::varchar("FIO", 40))
        .field(Field::varchar("EMAIL", 30).nullable())
        .field(Field::currency("OKLAD").nullable())
        .field(Field::datetime("PRINYAT"))
        .field(Field::double("STAVKA", 2))
        .field(Field::logical("RABOTAET").nullable())
        .field(Field::memo("HARAKT", dialect).nullable())
        .row([
            Value::Integer(1),
            windows("Иванова Мария Петровна"),
            "ivanova@example.com".into(),
            Value::Currency(652_500_000),
            Value::Moment(2019, 3, 4, 9 * 3_600_000),
            Value::Double(1.0),
            Value::Logical(true),
            windows("Старший кассир.\r\nОтвечает за «Зал»"),
        ])
        .row([
            Value::Integer(2),
            windows("Сидоренко Олег"),
            Value::Null,
            Value::Currency(480_001_250),
            Value::Moment(2024, 12, 31, 23 * 3_600_000 + 59 * 60_000 + 59_000),
            Value::Double(0.75),
            Value::Logical(false),
            Value::Null,
        ])
        .row([
            Value::Integer(3),
            windows("Ким О."),
            "".into(),
            Value::Null,
            Value::Blank,
            Value::Double(0.5),
            Value::Null,
            windows("Стажёр — до 1 марта"),
        ])
}

/// Visual FoxPro with its default code page named beside it.
fn rates() -> Table {
    let mut table = Table::new(Dialect::VisualFoxPro)
        .cpg("1251")
        .field(Field::date("DATA"))
        .field(Field::character("VALUTA", 16))
        .field(Field::currency("KURS"))
        .field(Field::integer("NOMINAL"));
    let rates = [("Доллар США", 788_012), ("Евро", 917_655), ("Йена — за 100", 503_001)];
    for (day, (name, rate)) in (1..=28).flat_map(|day| rates.iter().map(move |rate| (day, rate))) {
        table.push(
            b' ',
            [
                Value::Date(2025, 10, day),
                windows(name),
                Value::Currency(rate + i64::from(day) * 137),
                Value::Integer(if *rate == 503_001 { 100 } else { 1 }),
            ],
        );
    }
    table
}

/// FoxPro 2 with memos of its own form.
fn invoices() -> Table {
    let mut table = Table::new(Dialect::FoxPro2)
        .language(0x65)
        .block_size(64)
        .field(Field::numeric("NOMER", 6, 0))
        .field(Field::date("DATA"))
        .field(Field::numeric("KLIENT", 5, 0))
        .field(Field::numeric("SUMMA", 12, 2))
        .field(Field::logical("PROVEDEN"))
        .field(Field::memo("PRIM", Dialect::FoxPro2));
    for place in 0..120_u16 {
        let note = if place % 9 == 0 {
            dos(&format!("Накладная №{}: довезти, \"срочно\"\r\nпозвонить заранее", place + 1))
        } else {
            Value::Blank
        };
        table.push(
            if place % 40 == 39 { b'*' } else { b' ' },
            [
                number(&(place + 1).to_string()),
                Value::Date(2025, 1 + (place / 28) as u8, 1 + (place % 28) as u8),
                number(&(place % 4 + 1).to_string()),
                number(&format!("{}.{:02}", u32::from(place) * 731 % 9000 + 100, place % 100)),
                Value::Logical(place % 7 != 0),
                note,
            ],
        );
    }
    table
}

fn invoice_lines() -> Table {
    let mut table = Table::new(Dialect::DBase3)
        .language(0x65)
        .field(Field::numeric("NOMER", 6, 0))
        .field(Field::numeric("STROKA", 3, 0))
        .field(Field::numeric("TOVAR", 6, 0))
        .field(Field::numeric("KOLVO", 10, 3))
        .field(Field::numeric("CENA", 10, 2));
    for place in 0..600_u32 {
        table.push(
            b' ',
            [
                number(&(place / 5 + 1).to_string()),
                number(&(place % 5 + 1).to_string()),
                number(&(101 + place % 8).to_string()),
                number(&format!("{}.000", place % 12 + 1)),
                number(&format!("{}.{:02}", place * 37 % 700 + 20, place % 100)),
            ],
        );
    }
    table
}

fn payments() -> Table {
    let mut table = Table::new(Dialect::DBase3)
        .language(0x65)
        .field(Field::date("DATA"))
        .field(Field::numeric("NAKL", 6, 0))
        .field(Field::numeric("SUMMA", 12, 2))
        .field(Field::character("SPOSOB", 12));
    for place in 0..90_u16 {
        let how = ["наличные", "карта", "банк, п/п"][usize::from(place % 3)];
        table.push(
            b' ',
            [
                Value::Date(2025, 2 + (place / 28) as u8, 1 + (place % 28) as u8),
                number(&(place + 1).to_string()),
                number(&format!("{}.{:02}", u32::from(place) * 731 % 9000 + 100, place % 100)),
                dos(how),
            ],
        );
    }
    table
}
