//! Common parts of the lists of runs and errors: a [`Filter`] of conditions, and the [`SortKey`] of a row, so that the next
//! page begins after the last row of this one, whatever was added in between. Knows no table.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, ToSql};
use serde::Serialize;

use super::{StoreError, json};

/// Sort key of a list; the largest comes first.
pub(super) type SortKey<const N: usize> = [i64; N];

/// Returns the keys of one page, and the cursor of the next.
///
/// # Errors
/// [`StoreError::Cursor`] for an invalid cursor.
pub(super) fn page<'a, const N: usize>(
    keys: &'a [SortKey<N>],
    cursor: Option<&str>,
    limit: u32,
) -> Result<(&'a [SortKey<N>], Option<String>), StoreError> {
    let rest = match cursor.map(parse::<N>).transpose()? {
        Some(last) => &keys[keys.partition_point(|key| *key >= last)..],
        None => keys,
    };
    let page = &rest[..rest.len().min(limit as usize)];
    let next = page.last().filter(|_| page.len() < rest.len());
    Ok((page, next.map(|key| key.map(|number| number.to_string()).join("."))))
}

fn parse<const N: usize>(cursor: &str) -> Result<SortKey<N>, StoreError> {
    let numbers: Option<Vec<i64>> = cursor.split('.').map(|number| number.parse().ok()).collect();
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| StoreError::Cursor { cursor: cursor.chars().take(40).collect() })
}

/// Conditions combined by AND, each with one named value.
#[derive(Default)]
pub(super) struct Filter {
    conditions: Vec<&'static str>,
    values: BTreeMap<&'static str, Value>,
}

impl Filter {
    /// Adds a condition on the value of `name`, where there is one.
    pub(super) fn given<T: Into<Value>>(
        mut self,
        name: &'static str,
        value: Option<T>,
        condition: &'static str,
    ) -> Self {
        if let Some(value) = value {
            self.values.insert(name, value.into());
            self.conditions.push(condition);
        }
        self
    }

    /// Reads the rows of `SELECT … FROM …` that meet the conditions, in `order`.
    pub(super) fn each(
        &self,
        sql: &Connection,
        from: &str,
        order: &str,
        mut read: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut select = sql.prepare_cached(&self.statement(from, order))?;
        let mut rows = select.query(self.values().as_slice())?;
        while let Some(row) = rows.next()? {
            read(row)?;
        }
        Ok(())
    }

    fn values(&self) -> Vec<(&str, &dyn ToSql)> {
        self.values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
    }

    fn statement(&self, from: &str, order: &str) -> String {
        let link = if self.conditions.is_empty() { "" } else { " WHERE " };
        format!("{from}{link}{} ORDER BY {order}", self.conditions.join(" AND "))
    }
}

/// Returns the JSON words of an enum for `json_each`; `None` for an empty list, which matches any.
pub(super) fn any_of<T: Serialize>(list: &[T]) -> Result<Option<String>, StoreError> {
    if list.is_empty() { Ok(None) } else { json("filter", &list).map(Some) }
}

#[cfg(test)]
impl Filter {
    /// Returns SQLite's query plan.
    pub(super) fn plan(&self, sql: &Connection, from: &str, order: &str) -> Result<Vec<String>, StoreError> {
        let mut explain = sql.prepare(&format!("EXPLAIN QUERY PLAN {}", self.statement(from, order)))?;
        let steps =
            explain.query_map(self.values().as_slice(), |row| row.get(3))?.collect::<Result<_, _>>()?;
        Ok(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_by_key() {
        let keys = [[5, 2], [5, 1], [3, 9]];
        let (first, next) = page(&keys, None, 2).unwrap();
        assert_eq!((first, next.as_deref()), (&keys[..2], Some("5.1")));
        assert_eq!(page(&keys, next.as_deref(), 2).unwrap(), (&keys[2..], None));
        assert_eq!(page(&keys, None, 3).unwrap(), (&keys[..], None));
        assert_eq!(page(&keys, None, 0).unwrap(), (&keys[..0], None));
        assert_eq!(page(&keys, Some("5.2"), 9).unwrap().0, &keys[1..]);
        assert_eq!(page(&keys, Some("4.0"), 9).unwrap().0, &keys[2..], "its row was forgotten");
    }

    proptest::proptest! {
        #[test]
        fn no_cursor_panics(cursor in ".{0,30}") {
            let _ = page(&[[1, 2]], Some(&cursor), 1);
        }
    }
}
