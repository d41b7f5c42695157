//! [`Source`]: the ConfigMaps and Secrets that a pod's containers ask for, read once a sync.

use crate::api::{Request, kinds};
use crate::client::Context;
use crate::collections::Map;
use crate::json::{Json, Str};

/// Reads from the API server, in the pod's namespace.
pub struct Source<'a, 'b> {
    cx: &'a mut Context<'b>,
    namespace: Str,
    agent: Str,
    read: Map<(bool, String), Result<Json, String>>,
}

impl<'a, 'b> Source<'a, 'b> {
    /// For a pod's namespace.
    pub fn new(cx: &'a mut Context<'b>, namespace: &str, agent: &Str) -> Source<'a, 'b> {
        Source { cx, namespace: namespace.into(), agent: agent.clone(), read: Map::new() }
    }

    /// The namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// A Secret or ConfigMap. An error is upstream's sentence.
    pub fn get(&mut self, secret: bool, name: &str) -> Result<Json, String> {
        let kind = if secret { kinds::SECRETS } else { kinds::CONFIGMAPS };
        let Source { cx, namespace, agent, read } = self;
        let key = (secret, name.to_owned());
        if let Some(found) = read.get(&key) {
            return found.clone();
        }
        let request = Request::get(kind, namespace.clone(), name).by(&*agent);
        let word = if secret { "secret" } else { "configmap" };
        let found = cx.api.call(request).map(|r| r.body).map_err(|status| match status.is_not_found() {
            true => format!("{word} \"{name}\" not found"),
            false => status.message.to_string(),
        });
        read.insert(key, found.clone());
        found
    }

    /// Its keys and contents, in key order.
    pub fn entries(&self, secret: bool, object: &Json) -> Vec<(String, Vec<u8>)> {
        let encoded = |value: &Json| decode_base64(value.str()).unwrap_or_default();
        let mut all: Map<String, Vec<u8>> = Map::new();
        for (key, value) in object["data"].entries() {
            let bytes = if secret { encoded(value) } else { value.str().as_bytes().to_vec() };
            all.insert(key.to_string(), bytes);
        }
        for (key, value) in object["binaryData"].entries() {
            all.insert(key.to_string(), encoded(value));
        }
        all.into_iter().collect()
    }
}

/// Decodes standard base64; `None` where it is none.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace()).take_while(|b| *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::decode_base64;

    #[test]
    fn decodes_base64() {
        assert_eq!(decode_base64("aGVsbG8=").as_deref(), Some(b"hello".as_slice()));
        assert_eq!(decode_base64("/+8=").as_deref(), Some([0xff, 0xef].as_slice()));
        assert_eq!(decode_base64("a*b"), None);
    }
}
