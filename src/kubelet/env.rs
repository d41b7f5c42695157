//! The environment of a container: literals, fields, resources, ConfigMaps and Secrets; and `$(NAME)` in commands.
//!
//! Upstream: `makeEnvironmentVariables` in `pkg/kubelet/kubelet_pods.go`, `third_party/forked/golang/expansion`.

use super::node::NodeConfig;
use super::object_cache::{Kind, Source, data};
use crate::api::quantity::Quantity;
use crate::json::Json;

/// The variables in the order of the spec, later ones winning; after them what the cluster gives every container of the
/// pod (`given`), which the container's own may use and replace. An error is what `CreateContainerConfigError` says.
pub fn make(
    source: &mut Source,
    pod: &Json,
    container: &Json,
    node: &NodeConfig,
    ip: &str,
    given: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, String> {
    let last = given.len();
    let mut env = given;
    for from in container["envFrom"].items() {
        let prefix = from["prefix"].str();
        for (field, kind) in [("configMapRef", Kind::ConfigMap), ("secretRef", Kind::Secret)] {
            let reference = &from[field];
            if reference.is_null() {
                continue;
            }
            let optional = reference["optional"].as_bool() == Some(true);
            let object = match source.get(kind, reference["name"].str()) {
                Ok(object) => object,
                Err(_) if optional => continue,
                Err(message) => return Err(message),
            };
            for (key, value) in data(kind, &object) {
                set(&mut env, &format!("{prefix}{key}"), String::from_utf8_lossy(&value).into_owned());
            }
        }
    }
    for variable in container["env"].items() {
        let name = variable["name"].str();
        let value = match &variable["valueFrom"] {
            from if from.is_null() => Some(expand(variable["value"].str(), &env)),
            from if !from["fieldRef"].is_null() => {
                Some(field(pod, from["fieldRef"]["fieldPath"].str(), node, ip)?)
            }
            from if !from["resourceFieldRef"].is_null() => {
                Some(resource(pod, container, &from["resourceFieldRef"], node)?)
            }
            from => key_of(source, from)?,
        };
        if let Some(value) = value {
            set(&mut env, name, value);
        }
    }
    // What was given stood first, so that all could use it.
    env.rotate_left(last);
    Ok(env)
}

fn set(env: &mut Vec<(String, String)>, name: &str, value: String) {
    match env.iter_mut().find(|(n, _)| n == name) {
        Some(known) => known.1 = value,
        None => env.push((name.to_owned(), value)),
    }
}

/// The value of `configMapKeyRef` or `secretKeyRef`; `None`: it is absent and may be.
fn key_of(source: &mut Source, from: &Json) -> Result<Option<String>, String> {
    let (kind, reference) = match &from["configMapKeyRef"] {
        map if map.is_null() => (Kind::Secret, &from["secretKeyRef"]),
        map => (Kind::ConfigMap, map),
    };
    let optional = reference["optional"].as_bool() == Some(true);
    let (name, key) = (reference["name"].str(), reference["key"].str());
    let object = match source.get(kind, name) {
        Ok(object) => object,
        Err(_) if optional => return Ok(None),
        Err(message) => return Err(message),
    };
    match data(kind, &object).remove(key) {
        Some(value) => Ok(Some(String::from_utf8_lossy(&value).into_owned())),
        None if optional => Ok(None),
        None => {
            let word = if kind == Kind::Secret { "Secret" } else { "ConfigMap" };
            Err(format!("couldn't find key {key} in {word} {}/{name}", source.namespace()))
        }
    }
}

/// A field of the pod, as the downward API gives it.
pub fn field(pod: &Json, path: &str, node: &NodeConfig, ip: &str) -> Result<String, String> {
    let meta = &pod["metadata"];
    let subscript = |map: &str| path.strip_prefix(map)?.strip_prefix("['")?.strip_suffix("']");
    if let Some(key) = subscript("metadata.labels") {
        return Ok(meta["labels"][key].str().to_owned());
    }
    if let Some(key) = subscript("metadata.annotations") {
        return Ok(meta["annotations"][key].str().to_owned());
    }
    let map = |key: &str| {
        let lines = meta[key].entries().iter().map(|(k, v)| format!("{k}={:?}", v.str()));
        lines.collect::<Vec<_>>().join("\n")
    };
    Ok(match path {
        "metadata.name" => meta["name"].str().to_owned(),
        "metadata.namespace" => meta["namespace"].str().to_owned(),
        "metadata.uid" => meta["uid"].str().to_owned(),
        "metadata.labels" => map("labels"),
        "metadata.annotations" => map("annotations"),
        "spec.nodeName" => node.name.to_string(),
        "spec.serviceAccountName" => pod["spec"]["serviceAccountName"].str().to_owned(),
        "status.hostIP" | "status.hostIPs" => node.address(),
        "status.podIP" | "status.podIPs" => ip.to_owned(),
        _ => return Err(format!("unsupported fieldPath: {path}")),
    })
}

/// A container's request or limit, in units of the divisor, rounded up.
pub fn resource(pod: &Json, container: &Json, reference: &Json, node: &NodeConfig) -> Result<String, String> {
    let named = reference["containerName"].str();
    let all = ["containers", "initContainers"].into_iter().flat_map(|k| pod["spec"][k].items());
    let container = match named {
        "" => container,
        _ => all
            .into_iter()
            .find(|c| c["name"].str() == named)
            .ok_or(format!("container {named} not found"))?,
    };
    let path = reference["resource"].str();
    let (kind, name) =
        path.split_once('.').ok_or_else(|| format!("unsupported container resource : {path}"))?;
    // Without a limit the node is the limit.
    let offered = match (kind, name) {
        ("limits", "cpu") => node.cpu.to_string().into(),
        ("limits", "memory") => node.memory.to_string().into(),
        _ => Json::Null,
    };
    let own = &container["resources"][kind][name];
    Ok(Quantity::in_units_of(if own.is_null() { &offered } else { own }, &reference["divisor"]))
}

/// Replaces `$(NAME)` by the variable's value where there is one; `$$` is a dollar sign.
pub fn expand(text: &str, env: &[(String, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            match env.iter().find(|(n, _)| n == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = after;
        } else {
            out.push('$');
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expands_variables() {
        let env = [("A".to_owned(), "one".to_owned()), ("B".to_owned(), "$(A)".to_owned())];
        let cases = [
            ("$(A)-world", "one-world"),
            ("$$(A)", "$(A)"),
            ("$(NOPE)", "$(NOPE)"),
            ("$(B)", "$(A)"),
            ("cost: $5", "cost: $5"),
            ("$(A", "$(A"),
            ("100$", "100$"),
        ];
        for (text, expected) in cases {
            assert_eq!(expand(text, &env), expected, "{text}");
        }
    }
}
