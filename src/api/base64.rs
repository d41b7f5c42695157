//! Base64 with padding, as Go's `encoding/base64.StdEncoding` reads and writes it.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The offset of the first byte that is not base64; `None` where the text is fine.
pub fn invalid(text: &str) -> Option<usize> {
    decode(text).err()
}

/// The bytes; the error is the offset of the first bad byte.
pub fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut count, mut padding) = (0u32, 0, 0);
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'\n' || byte == b'\r' {
            continue;
        }
        if byte == b'=' {
            padding += 1;
            if count < 2 || count + padding > 4 {
                return Err(at);
            }
            continue;
        }
        let value = LETTERS.iter().position(|l| *l == byte).filter(|_| padding == 0).ok_or(at)?;
        group = group << 6 | value as u32;
        count += 1;
        if count == 4 {
            out.extend([(group >> 16) as u8, (group >> 8) as u8, group as u8]);
            (group, count) = (0, 0);
        }
    }
    match (count, padding) {
        (0, 0) => {}
        (2, 2) => out.push((group >> 4) as u8),
        (3, 1) => out.extend([(group >> 10) as u8, (group >> 2) as u8]),
        _ => return Err(text.len().saturating_sub(count)),
    }
    Ok(out)
}

/// The bytes of what URLs carry: without padding, and with `-` and `_`.
pub fn decode_url(text: &str) -> Option<Vec<u8>> {
    let mut padded = text.replace('-', "+").replace('_', "/");
    while !padded.len().is_multiple_of(4) {
        padded.push('=');
    }
    decode(&padded).ok()
}

/// The text of bytes.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |g, b| g << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            if i <= chunk.len() {
                out.push(LETTERS[(group >> (18 - 6 * i)) as usize & 63] as char);
            } else {
                out.push('=');
            }
        }
    }
    out
}
