//! Backslash escapes of `echo -e`, `printf` and `$'…'`.

/// Resolves the escapes in `text`. The second value is true if `\c` was met, after which nothing is printed.
pub(super) fn unescape(text: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        at += 1;
        if c != b'\\' || at >= text.len() {
            out.push(c);
            continue;
        }
        let c = text[at];
        at += 1;
        match c {
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'e' => out.push(27),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'\\' | b'\'' | b'"' => out.push(c),
            b'c' => return (out, true),
            b'x' => {
                let (value, length) = digits(&text[at..], 16, 2);
                if length == 0 {
                    out.extend_from_slice(b"\\x");
                } else {
                    out.push(value as u8);
                }
                at += length;
            }
            b'0'..=b'7' => {
                // `echo` writes `\0123`, the others `\123`.
                let skip = usize::from(c != b'0');
                let (value, length) = digits(&text[at - skip..], 8, 3);
                out.push(value as u8);
                at += length - skip;
            }
            _ => out.extend_from_slice(&[b'\\', c]),
        }
    }
    (out, false)
}

fn digits(text: &[u8], base: u32, most: usize) -> (u32, usize) {
    let mut value = 0;
    let mut length = 0;
    while length < most
        && let Some(digit) = text.get(length).and_then(|c| char::from(*c).to_digit(base))
    {
        value = value * base + digit;
        length += 1;
    }
    (value, length)
}
