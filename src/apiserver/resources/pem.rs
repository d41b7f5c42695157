//! A certificate request in its wrapping, as far as the API server reads one when it comes (`pkg/apis/certificates/helpers.go`,
//! Go's `encoding/pem`, `encoding/asn1` and `crypto/x509`): its outer structure, in Go's words. What is signed, and how, nobody
//! looks at.

use crate::api::base64;

const SEQUENCE: u32 = 16;
const INTEGER: u32 = 2;
const BIT_STRING: u32 = 3;
/// `tag:0` of the attributes, of the class of the context.
const ATTRIBUTES: u32 = 0;

/// What is wrong with a certificate request; `None`: nothing.
pub fn request_fault(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    match block(&text) {
        Some(("CERTIFICATE REQUEST", der)) => parsed(&der).err(),
        _ => Some("PEM block type must be CERTIFICATE REQUEST".into()),
    }
}

/// The first block of a text that is whole: its type, and its bytes.
fn block(text: &str) -> Option<(&str, Vec<u8>)> {
    const BEGIN: &str = "-----BEGIN ";
    const DASHES: &str = "-----";
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let line = at == 0 || rest[..at].ends_with('\n');
        rest = &rest[at + BEGIN.len()..];
        let Some((kind, body)) = rest.split_once('\n').filter(|_| line) else { continue };
        let Some(kind) = kind.trim_end().strip_suffix(DASHES) else { continue };
        let Some((body, _)) = body.split_once(&format!("-----END {kind}{DASHES}")) else { continue };
        // Headers end with an empty line.
        let body =
            body.split_once("\n\n").filter(|(head, _)| head.contains(": ")).map_or(body, |(_, body)| body);
        let plain: String = body.chars().filter(|c| !c.is_whitespace()).collect();
        if let Ok(bytes) = base64::decode(&plain) {
            return Some((kind, bytes));
        }
    }
    None
}

/// The head of an element.
struct Head {
    class: u8,
    compound: bool,
    tag: u32,
    length: usize,
    /// Where its content begins.
    start: usize,
}

fn syntax(why: &str) -> String {
    format!("asn1: syntax error: {why}")
}

fn structure(why: &str) -> String {
    format!("asn1: structure error: {why}")
}

fn head(bytes: &[u8], at: usize) -> Result<Head, String> {
    let truncated = || syntax("truncated tag or length");
    let first = *bytes.get(at).ok_or_else(|| syntax("sequence truncated"))?;
    let mut at = at + 1;
    let mut next = || {
        at += 1;
        bytes.get(at - 1).copied().ok_or_else(truncated)
    };
    let mut tag = u32::from(first & 0x1f);
    if tag == 0x1f {
        tag = 0;
        for shifted in 0.. {
            let byte = next().map_err(|_| syntax("truncated base 128 integer"))?;
            if shifted == 0 && byte == 0x80 {
                return Err(syntax("integer is not minimally encoded"));
            }
            if shifted == 4 {
                return Err(structure("base 128 integer too large"));
            }
            tag = tag << 7 | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
        if tag < 0x1f {
            return Err(syntax("non-minimal tag"));
        }
    }
    let byte = next()?;
    let mut length = usize::from(byte & 0x7f);
    if byte & 0x80 != 0 {
        let count = length;
        if count == 0 {
            return Err(syntax("indefinite length found (not DER)"));
        }
        length = 0;
        for _ in 0..count {
            let byte = next()?;
            if length >= 1 << 23 {
                return Err(structure("length too large"));
            }
            length = length << 8 | usize::from(byte);
            if length == 0 {
                return Err(structure("superfluous leading zeros in length"));
            }
        }
        if length < 0x80 {
            return Err(structure("non-minimal length"));
        }
    }
    Ok(Head { class: first >> 6, compound: first & 0x20 != 0, tag, length, start: at })
}

/// An element of a tag: its content, and where the next one begins. `name` is that of the Go type.
fn element<'b>(bytes: &'b [u8], at: usize, wanted: u32, name: &str) -> Result<(&'b [u8], usize), String> {
    let found = head(bytes, at)?;
    let compound = matches!(wanted, SEQUENCE | ATTRIBUTES);
    let class = u8::from(wanted == ATTRIBUTES) * 2;
    if found.tag != wanted || found.class != class || found.compound != compound {
        let Head { class, compound, tag, length, start } = found;
        let shown = if wanted == ATTRIBUTES { "0x0" } else { "<nil>" };
        return Err(structure(&format!(
            "tags don't match ({wanted} vs {{class:{class} tag:{tag} length:{length} isCompound:{compound}}}) {{optional:false explicit:false application:false private:false defaultValue:<nil> tag:{shown} stringType:0 timeType:0 set:false omitEmpty:false}} {name} @{start}"
        )));
    }
    let end = found.start + found.length;
    let content = bytes.get(found.start..end).ok_or_else(|| syntax("data truncated"))?;
    Ok((content, end))
}

/// `x509.ParseCertificateRequest`
fn parsed(der: &[u8]) -> Result<(), String> {
    let (request, end) = element(der, 0, SEQUENCE, "certificateRequest")?;
    let (signed, next) = element(request, 0, SEQUENCE, "tbsCertificateRequest")?;
    let (_, after) = element(signed, 0, INTEGER, "int")?;
    // The subject may be anything.
    let subject = head(signed, after)?;
    let after = subject.start + subject.length;
    if after > signed.len() {
        return Err(syntax("data truncated"));
    }
    let (key, after) = element(signed, after, SEQUENCE, "publicKeyInfo")?;
    let (_, bits) = element(key, 0, SEQUENCE, "AlgorithmIdentifier")?;
    element(key, bits, BIT_STRING, "BitString")?;
    element(signed, after, ATTRIBUTES, "")?;
    let (_, next) = element(request, next, SEQUENCE, "AlgorithmIdentifier")?;
    element(request, next, BIT_STRING, "BitString")?;
    if end < der.len() {
        return Err(syntax("trailing data"));
    }
    Ok(())
}
