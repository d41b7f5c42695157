//! ConfigMaps and Secrets.

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::api::{base64, key_pair};
use crate::apiserver::validation::names;
use crate::json::{Json, Str};

const SIZE_LIMIT: usize = 1024 * 1024;

/// The strategy of ConfigMaps.
pub static CONFIG_MAP: Strategy = Strategy {
    validate: |cm, errors| validate_data(cm, &["data", "binaryData"], errors),
    validate_update: |new, old, errors| {
        immutable(new, old, &["data", "binaryData"], errors);
        validate_data(new, &["data", "binaryData"], errors);
    },
    ..PLAIN
};

/// The strategy of Secrets.
pub static SECRET: Strategy = Strategy {
    selectable: &["type"],
    defaults: |secret| {
        if secret["type"].is_empty() {
            secret.set("type", "Opaque");
        }
        merge_string_data(secret);
    },
    validate: |secret, errors| {
        validate_data(secret, &["data"], errors);
        validate_type(secret, errors);
    },
    validate_update: |new, old, errors| {
        if new["type"] != old["type"] {
            errors.push(Error::invalid(&Path::new("type"), &new["type"], "field is immutable"));
        }
        immutable(new, old, &["data"], errors);
        validate_data(new, &["data"], errors);
        validate_type(new, errors);
    },
    warnings: |secret, _| {
        if secret["type"].str() != "kubernetes.io/tls" {
            return Vec::new();
        }
        let part = |key: &str| base64::decode(secret["data"][key].str()).unwrap_or_default();
        let mismatch = key_pair::check(&part("tls.crt"), &part("tls.key")).err();
        mismatch.into_iter().map(Str::from).collect()
    },
    ..PLAIN
};

/// `stringData` is a convenience for writing: it is merged into `data` and never read back. Upstream does it where a body
/// becomes an object, so whoever writes it owns the `data` (`pkg/apis/core/v1/conversion.go`).
fn merge_string_data(secret: &mut Json) {
    for (key, value) in secret.remove("stringData").unwrap_or_default().entries() {
        let encoded = base64::encode(value.str().as_bytes());
        if !matches!(secret["data"], Json::Object(_)) {
            secret.set("data", Json::object());
        }
        if let Some(data) = secret.get_mut("data") {
            data.set(key.clone(), encoded);
        }
    }
}

fn validate_data(object: &Json, fields: &[&'static str], errors: &mut Vec<Error>) {
    let mut size = 0;
    for field in fields {
        let path = Path::new(field);
        for (key, value) in object[*field].entries() {
            for problem in names::config_key(key) {
                errors.push(Error::invalid(&path.key(key), key, problem));
            }
            if *field == "data" && object["binaryData"].get(key).is_some() {
                let detail = "duplicate of key present in binaryData";
                errors.push(Error::invalid(&path.key(key), key, detail));
            }
            let binary = *field == "binaryData" || fields.len() == 1;
            size += match value.str() {
                text if binary => text.len() / 4 * 3 - text.bytes().rev().take_while(|b| *b == b'=').count(),
                text => text.len(),
            };
        }
    }
    if size > SIZE_LIMIT {
        // A path of no name, which stands for the whole object.
        let path = if fields.len() == 1 { Path::new("data") } else { Path::new("[]") };
        errors.push(Error::too_long(&path, SIZE_LIMIT));
    }
}

fn immutable(new: &Json, old: &Json, fields: &[&'static str], errors: &mut Vec<Error>) {
    if old["immutable"].as_bool() != Some(true) {
        return;
    }
    let detail = "field is immutable when `immutable` is set";
    if new["immutable"].as_bool() != Some(true) {
        errors.push(Error::forbidden(&Path::new("immutable"), detail));
    }
    for field in fields {
        if new[*field] != old[*field] {
            errors.push(Error::forbidden(&Path::new(field), detail));
        }
    }
}

/// The keys that each type of Secret must have.
fn validate_type(secret: &Json, errors: &mut Vec<Error>) {
    let path = Path::new("data");
    let data = &secret["data"];
    let require = |keys: &[&str], errors: &mut Vec<Error>| {
        for key in keys.iter().filter(|k| data.get(k).is_none()) {
            errors.push(Error::required(&path.key(key), ""));
        }
    };
    match secret["type"].str() {
        "kubernetes.io/tls" => require(&["tls.crt", "tls.key"], errors),
        "kubernetes.io/dockerconfigjson" => config_json(data, ".dockerconfigjson", errors),
        "kubernetes.io/dockercfg" => config_json(data, ".dockercfg", errors),
        "kubernetes.io/basic-auth" if data.get("username").is_none() && data.get("password").is_none() => {
            require(&["username", "password"], errors);
        }
        "kubernetes.io/ssh-auth" if data["ssh-privatekey"].is_empty() => {
            errors.push(Error::required(&path.key("ssh-privatekey"), ""));
        }
        "kubernetes.io/service-account-token" => {
            let annotation = "kubernetes.io/service-account.name";
            if secret["metadata"]["annotations"][annotation].is_empty() {
                let path = Path::new("metadata").child("annotations").key(annotation);
                errors.push(Error::required(&path, ""));
            }
        }
        _ => {}
    }
}

fn config_json(data: &Json, key: &str, errors: &mut Vec<Error>) {
    let path = Path::new("data").key(key);
    let Some(value) = data.get(key) else {
        errors.push(Error::required(&path, ""));
        return;
    };
    let bytes = base64::decode(value.str()).unwrap_or_default();
    let why = match crate::json::parse(&String::from_utf8_lossy(&bytes)) {
        Err(why) => why.message,
        Ok(Json::Object(_) | Json::Null) => return,
        Ok(other) => {
            format!(
                "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                other.go_kind()
            )
        }
    };
    errors.push(Error::invalid(&path, "<secret contents redacted>", why));
}
