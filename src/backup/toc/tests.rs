use proptest::{collection::vec, prelude::*};

use super::*;

fn entry() -> impl Strategy<Value = TocEntry> {
    let section = prop_oneof![
        Just(TocSection::None),
        Just(TocSection::PreData),
        Just(TocSection::Data),
        Just(TocSection::PostData)
    ];
    let texts = vec(any::<String>(), 8);
    let numbers = (any::<bool>(), any::<u32>(), any::<u32>(), section);
    let optional = (any::<Option<String>>(), proptest::option::of("[a-z]+"), vec(any::<i32>(), 0..3));
    (texts, numbers, optional).prop_map(
        |(texts, (has_data, class, oid, section), (tablespace, method, needs))| {
            let [tag, desc, definition, drop, copy, namespace, owner, file] =
                <[String; 8]>::try_from(texts).unwrap();
            TocEntry {
                id: 0,
                has_data,
                class,
                oid,
                tag,
                desc,
                section,
                definition,
                drop,
                copy,
                namespace,
                tablespace,
                access_method: method,
                owner,
                needs,
                file,
            }
        },
    )
}

pub(crate) fn toc() -> impl Strategy<Value = Toc> {
    (vec(entry(), 0..5), vec(any::<String>(), 3), 0..10_i32).prop_map(|(mut entries, texts, level)| {
        for (id, entry) in (1..).zip(&mut entries) {
            entry.id = id;
        }
        Toc {
            created: Created { second: 1, minute: 2, hour: 3, day: 4, month: 0, year: 126 },
            compression: if level == 0 { Compression::None } else { Compression::Gzip(level) },
            database: texts[0].clone(),
            server_version: texts[1].clone(),
            dump_version: texts[2].clone(),
            entries,
        }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(toc in toc()) {
        prop_assert_eq!(Toc::parse(&toc.render()).unwrap(), toc);
    }

    #[test]
    fn what_is_cut_is_refused(toc in toc(), cut in any::<proptest::sample::Index>()) {
        let bytes = toc.render();
        let error = Toc::parse(&bytes[..cut.index(bytes.len())]).unwrap_err();
        prop_assert!(error.to_string().contains("at byte "), "{}", error);
    }
}

#[test]
fn a_length_beyond_the_file_is_not_believed() {
    let toc = Toc {
        created: Created::default(),
        compression: Compression::None,
        database: "d".to_owned(),
        server_version: String::new(),
        dump_version: String::new(),
        entries: Vec::new(),
    };
    let mut bytes = toc.render();
    let end = bytes.len();
    // The number of entries.
    bytes[end - 4..].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
    assert_eq!(
        Toc::parse(&bytes).unwrap_err().to_string(),
        format!("at byte {end}: 2147483647 entries do not fit into the file")
    );
    bytes[5..7].copy_from_slice(&[1, 17]);
    assert_eq!(Toc::parse(&bytes).unwrap_err().kind(), crate::ErrorKind::Unsupported);
}
