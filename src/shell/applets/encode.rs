//! `base64`

use super::filter::{Complaint, Reader, put, start};
use super::lines::{copy, options};
use super::{Call, Outcome};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[derive(Debug, Clone)]
struct Base64 {
    decode: bool,
    wrap: usize,
    held: Vec<u8>,
    bad: bool,
}

impl Reader for Base64 {
    fn bytes(&mut self, bytes: &[u8], _: &mut Vec<u8>) -> bool {
        self.held.extend_from_slice(bytes);
        true
    }

    fn line(&mut self, _: &[u8], _: bool, _: &mut Vec<u8>) -> bool {
        true
    }

    fn end(&mut self, out: &mut Vec<u8>) -> i32 {
        if !self.decode {
            let mut text = Vec::new();
            for chunk in self.held.chunks(3) {
                let word =
                    chunk.iter().chain(&[0, 0]).take(3).fold(0u32, |word, c| word << 8 | u32::from(*c));
                for place in 0..4 {
                    let c = ALPHABET[(word >> (18 - 6 * place) & 63) as usize];
                    text.push(if place <= chunk.len() { c } else { b'=' });
                }
            }
            let wrap = if self.wrap == 0 { text.len().max(1) } else { self.wrap };
            for line in text.chunks(wrap) {
                put(line, self.wrap > 0, out);
            }
            return 0;
        }
        let (mut word, mut bits) = (0u32, 0);
        for c in self.held.iter().filter(|c| !c.is_ascii_whitespace() && **c != b'=') {
            let Some(value) = ALPHABET.iter().position(|known| known == c) else {
                self.bad = true;
                break;
            };
            word = word << 6 | value as u32;
            bits += 6;
            if bits >= 8 {
                bits -= 8;
                out.push((word >> bits) as u8);
            }
        }
        i32::from(self.bad)
    }

    fn complaint(&self) -> &'static str {
        if self.bad { "base64: invalid input\n" } else { "" }
    }

    fn measure(&self) -> usize {
        self.held.len() * 2
    }

    copy!();
}

pub(super) fn base64(call: &mut Call) -> Outcome {
    let args: Vec<String> = call
        .strings()
        .into_iter()
        .map(|arg| if arg == "--decode" { String::from("-d") } else { arg })
        .collect();
    let (flags, files) = options(&args, "w");
    let decode = flags.iter().any(|(flag, _)| *flag == 'd' || *flag == 'D');
    let wrap = flags.iter().find(|(flag, _)| *flag == 'w').and_then(|(_, n)| n.parse().ok()).unwrap_or(76);
    start(call, &files, Box::new(Base64 { decode, wrap, held: Vec::new(), bad: false }), Complaint::Plain)
}
