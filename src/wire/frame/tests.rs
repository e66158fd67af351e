use proptest::prelude::*;

use super::*;

fn frame(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![tag];
    frame.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    frame.extend(body);
    frame
}

#[test]
fn rows_become_one_frame_and_the_rest_messages() {
    let mut bytes = frame(b'H', &[0, 0, 0]);
    for row in ["one", "", "three"] {
        bytes.extend(frame(b'd', row.as_bytes()));
    }
    bytes.extend([frame(b'c', b""), frame(b'C', b"COPY 3\0"), frame(b'Z', b"I")].concat());
    let mut scanner = Scanner::new();
    let mut block = Block::with_capacity(200);
    let mut messages = VecDeque::new();
    block.space()[..bytes.len()].copy_from_slice(&bytes);
    scanner.scan(&mut block, bytes.len(), &mut messages).unwrap();
    assert_eq!(block.seal(), frame(b'd', b"onethree"));
    assert_eq!(messages.iter().map(|m| m.tag).collect::<Vec<_>>(), b"HcCZ");
    assert_eq!(messages[2].body, b"COPY 3\0");
    assert_eq!(scanner.frames(), 3);
}

#[test]
fn what_is_no_protocol_is_refused() {
    assert_eq!(replay(b"d\0\0\0\x03", &[], 100), Err(FrameError::Length { tag: b'd', length: 3 }));
    assert_eq!(replay(b"\0\0\0\0\x09", &[], 100), Err(FrameError::Tag(0)));
}

#[test]
fn a_huge_length_alone_allocates_nothing() {
    assert_eq!(replay(b"E\xff\xff\xff\xffabc", &[], 100), Ok((vec![], vec![], 0)));
}

fn frames() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let tag = prop_oneof![4 => Just(b'd'), 1 => prop::sample::select(b"HcCZENS".to_vec())];
    prop::collection::vec((tag, prop::collection::vec(any::<u8>(), 0..300)), 0..40)
}

proptest! {
    #[test]
    fn any_cut_gives_the_same(
        frames in frames(),
        pieces in prop::collection::vec(1usize..64, 0..20),
        capacity in 6usize..600,
    ) {
        let bytes: Vec<u8> = frames.iter().flat_map(|(tag, body)| frame(*tag, body)).collect();
        let payload = frames.iter().filter(|(t, _)| *t == b'd').flat_map(|(_, body)| body.clone()).collect();
        let messages = frames
            .iter()
            .filter(|(tag, _)| *tag != b'd')
            .map(|(tag, body)| Message { tag: *tag, body: body.clone() })
            .collect();
        let rows = frames.iter().filter(|(tag, _)| *tag == b'd').count() as u64;
        prop_assert_eq!(replay(&bytes, &pieces, capacity), Ok((payload, messages, rows)));
    }

    #[test]
    fn any_bytes_end_the_same_however_cut(bytes: Vec<u8>, pieces in prop::collection::vec(1usize..9, 0..9)) {
        prop_assert_eq!(replay(&bytes, &pieces, 50), replay(&bytes, &[], 4096));
    }
}

/// What PostgreSQL 15 was recorded to answer, message by message, to `COPY a TO STDOUT (FORMAT binary); COPY b TO STDOUT; COPY c TO STDOUT; COPY d TO STDOUT`
/// where `a` has the rows (1, 'x') and (2, NULL), `b` has none, `c` has two rows of no column, `d` is 'one', 'two'.
fn recorded() -> Vec<u8> {
    let header = [b"PGCOPY\n\xff\r\n\0".as_slice(), &[0; 8]].concat();
    let binary = [
        [header.as_slice(), b"\0\x02\0\0\0\x04\0\0\0\x01\0\0\0\x01x"].concat(),
        b"\0\x02\0\0\0\x04\0\0\0\x02\xff\xff\xff\xff".to_vec(),
        b"\xff\xff".to_vec(),
    ];
    let copy = |open: &[u8], rows: &[&[u8]], count: &[u8]| {
        let mut bytes = frame(b'H', open);
        bytes.extend(rows.iter().flat_map(|row| frame(b'd', row)));
        bytes.extend([frame(b'c', b""), frame(b'C', count)].concat());
        bytes
    };
    let binary: Vec<&[u8]> = binary.iter().map(Vec::as_slice).collect();
    [
        copy(b"\x01\0\x02\0\x01\0\x01", &binary, b"COPY 2\0"),
        copy(b"\0\0\x01\0\0", &[], b"COPY 0\0"),
        copy(b"\0\0\0", &[b"\n", b"\n"], b"COPY 2\0"),
        copy(b"\0\0\x01\0\0", &[b"one\n", b"two\n"], b"COPY 2\0"),
        frame(b'Z', b"T"),
    ]
    .concat()
}

/// Payload by COPY, and the other messages, of a stream that arrives in these reads.
fn tables(reads: &[&[u8]], capacity: usize) -> (Vec<Vec<u8>>, Vec<Message>) {
    let (mut scanner, mut block) = (Scanner::new(), Block::with_capacity(capacity));
    let (mut tables, mut messages) = (vec![Vec::new()], VecDeque::new());
    let mut hand_on = |block: &mut Block| {
        for (number, part) in block.parts().enumerate() {
            if number > 0 {
                tables.push(Vec::new());
            }
            tables.last_mut().unwrap().extend_from_slice(part);
        }
        block.clear();
    };
    for read in reads {
        let mut rest = *read;
        while !rest.is_empty() {
            let space = block.space();
            let size = rest.len().min(space.len());
            space[..size].copy_from_slice(&rest[..size]);
            rest = &rest[size..];
            scanner.scan(&mut block, size, &mut messages).unwrap();
            if block.is_ready() {
                hand_on(&mut block);
            }
        }
    }
    hand_on(&mut block);
    (tables, messages.into())
}

#[test]
fn several_copies_stay_apart_wherever_the_stream_is_cut() {
    let bytes = recorded();
    let whole = tables(&[&bytes], 4096);
    assert_eq!(whole.0.iter().map(Vec::len).collect::<Vec<_>>(), [19 + 15 + 14 + 2, 0, 2, 8, 0]);
    assert_eq!(whole.1.iter().map(|message| message.tag).collect::<Vec<_>>(), b"HcCHcCHcCHcCZ");
    for capacity in [6, 7, 16, 40, 4096] {
        for at in 0..=bytes.len() {
            let (first, second) = bytes.split_at(at);
            assert_eq!(tables(&[first, second], capacity), whole, "cut at {at}, blocks of {capacity}");
        }
        for size in 1..40 {
            let reads: Vec<&[u8]> = bytes.chunks(size).collect();
            assert_eq!(tables(&reads, capacity), whole, "pieces of {size}, blocks of {capacity}");
        }
    }
}

#[test]
fn a_block_with_the_end_of_a_copy_is_not_empty() {
    let end = frame(b'c', b"");
    let (mut block, mut messages) = (Block::with_capacity(50), VecDeque::new());
    assert!(block.is_empty());
    block.space()[..5].copy_from_slice(&end);
    Scanner::new().scan(&mut block, 5, &mut messages).unwrap();
    assert!(!block.is_empty() && block.payload().is_empty());
    assert_eq!(block.parts().collect::<Vec<_>>(), [b"", b""]);
    block.clear();
    assert!(block.is_empty());
}
