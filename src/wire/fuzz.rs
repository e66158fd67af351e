//! Entries for fuzzing: bytes in the place of a server.
use std::{
    io::Write as _,
    net::Shutdown,
    os::unix::net::UnixStream,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Block, Connection, Fill, replay};
use crate::{
    config::{Conninfo, Endpoint, Environment, Request, Side, resolve},
    net::{Encryption, Link, Peer, Socket},
};

/// What a socket takes without anybody who reads.
const ROOM: usize = 64 * 1024;

/// Frames, cut anywhere: what is found must not depend on where.
pub(crate) fn frames(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let size = usize::from(*first) + 1;
    let whole = replay(rest, &[], super::BLOCK_CAPACITY);
    // Behind what is no frame nothing is looked at, and how much came before depends on the cuts.
    assert_eq!(whole, replay(rest, &[size, 1, 7], super::BLOCK_CAPACITY));
    assert_eq!(whole, replay(rest, &[size], size + 64));
}

/// A whole conversation: login, greeting, a query, a COPY. The server's side is the input.
pub(crate) fn conversation(bytes: &[u8]) {
    if bytes.len() > ROOM {
        return;
    }
    let Some(endpoint) = endpoint() else { return };
    let Ok((ours, mut theirs)) = UnixStream::pair() else { return };
    if theirs.write_all(bytes).and_then(|()| theirs.shutdown(Shutdown::Write)).is_err() {
        return;
    }
    let link = Link {
        socket: Socket::Unix(ours),
        endpoint: &endpoint,
        host: &endpoint.hosts[0],
        peer: Peer::Unix("/nonexistent".into()),
        encryption: Encryption::Plain,
        deadline: Some(Instant::now() + Duration::from_secs(5)),
    };
    let Ok((mut connection, _)) = Connection::log_in(link, &Arc::new(endpoint.clone()), "fuzzing") else {
        return;
    };
    _ = connection.query("SELECT 1");
    _ = copy(&mut connection);
    _ = connection.roll_back();
    _ = connection.execute("SELECT 2");
}

fn copy(connection: &mut Connection) -> crate::Result<()> {
    let mut block = Block::new();
    let mut rows = connection.copy_out("COPY t TO STDOUT")?;
    while rows.fill(&mut block)? == Fill::More {
        block.clear();
    }
    Ok(())
}

fn endpoint() -> Option<Endpoint> {
    let conninfo = Conninfo::parse("host=/nonexistent user=me dbname=air password=secret").ok()?;
    let environment = Environment::from_pairs([("HOME", "/nonexistent")]);
    let request = Request { conninfo, ..Request::default() };
    Some(resolve(Side::Source, &request, &environment).ok()?.endpoint)
}
