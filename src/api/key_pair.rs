//! Whether a certificate and a private key belong together, in the words of Go's `tls.X509KeyPair`.
//!
//! Of the structures only what the question needs is read. An Ed25519 key is taken on trust: its public half would have to be computed.

use super::base64;

/// DER tags.
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[1]` of an EC private key: its public key.
const PUBLIC_PART: u8 = 0xa1;
/// `[0]` of a certificate: its version.
const VERSION: u8 = 0xa0;

/// `rsaEncryption`, `id-ecPublicKey`, `id-Ed25519`.
const ALGORITHMS: [(&[u8], Algorithm); 3] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01], Algorithm::Rsa),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01], Algorithm::Ecdsa),
    (&[0x2b, 0x65, 0x70], Algorithm::Ed25519),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Rsa,
    Ecdsa,
    Ed25519,
}

/// The public half of a key: of RSA the modulus, of ECDSA the point; empty where it is not known.
#[derive(Debug)]
struct Public {
    algorithm: Algorithm,
    value: Vec<u8>,
}

/// Checks a pair in PEM.
pub fn check(certificate: &[u8], key: &[u8]) -> Result<(), String> {
    let (blocks, skipped) = blocks(certificate, |kind| kind == "CERTIFICATE", false);
    let Some(der) = blocks.first() else {
        return Err(match skipped.as_slice() {
            [] => "tls: failed to find any PEM data in certificate input".into(),
            [one] if one.ends_with("PRIVATE KEY") => "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched".into(),
            all => format!(
                "tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the following types: [{}]",
                all.join(" ")
            ),
        });
    };
    let (blocks, skipped) =
        self::blocks(key, |kind| kind == "PRIVATE KEY" || kind.ends_with(" PRIVATE KEY"), true);
    let Some(key) = blocks.first() else {
        return Err(match skipped.as_slice() {
            [] => "tls: failed to find any PEM data in key input".into(),
            [one] if one == "CERTIFICATE" => {
                "tls: found a certificate rather than a key in the PEM for the private key".into()
            }
            all => format!(
                "tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks of the following types: [{}]",
                all.join(" ")
            ),
        });
    };
    let theirs = of_certificate(der).ok_or("x509: malformed certificate")?;
    let ours = of_private_key(key).ok_or("tls: failed to parse private key")?;
    if theirs.algorithm != ours.algorithm {
        return Err("tls: private key type does not match public key type".into());
    }
    if !ours.value.is_empty() && ours.value != theirs.value {
        return Err("tls: private key does not match public key".into());
    }
    Ok(())
}

/// The PEM blocks of the wanted kind, and the kinds of the others; `first`: only up to the first one wanted.
fn blocks(text: &[u8], wanted: fn(&str) -> bool, first: bool) -> (Vec<Vec<u8>>, Vec<String>) {
    let text = String::from_utf8_lossy(text);
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    let mut rest = text.as_ref();
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((kind, body)) = after.split_once("-----") else { break };
        let Some((body, tail)) = body.split_once(&format!("-----END {kind}-----")) else { break };
        rest = tail;
        // Headers (`DEK-Info: …`) stand before an empty line.
        let body = body.trim_start().split_once("\n\n").map_or(body, |(_, data)| data);
        let data: String = body.split_whitespace().collect();
        let Ok(der) = base64::decode(&data) else { continue };
        if wanted(kind) {
            found.push(der);
            if first {
                break;
            }
        } else {
            skipped.push(kind.to_string());
        }
    }
    (found, skipped)
}

/// Takes one value off the front: its tag and its content.
fn take<'a>(der: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&length, mut rest) = rest.split_first()?;
    let mut length = usize::from(length);
    if length > 0x80 {
        let digits = rest.get(..length - 0x80)?;
        rest = &rest[digits.len()..];
        length = digits.iter().try_fold(0usize, |n, b| n.checked_mul(256)?.checked_add(usize::from(*b)))?;
    }
    let content = rest.get(..length)?;
    *der = &rest[length..];
    Some((tag, content))
}

fn take_if<'a>(der: &mut &'a [u8], tag: u8) -> Option<&'a [u8]> {
    let (found, content) = take(der)?;
    (found == tag).then_some(content)
}

fn algorithm(mut sequence: &[u8]) -> Option<Algorithm> {
    let id = take_if(&mut sequence, OBJECT_ID)?;
    ALGORITHMS.iter().find(|(known, _)| *known == id).map(|(_, algorithm)| *algorithm)
}

/// The key that a certificate is about.
fn of_certificate(mut der: &[u8]) -> Option<Public> {
    let mut certificate = take_if(&mut der, SEQUENCE)?;
    let mut body = take_if(&mut certificate, SEQUENCE)?;
    // Serial number (after the version, which may be left out), signature algorithm, issuer, validity, subject.
    if take(&mut body)?.0 == VERSION {
        take(&mut body)?;
    }
    for _ in 0..4 {
        take_if(&mut body, SEQUENCE)?;
    }
    let mut info = take_if(&mut body, SEQUENCE)?;
    let algorithm = algorithm(take_if(&mut info, SEQUENCE)?)?;
    let bits = take_if(&mut info, BIT_STRING)?.get(1..)?;
    Some(Public {
        algorithm,
        value: if algorithm == Algorithm::Rsa { modulus(bits, 0)? } else { bits.into() },
    })
}

/// The number that stands in a sequence after so many others.
fn modulus(mut der: &[u8], skip: usize) -> Option<Vec<u8>> {
    let mut sequence = take_if(&mut der, SEQUENCE)?;
    for _ in 0..skip {
        take_if(&mut sequence, INTEGER)?;
    }
    take_if(&mut sequence, INTEGER).map(<[u8]>::to_vec)
}

/// The public half of a private key: PKCS #1, PKCS #8 or SEC 1, as Go tries them.
fn of_private_key(der: &[u8]) -> Option<Public> {
    let rsa = |der| Some(Public { algorithm: Algorithm::Rsa, value: modulus(der, 1)? });
    let ecdsa = |der| Some(Public { algorithm: Algorithm::Ecdsa, value: point(der)? });
    let mut outer = der;
    let mut sequence = take_if(&mut outer, SEQUENCE)?;
    take_if(&mut sequence, INTEGER)?;
    let mut after = sequence;
    match take(&mut after)? {
        (INTEGER, _) => rsa(der),
        (OCTET_STRING, _) => ecdsa(der),
        (SEQUENCE, kind) => {
            let inner = take_if(&mut after, OCTET_STRING)?;
            match algorithm(kind)? {
                Algorithm::Rsa => rsa(inner),
                Algorithm::Ecdsa => ecdsa(inner),
                Algorithm::Ed25519 => Some(Public { algorithm: Algorithm::Ed25519, value: Vec::new() }),
            }
        }
        _ => None,
    }
}

/// The point of an EC private key, where it has it with it.
fn point(mut der: &[u8]) -> Option<Vec<u8>> {
    let mut sequence = take_if(&mut der, SEQUENCE)?;
    take_if(&mut sequence, INTEGER)?;
    take_if(&mut sequence, OCTET_STRING)?;
    while let Some((tag, mut content)) = take(&mut sequence) {
        if tag == PUBLIC_PART {
            return take_if(&mut content, BIT_STRING)?.get(1..).map(<[u8]>::to_vec);
        }
    }
    Some(Vec::new())
}
