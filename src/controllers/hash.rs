//! The hash that names a template's ReplicaSet or ControllerRevision and labels its pods (`controller.ComputeHash`).
//!
//! Upstream hashes Go's printed form of the template, here it is its JSON: the hashes look alike and differ.

use crate::json::Json;

/// The letters of generated names: no vowels, so that no words come out (`rand.SafeEncodeString`).
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// The hash of a pod template. Another collision count gives another hash.
pub fn of_template(template: &Json, collisions: Option<i32>) -> String {
    let mut hash: u32 = 2_166_136_261;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(16_777_619);
        }
    };
    add(template.to_string().as_bytes());
    if let Some(count) = collisions {
        add(&count.to_le_bytes());
        add(&[0; 4]);
    }
    hash.to_string().bytes().map(|digit| char::from(ALPHABET[usize::from(digit) % ALPHABET.len()])).collect()
}
