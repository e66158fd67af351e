//! The lists `host`, `hostaddr` and `port`, matched up.
use std::{iter, net::IpAddr};

use super::value::{Values, invalid};
use crate::{
    config::{Address, os},
    error::Result,
};

/// PostgreSQL's port.
const DEFAULT_PORT: u16 = 5432;

/// The addresses in the order given. One port serves all hosts; otherwise there is one for each.
pub(super) fn addresses(values: &Values<'_>) -> Result<Vec<Address>> {
    let hosts = list(values, "host");
    let ips = list(values, "hostaddr");
    if !hosts.is_empty() && !ips.is_empty() && hosts.len() != ips.len() {
        let (hosts, ips) = (hosts.len(), ips.len());
        return Err(invalid(format!("`host` lists {hosts} names, but `hostaddr` {ips} addresses")));
    }
    let count = hosts.len().max(ips.len()).max(1);
    let ports = ports(values, count)?;
    let hosts = hosts.into_iter().chain(iter::repeat(""));
    let ips = ips.into_iter().chain(iter::repeat(""));
    hosts.zip(ips).zip(ports).map(|((host, ip), port)| address(host, ip, port)).collect()
}

fn list<'a>(values: &Values<'a>, name: &str) -> Vec<&'a str> {
    values.text(name).map(|text| text.split(',').map(str::trim).collect()).unwrap_or_default()
}

fn ports(values: &Values<'_>, count: usize) -> Result<Vec<u16>> {
    let ports = list(values, "port").into_iter().map(port).collect::<Result<Vec<u16>>>()?;
    match ports[..] {
        [] => Ok(vec![DEFAULT_PORT; count]),
        [port] => Ok(vec![port; count]),
        _ if ports.len() == count => Ok(ports),
        _ => Err(invalid(format!("`port` lists {} ports for {count} hosts", ports.len()))),
    }
}

fn port(text: &str) -> Result<u16> {
    match text.parse() {
        _ if text.is_empty() => Ok(DEFAULT_PORT),
        Ok(port) if port > 0 => Ok(port),
        _ => Err(invalid("`port` must be a number from 1 to 65535".to_owned())),
    }
}

fn address(host: &str, ip: &str, port: u16) -> Result<Address> {
    let name = match (host, ip) {
        ("", "") => os::default_host(port),
        ("", ip) => ip,
        (host, _) => host,
    };
    if ip.is_empty() && name.starts_with(['/', '@']) {
        return Ok(Address::Unix { directory: name.into(), port });
    }
    Ok(Address::Tcp { name: name.to_owned(), ip: parse_ip(ip)?, port })
}

fn parse_ip(text: &str) -> Result<Option<IpAddr>> {
    if text.is_empty() {
        return Ok(None);
    }
    let error = |cause| invalid("`hostaddr` must be a numeric IP address".to_owned()).caused_by(cause);
    text.parse().map(Some).map_err(|cause: std::net::AddrParseError| error(cause))
}
