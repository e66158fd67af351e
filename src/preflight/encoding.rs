//! Whether texts can go from one database's encoding to the other's. PostgreSQL converts between all that it has, with two
//! exceptions: `SQL_ASCII` says nothing about its bytes, and `MULE_INTERNAL` has no way to UTF8, which our sessions speak.
use crate::{
    catalog::{Database, Note},
    error::{Error, ErrorKind, Result},
};

const NO_ENCODING: &str = "SQL_ASCII";

/// Refuses what would change texts without a word; gives what is to be said otherwise. A database that is still to be made
/// gets the source's encoding.
pub(super) fn agree(source: &Database, there: Option<&Database>) -> Result<Option<Note>> {
    let target = there.map_or(source.encoding.as_str(), |there| there.encoding.as_str());
    let note = |reason: &str| {
        Some(Note { object: format!("texts of database {}", source.name), reason: reason.to_owned() })
    };
    match (source.encoding.as_str(), target) {
        (NO_ENCODING, NO_ENCODING) => Ok(None),
        (NO_ENCODING, "UTF8") => {
            Ok(note("their encoding is SQL_ASCII: taken for UTF8, and refused where they are not"))
        }
        ("UTF8", NO_ENCODING) => Ok(note("the target's encoding is SQL_ASCII: it takes the bytes of UTF8")),
        (from, to) if from == NO_ENCODING || to == NO_ENCODING => {
            let message = format!(
                "the encoding of the source is {from}, that of the target {to}: nothing converts them"
            );
            Err(Error::new(ErrorKind::Refused, message).hint(
                "create the target database with the source's encoding, or leave its creation to pgmigrate",
            ))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(encoding: &str) -> Database {
        serde_json::from_value(serde_json::json!({
            "name": "d", "owner": "o", "encoding": encoding, "collate": "C", "ctype": "C", "locale_provider": null,
            "locale": null, "icu_rules": null, "tablespace": null, "system_identifier": "1"
        }))
        .unwrap()
    }

    #[test]
    fn bytes_without_a_meaning_go_only_where_none_is_asked_for() {
        let agree = |from: &str, to: &str| agree(&database(from), Some(&database(to)));
        assert!(matches!(agree("SQL_ASCII", "SQL_ASCII"), Ok(None)));
        assert!(matches!(agree("SQL_ASCII", "UTF8"), Ok(Some(_))));
        assert!(matches!(agree("UTF8", "SQL_ASCII"), Ok(Some(_))));
        assert!(agree("SQL_ASCII", "LATIN1").is_err() && agree("EUC_JP", "SQL_ASCII").is_err());
        assert!(matches!(agree("LATIN1", "UTF8"), Ok(None)));
    }
}
