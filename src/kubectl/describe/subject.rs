//! The subject of a certificate signing request: PKCS #10 in PEM in base64, read only as far as that (RFC 2986).

use crate::api::base64;

/// A part of DER: its tag and what it holds; and what follows it.
fn part(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        length = 0;
        for _ in 0..first & 0x7f {
            let (&byte, after) = rest.split_first()?;
            length = length.checked_mul(256)?.checked_add(usize::from(byte))?;
            rest = after;
        }
    }
    (length <= rest.len()).then(|| (tag, &rest[..length], &rest[length..]))
}

/// The parts that stand in one.
fn parts(mut der: &[u8]) -> Vec<(u8, &[u8])> {
    let mut out = Vec::new();
    while let Some((tag, inside, rest)) = part(der) {
        out.push((tag, inside));
        der = rest;
    }
    out
}

/// The attributes of the subject, by their object identifiers; none where it cannot be read.
pub(super) fn of_request(request: &str) -> Vec<(Vec<u8>, String)> {
    attributes(request).unwrap_or_default()
}

fn attributes(request: &str) -> Option<Vec<(Vec<u8>, String)>> {
    let pem = String::from_utf8(base64::decode(request).ok()?).ok()?;
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    let der = base64::decode(&body).ok()?;
    let (_, request, _) = part(&der)?;
    // The request's own part: version, subject, key, attributes.
    let (_, info, _) = part(request)?;
    let (_, subject) = *parts(info).get(1)?;
    let mut out = Vec::new();
    for (_, set) in parts(subject) {
        for (_, attribute) in parts(set) {
            if let [(_, oid), (_, value), ..] = parts(attribute).as_slice() {
                out.push((oid.to_vec(), String::from_utf8_lossy(value).into_owned()));
            }
        }
    }
    Some(out)
}
