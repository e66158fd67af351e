//! `postgresql://user:password@host:port,host:port/dbname?parameter=value&…`
//!
//! Each part may be percent-encoded; an IPv6 address stands in brackets; a host that is a directory
//! (of a unix socket) has its slashes encoded, or is given as `?host=/directory`.
use super::Conninfo;
use crate::error::{Error, ErrorKind, Result};

/// Reads what follows the scheme.
pub(super) fn parse(rest: &str, conninfo: &mut Conninfo) -> Result<()> {
    let rest = user_and_password(rest, conninfo)?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (hosts, rest) = rest.split_at(end);
    self::hosts(hosts, conninfo)?;
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    push_if_given("dbname", path.strip_prefix('/').unwrap_or(path), conninfo)?;
    query.map_or(Ok(()), |query| parameters(query, conninfo))
}

fn user_and_password<'a>(rest: &'a str, conninfo: &mut Conninfo) -> Result<&'a str> {
    let end = rest.find(['@', '/']).unwrap_or(rest.len());
    let Some(after) = rest[end..].strip_prefix('@') else { return Ok(rest) };
    let (user, password) = rest[..end].split_once(':').unwrap_or((&rest[..end], ""));
    push_if_given("user", user, conninfo)?;
    push_if_given("password", password, conninfo)?;
    Ok(after)
}

/// Hosts and ports become two lists of equal length, as libpq keeps them.
fn hosts(text: &str, conninfo: &mut Conninfo) -> Result<()> {
    if text.contains('@') {
        return Err(invalid("an `@` in user or password must be written `%40`"));
    }
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for part in text.split(',') {
        let (host, port) = host_and_port(part)?;
        hosts.push(host);
        ports.push(port);
    }
    if hosts.iter().any(|host| !host.is_empty()) {
        conninfo.push("host", decode(&hosts.join(","))?)?;
    }
    if ports.iter().any(|port| !port.is_empty()) {
        conninfo.push("port", ports.join(","))?;
    }
    Ok(())
}

fn host_and_port(part: &str) -> Result<(&str, &str)> {
    let (host, rest) = match part.strip_prefix('[') {
        Some(inner) => inner.split_once(']').ok_or_else(|| invalid("an IPv6 address lacks its `]`"))?,
        None => part.split_at(part.find(':').unwrap_or(part.len())),
    };
    if part.starts_with('[') && host.is_empty() {
        return Err(invalid("the brackets of an IPv6 address are empty"));
    }
    match rest.strip_prefix(':') {
        // What stands here may be a password with a `/` in it: it is not shown.
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Ok((host, port)),
        Some(_) => Err(invalid("a port is not a number (a `/` in a password must be written `%2F`)")),
        None if rest.is_empty() => Ok((host, "")),
        None => Err(invalid("only `:port` may follow the `]` of an IPv6 address")),
    }
}

fn parameters(query: &str, conninfo: &mut Conninfo) -> Result<()> {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(invalid("a parameter after `?` lacks its `=`"));
        };
        if value.contains('=') {
            return Err(invalid("a parameter after `?` has more than one `=` (write the second `%3D`)"));
        }
        let (name, value) = (decode(name)?, decode(value)?);
        match (name.as_str(), value.as_str()) {
            // The spelling of JDBC, which libpq reads too.
            ("ssl", "true") => conninfo.push("sslmode", "require".to_owned())?,
            _ => conninfo.push(&name, value)?,
        }
    }
    Ok(())
}

fn push_if_given(name: &str, encoded: &str, conninfo: &mut Conninfo) -> Result<()> {
    if encoded.is_empty() { Ok(()) } else { conninfo.push(name, decode(encoded)?) }
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (digit(rest.next()), digit(rest.next())) {
            (Some(0), Some(0)) => return Err(invalid("`%00` is not allowed")),
            (Some(high), Some(low)) => bytes.extend(u8::try_from(high * 16 + low)),
            _ => return Err(invalid("a `%` is not followed by two hexadecimal digits (write it `%25`)")),
        }
    }
    String::from_utf8(bytes).map_err(|_| invalid("percent-encoded text is not UTF-8"))
}

fn invalid(why: &str) -> Error {
    Error::new(ErrorKind::Config, format!("connection URI: {why}"))
}
