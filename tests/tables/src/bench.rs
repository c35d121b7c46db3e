//! [`bench_table`]: large tables of a shop, the same bytes on every machine for the same arguments, streamed.

use std::io::{self, Write};

use fastrand::Rng;

use crate::codepage::cp866;
use crate::{Dialect, Field, Table};

/// The columns of a large table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The goods of a shop: 20 columns, 274 bytes a record.
    Goods,
    /// The lines of its receipts: 8 columns, 83 bytes a record.
    Receipts,
}

impl Profile {
    /// The length of a record in bytes, its flag included.
    pub fn record_length(self) -> usize {
        1 + self.fields().iter().map(|field| usize::from(field.width)).sum::<usize>()
    }

    fn fields(self) -> Vec<Field> {
        match self {
            Self::Goods => vec![
                Field::numeric("KOD", 8, 0),
                Field::character("ARTIKUL", 12),
                Field::character("NAIM", 40),
                Field::character("GRUPPA", 20),
                Field::character("EDIZM", 5),
                Field::character("SHTRIH", 13),
                Field::numeric("CENA", 12, 2),
                Field::numeric("CENAOPT", 12, 2),
                Field::numeric("KOLVO", 10, 3),
                Field::numeric("SUMMA", 14, 2),
                Field::numeric("NDS", 5, 2),
                Field::float("SKIDKA", 6, 2),
                Field::date("DATA"),
                Field::date("DATAIZM"),
                Field::date("SROK"),
                Field::logical("AKTIV"),
                Field::logical("VESOVOI"),
                Field::character("POSTAV", 30),
                Field::character("SKLAD", 10),
                Field::character("PRIM", 50),
            ],
            Self::Receipts => vec![
                Field::date("DATA"),
                Field::numeric("DOKUM", 8, 0),
                Field::numeric("KOD", 8, 0),
                Field::numeric("KOLVO", 10, 3),
                Field::numeric("CENA", 12, 2),
                Field::numeric("SUMMA", 14, 2),
                Field::character("SKLAD", 6),
                Field::character("KASSIR", 16),
            ],
        }
    }
}

/// Writes a dBASE III table of code page 866, one row in a hundred deleted.
///
/// # Errors
/// Errors of the writer.
pub fn bench_table(out: &mut impl Write, profile: Profile, rows: u32, seed: u64) -> io::Result<()> {
    let mut table = Table::new(Dialect::DBase3).language(0x65).without_end_mark();
    for field in profile.fields() {
        table = table.field(field);
    }
    let mut header = table.build().table;
    header[4..8].copy_from_slice(&rows.to_le_bytes());
    out.write_all(&header)?;

    let words = Words::new();
    let mut rng = Rng::with_seed(seed);
    let mut record = Record { bytes: Vec::with_capacity(profile.record_length()) };
    for number in 0..rows {
        record.bytes.clear();
        record.bytes.push(if rng.u8(..100) == 0 { b'*' } else { b' ' });
        match profile {
            Profile::Goods => goods(&mut record, &words, &mut rng, number),
            Profile::Receipts => receipt(&mut record, &words, &mut rng, number),
        }
        out.write_all(&record.bytes)?;
    }
    out.write_all(&[0x1A])
}

fn goods(record: &mut Record, words: &Words, rng: &mut Rng, number: u32) {
    let price = u64::from(rng.u32(100..500_000));
    let amount = u64::from(rng.u32(0..200_000));
    record.number(u64::from(number) + 1, 8, 0);
    record.text_number(b"A-", u64::from(rng.u32(..1_000_000)), 12);
    record.words(&[rng.choice(&words.goods), rng.choice(&words.kinds), rng.choice(&words.packs)], 40);
    record.words(&[rng.choice(&words.groups)], 20);
    record.words(&[rng.choice(&words.units)], 5);
    record.number(4_600_000_000_000 + rng.u64(..9_999_999_999), 13, 0);
    record.number(price, 12, 2);
    record.number(price * 8 / 10, 12, 2);
    record.number(amount, 10, 3);
    record.number(price * amount / 1000, 14, 2);
    record.number(if rng.bool() { 2000 } else { 1000 }, 5, 2);
    if rng.u8(..4) == 0 {
        record.number(u64::from(rng.u32(..3000)), 6, 2);
    } else {
        record.blank(6);
    }
    record.date(rng);
    record.date(rng);
    if rng.u8(..3) == 0 {
        record.blank(8);
    } else {
        record.date(rng);
    }
    record.bytes.push(if rng.u8(..10) == 0 { b'F' } else { b'T' });
    record.bytes.push(*rng.choice(b"TFF?").unwrap_or(&b'?'));
    record.words(&[rng.choice(&words.firms)], 30);
    record.words(&[rng.choice(&words.stores)], 10);
    if rng.u8(..5) == 0 {
        record.words(&[rng.choice(&words.notes)], 50);
    } else {
        record.blank(50);
    }
}

fn receipt(record: &mut Record, words: &Words, rng: &mut Rng, number: u32) {
    let price = u64::from(rng.u32(100..500_000));
    let amount = u64::from(rng.u32(1..20)) * 1000;
    record.date(rng);
    record.number(u64::from(number / 4) + 1, 8, 0);
    record.number(u64::from(rng.u32(1..200_000)), 8, 0);
    record.number(amount, 10, 3);
    record.number(price, 12, 2);
    record.number(price * amount / 1000, 14, 2);
    record.words(&[rng.choice(&words.stores)], 6);
    record.words(&[rng.choice(&words.people)], 16);
}

/// The record being written; each method fills one column.
struct Record {
    bytes: Vec<u8>,
}

impl Record {
    fn blank(&mut self, width: usize) {
        self.bytes.resize(self.bytes.len() + width, b' ');
    }

    fn words(&mut self, words: &[Option<&Vec<u8>>], width: usize) {
        let end = self.bytes.len() + width;
        for (place, word) in words.iter().flatten().enumerate() {
            if place > 0 {
                self.bytes.push(b' ');
            }
            self.bytes.extend_from_slice(word);
        }
        self.bytes.resize(end, b' ');
    }

    fn text_number(&mut self, prefix: &[u8], number: u64, width: usize) {
        let end = self.bytes.len() + width;
        self.bytes.extend_from_slice(prefix);
        self.number(number, 6, 0);
        self.bytes.resize(end, b' ');
    }

    /// A number given in units of its last decimal, set to the right.
    fn number(&mut self, mut number: u64, width: usize, decimals: usize) {
        let start = self.bytes.len();
        self.blank(width);
        let mut place = start + width;
        let mut written = 0;
        while place > start && (number > 0 || written <= decimals) {
            place -= 1;
            if written == decimals && decimals > 0 && self.bytes[start + width - 1] != b' ' {
                self.bytes[place] = b'.';
                if place == start {
                    break;
                }
                place -= 1;
            }
            self.bytes[place] = b'0' + (number % 10) as u8;
            number /= 10;
            written += 1;
        }
    }

    fn date(&mut self, rng: &mut Rng) {
        self.number(u64::from(rng.u32(2019..2026)), 4, 0);
        for limit in [12, 28] {
            let part = rng.u8(1..=limit);
            self.bytes.extend_from_slice(&[b'0' + part / 10, b'0' + part % 10]);
        }
    }
}

/// Words of the texts, in code page 866.
struct Words {
    goods: Vec<Vec<u8>>,
    kinds: Vec<Vec<u8>>,
    packs: Vec<Vec<u8>>,
    groups: Vec<Vec<u8>>,
    units: Vec<Vec<u8>>,
    firms: Vec<Vec<u8>>,
    stores: Vec<Vec<u8>>,
    notes: Vec<Vec<u8>>,
    people: Vec<Vec<u8>>,
}

impl Words {
    fn new() -> Self {
        let list = |words: &[&str]| words.iter().map(|word| cp866(word)).collect();
        Self {
            goods: list(&[
                "Масло",
                "Молоко",
                "Хлеб",
                "Сахар-песок",
                "Чай",
                "Кофе",
                "Печенье",
                "Сыр",
                "Колбаса",
                "Рис",
                "Гречка",
                "Мука",
                "Соль",
                "Вода",
                "Сок",
                "Творог",
                "Кефир",
                "Сметана",
                "Конфеты",
                "Шоколад",
            ]),
            kinds: list(&[
                "крестьянское",
                "топленое",
                "\"Бородинский\"",
                "белый",
                "черный",
                "растворимый",
                "овсяное",
                "\"Российский\"",
                "вареная",
                "круглый",
                "ядрица",
                "в/с",
                "йодированная",
                "газ.",
                "яблочный",
            ]),
            packs: list(&["1 кг", "0,5 л", "200 г", "1 л", "400 г, пакет", "12 шт.", "весовой", "5 кг"]),
            groups: list(&["Бакалея", "Молочные продукты", "Хлеб и выпечка", "Напитки", "Кондитерские"]),
            units: list(&["шт", "кг", "л", "уп"]),
            firms: list(&[
                "ООО \"Ромашка\"",
                "ИП Кузнецов А.В.",
                "АО \"Молкомбинат №1\"",
                "ООО Вектор, г. Тула",
                "ЗАО Хлебозавод",
                "ООО \"Север-Торг\"",
                "ИП Абрамян",
            ]),
            stores: list(&["Скл1", "Скл2", "Зал", "Бар"]),
            notes: list(&[
                "Хранить при t от 0 до +6",
                "Возврат до 14 дней",
                "Акция: 3 по цене 2",
                "Уточнить штрихкод",
            ]),
            people: list(&["Иванова", "Петрова Н.", "Сидоренко", "Ким О."]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Profile, Record, bench_table};

    #[test]
    fn numbers_stand_at_the_right_with_their_decimals() {
        let mut record = Record { bytes: Vec::new() };
        record.number(5, 6, 2);
        record.number(123_456, 8, 2);
        record.number(0, 3, 0);
        record.number(1000, 6, 3);
        assert_eq!(record.bytes, b"  0.05 1234.56  0 1.000");
    }

    #[test]
    fn the_same_seed_gives_the_same_table_of_the_stated_size() {
        for profile in [Profile::Goods, Profile::Receipts] {
            let make = |seed| {
                let mut table = Vec::new();
                bench_table(&mut table, profile, 50, seed).unwrap();
                table
            };
            let table = make(7);
            let header = usize::from(u16::from_le_bytes([table[8], table[9]]));
            assert_eq!(table.len(), header + 50 * profile.record_length() + 1);
            assert_eq!(table, make(7));
            assert_ne!(table, make(8));
        }
    }
}
