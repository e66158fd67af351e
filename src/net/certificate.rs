//! What we read of a server's certificate: names, dates, key, signature.
//!
//! rustls checks chains with webpki, which takes neither a name from the subject's CN nor a certificate of version 1.
//! Both are common on PostgreSQL servers (the manual's own recipe makes them) and libpq accepts both, so we read these
//! few fields ourselves. Pure; called by the verifier and for channel binding.
use std::net::IpAddr;

use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::der::{BIT_STRING, OCTET_STRING, OID, Reader, SEQUENCE, SET, Value};

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
/// `rsassa-pss`, whose hash is a parameter
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];

/// A certificate's fields, pointing into its DER.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certificate<'a> {
    /// The signed part.
    pub(super) signed: &'a [u8],
    /// 0 is version 1.
    version: u8,
    /// Who signed.
    pub(super) issuer: &'a [u8],
    /// Whose it is.
    pub(super) subject: &'a [u8],
    not_before: Option<u64>,
    not_after: Option<u64>,
    /// Algorithm of the public key.
    pub(super) key_algorithm: &'a [u8],
    /// The public key.
    pub(super) key: &'a [u8],
    /// Algorithm of the signature.
    pub(super) signature_algorithm: &'a [u8],
    /// The signature.
    pub(super) signature: &'a [u8],
    alt_names: Option<&'a [u8]>,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate (RFC 5280, section 4.1).
    pub(super) fn parse(der: &'a [u8]) -> Option<Self> {
        let mut outer = Reader::new(der).enter(SEQUENCE)?;
        let signed = outer.read(SEQUENCE)?;
        let signature_algorithm = outer.read(SEQUENCE)?.contents;
        let signature = bits(outer.read(BIT_STRING)?)?;
        let mut fields = Reader::new(signed.contents);
        let version = fields.enter(0xa0).and_then(|mut v| v.next()).and_then(|v| v.contents.last().copied());
        _ = fields.next()?; // serial number
        _ = fields.read(SEQUENCE)?; // algorithm, again
        let issuer = fields.read(SEQUENCE)?.contents;
        let mut validity = fields.enter(SEQUENCE)?;
        let not_before = validity.next().and_then(time);
        let not_after = validity.next().and_then(time);
        let subject = fields.read(SEQUENCE)?.contents;
        let mut key_info = fields.enter(SEQUENCE)?;
        let key_algorithm = key_info.read(SEQUENCE)?.contents;
        let key = bits(key_info.read(BIT_STRING)?)?;
        let alt_names = fields.find(|field| field.tag == 0xa3).and_then(|list| alt_names(list.contents));
        Some(Self {
            signed: signed.whole,
            version: version.unwrap_or(0),
            issuer,
            subject,
            not_before,
            not_after,
            key_algorithm,
            key,
            signature_algorithm,
            signature,
            alt_names,
        })
    }

    /// Whether it is of version 1, which knows no extensions and which webpki refuses.
    pub(super) fn is_version_1(&self) -> bool {
        self.version == 0
    }

    /// Whether it is valid at this time (seconds since 1970); an unreadable date is not.
    pub(super) fn is_valid_at(&self, now: u64) -> bool {
        self.not_before.is_some_and(|start| start <= now) && self.not_after.is_some_and(|end| now <= end)
    }

    /// Whether it names the host, by libpq's rules: names of the subject alternative name extension (one wildcard label in
    /// front), and the subject's CN only if there is no such name.
    pub(super) fn names(&self, host: &str) -> bool {
        let ip = host.parse::<IpAddr>().ok();
        let mut has_alt_name = false;
        for name in self.alt_names.into_iter().flat_map(Reader::new) {
            match (name.tag, ip) {
                (0x82, _) => {
                    has_alt_name = true;
                    if matches_name(name.contents, host, ip.is_none()) {
                        return true;
                    }
                }
                (0x87, Some(ip)) => {
                    has_alt_name = true;
                    if is_address(name.contents, ip) {
                        return true;
                    }
                }
                _ => {}
            }
        }
        !has_alt_name && self.common_name().is_some_and(|name| matches_name(name, host, ip.is_none()))
    }

    /// The hash that binds a SCRAM login to this certificate (RFC 5929, `tls-server-end-point`); `None` if its signature
    /// names no hash (Ed25519), where no server of PostgreSQL offers channel binding.
    pub(super) fn end_point_hash(&self, der: &[u8]) -> Option<Vec<u8>> {
        Some(match self.signature_hash()? {
            Hash::Sha256 => Sha256::digest(der).to_vec(),
            Hash::Sha384 => Sha384::digest(der).to_vec(),
            Hash::Sha512 => Sha512::digest(der).to_vec(),
            Hash::Sha224 => sha2::Sha224::digest(der).to_vec(),
        })
    }

    fn signature_hash(&self) -> Option<Hash> {
        let mut algorithm = Reader::new(self.signature_algorithm);
        match algorithm.read(OID)?.contents {
            // RSA: 4 MD5, 5 SHA-1 (both replaced by SHA-256), 11 to 14 the SHA-2 family.
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, n] if *n != 0x0a => rsa_hash(*n),
            oid if oid == RSA_PSS => Some(pss_hash(algorithm)),
            // ECDSA with SHA-1, and with the SHA-2 family.
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01] => Some(Hash::Sha256),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, n] => ecdsa_hash(*n),
            _ => None,
        }
    }

    fn common_name(&self) -> Option<&'a [u8]> {
        let mut found = None;
        for mut set in Reader::new(self.subject).filter(|v| v.tag == SET).map(|v| Reader::new(v.contents)) {
            let mut pair = set.enter(SEQUENCE)?;
            if pair.read(OID)?.contents == COMMON_NAME {
                found = pair.next().map(|value| value.contents);
            }
        }
        found
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

fn rsa_hash(number: u8) -> Option<Hash> {
    match number {
        4 | 5 | 11 => Some(Hash::Sha256),
        12 => Some(Hash::Sha384),
        13 => Some(Hash::Sha512),
        14 => Some(Hash::Sha224),
        _ => None,
    }
}

fn ecdsa_hash(number: u8) -> Option<Hash> {
    match number {
        1 => Some(Hash::Sha224),
        2 => Some(Hash::Sha256),
        3 => Some(Hash::Sha384),
        4 => Some(Hash::Sha512),
        _ => None,
    }
}

/// The hash in the parameters of RSASSA-PSS; absent means SHA-1, which SHA-256 replaces.
fn pss_hash(mut parameters: Reader<'_>) -> Hash {
    let hash = parameters
        .enter(SEQUENCE)
        .and_then(|mut p| p.enter(0xa0))
        .and_then(|mut p| p.enter(SEQUENCE))
        .and_then(|mut p| p.read(OID));
    match hash.map(|oid| oid.contents) {
        Some(SHA384) => Hash::Sha384,
        Some(SHA512) => Hash::Sha512,
        _ => Hash::Sha256,
    }
}

/// A bit string of whole bytes.
fn bits(value: Value<'_>) -> Option<&[u8]> {
    value.contents.split_first().filter(|(unused, _)| **unused == 0).map(|(_, bytes)| bytes)
}

fn alt_names(extensions: &[u8]) -> Option<&[u8]> {
    for mut extension in Reader::new(extensions)
        .enter(SEQUENCE)?
        .filter(|v| v.tag == SEQUENCE)
        .map(|v| Reader::new(v.contents))
    {
        if extension.read(OID)?.contents == SUBJECT_ALT_NAME {
            let value = extension.find(|field| field.tag == OCTET_STRING)?;
            return Reader::new(value.contents).read(SEQUENCE).map(|names| names.contents);
        }
    }
    None
}

/// `*.example.org` stands for one label; a name with a NUL inside is a forgery. Letter case does not count.
fn matches_name(pattern: &[u8], host: &str, wildcards: bool) -> bool {
    if pattern.contains(&0) {
        return false;
    }
    if pattern.eq_ignore_ascii_case(host.as_bytes()) {
        return true;
    }
    let (Some(tail), Some(dot)) = (pattern.strip_prefix(b"*"), host.find('.')) else { return false };
    wildcards
        && tail.len() > 1
        && tail[0] == b'.'
        && dot > 0
        && tail.eq_ignore_ascii_case(&host.as_bytes()[dot..])
}

fn is_address(bytes: &[u8], ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => bytes == ip.octets(),
        IpAddr::V6(ip) => bytes == ip.octets(),
    }
}

/// `UTCTime` (`YYMMDDHHMMSSZ`) or `GeneralizedTime` (`YYYYMMDDHHMMSSZ`) as seconds since 1970.
fn time(value: Value<'_>) -> Option<u64> {
    let text = std::str::from_utf8(value.contents).ok()?.strip_suffix('Z')?;
    let (year, rest) = match value.tag {
        0x17 => {
            let short: u64 = text.get(..2)?.parse().ok()?;
            (if short < 50 { 2000 + short } else { 1900 + short }, text.get(2..)?)
        }
        0x18 => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<u64>().ok();
    let (month, day) = (part(0)?, part(2)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Before 1970 counts as 1970: it only ever starts a validity.
    let days = days_since_1970(year.max(1970), month, day);
    Some(days * 86_400 + part(4)? * 3_600 + part(6)? * 60 + part(8)?)
}

/// Days from 1970-01-01, counting years from March so that the leap day is a year's last.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    (365 * year + leap_days + (153 * month + 2) / 5 + day).saturating_sub(719_469)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, SanType};

    use super::*;

    fn certificate(common_name: &str, alt: Vec<SanType>) -> Vec<u8> {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, common_name);
        parameters.subject_alt_names = alt;
        let key = KeyPair::generate().unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    fn dns(name: &str) -> SanType {
        SanType::DnsName(name.try_into().unwrap())
    }

    #[test]
    fn the_common_name_counts_only_without_alternative_names() {
        let der = certificate("db.example.org", vec![]);
        let parsed = Certificate::parse(&der).unwrap();
        assert!(parsed.names("DB.example.org") && !parsed.names("example.org"));
        assert!(!parsed.is_version_1() && parsed.issuer == parsed.subject);
        let der = certificate("db.example.org", vec![dns("other.example.org")]);
        let parsed = Certificate::parse(&der).unwrap();
        assert!(parsed.names("other.example.org") && !parsed.names("db.example.org"));
    }

    #[test]
    fn wildcards_stand_for_one_label_and_addresses_are_compared_as_such() {
        let der = certificate("x", vec![dns("*.example.org"), SanType::IpAddress([127, 0, 0, 1].into())]);
        let parsed = Certificate::parse(&der).unwrap();
        assert!(parsed.names("a.example.org") && parsed.names("127.0.0.1"));
        assert!(!parsed.names("a.b.example.org") && !parsed.names("example.org"));
        assert!(!parsed.names("127.0.0.2") && !parsed.names(".example.org"));
    }

    #[test]
    fn the_binding_hash_follows_the_signature() {
        let der = certificate("x", vec![]);
        let parsed = Certificate::parse(&der).unwrap();
        assert_eq!(parsed.signature_hash(), Some(Hash::Sha256));
        assert_eq!(parsed.end_point_hash(&der), Some(Sha256::digest(&der).to_vec()));
    }

    #[test]
    fn dates_are_read() {
        let der = certificate("x", vec![]);
        let parsed = Certificate::parse(&der).unwrap();
        assert!(parsed.is_valid_at(1_700_000_000) && !parsed.is_valid_at(0));
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 2, 29), 11_016);
        assert_eq!(days_since_1970(2026, 3, 1), 20_513);
        let utc = Value { tag: 0x17, contents: b"700101000001Z", whole: b"" };
        assert_eq!(time(utc), Some(1));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read(input: Vec<u8>) {
            if let Some(parsed) = Certificate::parse(&input) {
                parsed.names("x");
                parsed.end_point_hash(&input);
            }
        }
    }
}
