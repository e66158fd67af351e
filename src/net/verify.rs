//! Checking the server's certificate as `sslmode` says.
//!
//! Three degrees, as libpq has them: not at all, the chain of trust, the chain and the host name. Whatever the degree, the
//! handshake must be signed with the certificate's key, or channel binding would bind to nothing.
use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor,
    },
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::certificate::Certificate;

/// Whom we trust to vouch for a server.
#[derive(Debug)]
pub(super) struct Roots {
    /// As webpki wants them.
    pub(super) store: RootCertStore,
    /// As they came, for certificates that webpki cannot check.
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

/// The verifier of one connection.
#[derive(Debug)]
pub(super) struct Verifier {
    /// `None`: any certificate will do.
    pub(super) roots: Option<Roots>,
    /// `None`: any name will do.
    pub(super) host: Option<String>,
    /// For signatures.
    pub(super) provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn algorithms(&self) -> &WebPkiSupportedAlgorithms {
        &self.provider.signature_verification_algorithms
    }

    /// webpki for what it can check; on our own only what it refuses although libpq accepts it: a root that is itself the
    /// server's certificate, and a certificate of version 1 signed by a root.
    fn check_chain(
        &self,
        roots: &Roots,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let leaf = read(end_entity)?;
        if roots.certificates.iter().any(|root| root.as_ref() == end_entity.as_ref()) {
            return check_dates(&leaf, now);
        }
        if leaf.is_version_1() {
            check_dates(&leaf, now)?;
            let signed = roots.certificates.iter().any(|root| self.is_signed_by(&leaf, root, now));
            return if signed { Ok(()) } else { Err(CertificateError::UnknownIssuer.into()) };
        }
        let parsed = ParsedCertificate::try_from(end_entity)?;
        verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &roots.store,
            intermediates,
            now,
            self.algorithms().all,
        )
    }

    fn is_signed_by(&self, leaf: &Certificate<'_>, root: &CertificateDer<'_>, now: UnixTime) -> bool {
        let Some(root) = Certificate::parse(root) else { return false };
        root.subject == leaf.issuer
            && root.is_valid_at(now.as_secs())
            && self
                .algorithms()
                .all
                .iter()
                .filter(|algorithm| algorithm.signature_alg_id().as_ref() == leaf.signature_algorithm)
                .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == root.key_algorithm)
                .any(|algorithm| algorithm.verify_signature(root.key, leaf.signed, leaf.signature).is_ok())
    }

    /// The signature of the handshake by a key that stands in a certificate of version 1.
    fn check_by_key(
        &self,
        message: &[u8],
        leaf: &Certificate<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let candidates = self.algorithms().mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme);
        candidates
            .flat_map(|(_, algorithms)| algorithms.iter())
            .filter(|algorithm| algorithm.public_key_alg_id().as_ref() == leaf.key_algorithm)
            .any(|algorithm| algorithm.verify_signature(leaf.key, message, signed.signature()).is_ok())
            .then(HandshakeSignatureValid::assertion)
            .ok_or_else(|| CertificateError::BadSignature.into())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(roots) = &self.roots {
            self.check_chain(roots, end_entity, intermediates, now)?;
        }
        match &self.host {
            Some(host) if !read(end_entity)?.names(host) => Err(CertificateError::NotValidForName.into()),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match read(cert)? {
            leaf if leaf.is_version_1() => self.check_by_key(message, &leaf, dss),
            _ => verify_tls12_signature(message, cert, dss, self.algorithms()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match read(cert)? {
            leaf if leaf.is_version_1() => self.check_by_key(message, &leaf, dss),
            _ => verify_tls13_signature(message, cert, dss, self.algorithms()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms().supported_schemes()
    }
}

fn read<'a>(certificate: &'a CertificateDer<'_>) -> Result<Certificate<'a>, Error> {
    Certificate::parse(certificate).ok_or_else(|| CertificateError::BadEncoding.into())
}

fn check_dates(certificate: &Certificate<'_>, now: UnixTime) -> Result<(), Error> {
    if certificate.is_valid_at(now.as_secs()) { Ok(()) } else { Err(CertificateError::Expired.into()) }
}
