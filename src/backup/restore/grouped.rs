//! Large objects as `pg_dump` 17 and newer list them: those of one owner and the same privileges in an entry, whose definition is
//! their OIDs, a line each; the privileges name the first of them (`src/bin/pg_dump/pg_backup_archiver.c`, `IssueCommandPerBlob`).
use crate::{
    backup::toc::TocEntry,
    error::{Error, ErrorKind, Result},
    pg::{Oid, quote_ident},
};

/// Word of an entry that makes several large objects.
pub(super) const DESC: &str = "BLOB METADATA";

/// The statement that makes them, and gives them to their owner.
pub(super) fn create(entry: &TocEntry, with_owner: bool) -> Result<String> {
    let owner = Some(entry.owner.as_str()).filter(|owner| with_owner && !owner.is_empty()).map(quote_ident);
    let statements = members(entry)?.into_iter().map(|oid| {
        let give = owner.as_ref().map(|owner| format!("ALTER LARGE OBJECT {oid} OWNER TO {owner};\n"));
        format!("SELECT pg_catalog.lo_create({oid});\n{}", give.unwrap_or_default())
    });
    Ok(statements.collect())
}

/// Lets privileges of a whole entry be of each of its large objects. Others stay as they are. An error if an entry cannot be read.
pub(super) fn spread(entries: &mut [TocEntry]) -> Result<()> {
    entries.iter().filter(|entry| entry.desc == DESC).try_for_each(|entry| members(entry).map(|_| ()))?;
    for place in 0..entries.len() {
        let acl = &entries[place];
        if acl.desc != "ACL" || !acl.tag.starts_with("LARGE OBJECTS ") {
            continue;
        }
        let group = entries.iter().find(|entry| entry.desc == DESC && acl.needs.contains(&entry.id));
        let group = group.ok_or_else(|| refused(acl, "is of no large objects of the archive"))?;
        let oids = members(group)?;
        let parts = parts(acl, oids.first().copied())?;
        entries[place].definition =
            oids.iter().map(|oid| parts.join(&format!("LARGE OBJECT {oid}"))).collect();
    }
    Ok(())
}

fn members(entry: &TocEntry) -> Result<Vec<Oid>> {
    let lines = entry.definition.lines().map(str::trim).filter(|line| !line.is_empty());
    let oids: Option<Vec<Oid>> = lines.map(|line| line.parse().ok().map(Oid)).collect();
    oids.filter(|oids| !oids.is_empty()).ok_or_else(|| refused(entry, "names no large objects"))
}

/// The text between the places where it names the first one. A role in quotes may have such words in its name.
fn parts(acl: &TocEntry, first: Option<Oid>) -> Result<Vec<String>> {
    let named = first.map(|oid| format!("LARGE OBJECT {oid}")).unwrap_or_default();
    let mut parts = vec![String::new()];
    for (at, piece) in acl.definition.split('"').enumerate() {
        if at > 0 {
            push(&mut parts, "\"");
        }
        if at % 2 == 1 {
            push(&mut parts, piece);
            continue;
        }
        for (place, text) in piece.split(&named).enumerate() {
            if place > 0 {
                parts.push(String::new());
            }
            push(&mut parts, text);
        }
    }
    if parts.len() == 1 { Err(refused(acl, "does not name its first large object")) } else { Ok(parts) }
}

fn push(parts: &mut [String], text: &str) {
    if let Some(last) = parts.last_mut() {
        last.push_str(text);
    }
}

fn refused(entry: &TocEntry, what: &str) -> Error {
    let message = format!("`toc.dat`: entry {} ({} {}) {what}", entry.id, entry.desc, entry.tag);
    Error::new(ErrorKind::Refused, message).hint("take another backup, or restore another one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::toc::TocSection;

    fn group() -> TocEntry {
        TocEntry {
            id: 7,
            desc: DESC.to_owned(),
            tag: "99..4000000000".to_owned(),
            owner: "lo\"o".to_owned(),
            definition: "99\n990\n4000000000\n".to_owned(),
            section: TocSection::Data,
            ..TocEntry::default()
        }
    }

    fn privileges(needs: i32, definition: &str) -> TocEntry {
        TocEntry {
            id: 8,
            desc: "ACL".to_owned(),
            tag: "LARGE OBJECTS 99..4000000000".to_owned(),
            definition: definition.to_owned(),
            needs: vec![needs],
            ..TocEntry::default()
        }
    }

    #[test]
    fn each_is_made_and_given_to_its_owner() {
        insta::assert_snapshot!(create(&group(), true).unwrap(), @r#"
        SELECT pg_catalog.lo_create(99);
        ALTER LARGE OBJECT 99 OWNER TO "lo""o";
        SELECT pg_catalog.lo_create(990);
        ALTER LARGE OBJECT 990 OWNER TO "lo""o";
        SELECT pg_catalog.lo_create(4000000000);
        ALTER LARGE OBJECT 4000000000 OWNER TO "lo""o";
        "#);
        assert!(!create(&group(), false).unwrap().contains("OWNER"));
    }

    #[test]
    fn privileges_are_of_each_and_names_stay_whole() {
        let text =
            "REVOKE ALL ON LARGE OBJECT 99 FROM x;\nGRANT ALL ON LARGE OBJECT 99 TO \"LARGE OBJECT 99\";\n";
        let mut entries = [group(), privileges(7, text)];
        spread(&mut entries).unwrap();
        let of = |oid: &str| {
            format!(
                "REVOKE ALL ON LARGE OBJECT {oid} FROM x;\nGRANT ALL ON LARGE OBJECT {oid} TO \"LARGE OBJECT 99\";\n"
            )
        };
        assert_eq!(entries[1].definition, [of("99"), of("990"), of("4000000000")].concat());
        assert_eq!(entries[0], group());
    }

    #[test]
    fn what_names_nothing_is_refused() {
        let bad = TocEntry { definition: "99; DROP TABLE x".to_owned(), ..group() };
        assert_eq!(create(&bad, true).unwrap_err().kind(), ErrorKind::Refused);
        for acl in [privileges(6, "GRANT ALL ON LARGE OBJECT 99 TO x;"), privileges(7, "GRANT x TO y;")] {
            assert_eq!(spread(&mut [group(), acl]).unwrap_err().kind(), ErrorKind::Refused);
        }
    }
}
