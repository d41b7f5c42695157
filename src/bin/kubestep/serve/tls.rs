//! TLS with a certificate of one's own, made when the server starts: the kubeconfig tells clients to trust it.

use std::net::IpAddr;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The server's end of TLS.
pub struct Tls {
    /// Takes over a connection.
    pub acceptor: TlsAcceptor,
    /// The certificate in PEM.
    pub pem: String,
}

/// Makes a certificate for an address, and for this machine.
pub fn tls(address: IpAddr) -> Result<Tls, String> {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), address.to_string()];
    let made = rcgen::generate_simple_self_signed(names).map_err(|e| e.to_string())?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(str::to_owned)?;
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .map_err(|e| e.to_string())?;
    Ok(Tls { acceptor: TlsAcceptor::from(Arc::new(config)), pem: made.cert.pem() })
}
