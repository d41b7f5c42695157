//! Compressed answers, for clients that ask for them (RFC 1952).

/// Shorter answers are sent as they are (`defaultGzipThresholdBytes`).
pub const THRESHOLD: usize = 128 << 10;
/// Fast rather than small (`defaultGzipContentEncodingLevel`).
const LEVEL: u8 = 1;

/// Whether `Accept-Encoding` names gzip.
pub fn accepted(header: &str) -> bool {
    header.split(',').any(|word| {
        let mut parts = word.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.all(|part| part != "q=0")
    })
}

/// The bytes as a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];
    out.extend(miniz_oxide::deflate::compress_to_vec(bytes, LEVEL));
    out.extend(crc32(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(u32::MAX, step)
}
