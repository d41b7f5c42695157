//! `authorizer`: may somebody do something (`library/authz.go`)? What is asked is put together link by link, as data; whom to ask
//! the evaluator knows.

use super::eval::Evaluated;
use super::value::Value;
use crate::json;
use crate::json::{Json, Str};

/// `authorizer`
pub const AUTHORIZER: &str = "kubernetes.authorization.Authorizer";
pub const PATH: &str = "kubernetes.authorization.PathCheck";
pub const GROUP: &str = "kubernetes.authorization.GroupCheck";
/// A question about a resource, as `authorizer.requestResource` is one.
pub const RESOURCE: &str = "kubernetes.authorization.ResourceCheck";
pub const DECISION: &str = "kubernetes.authorization.Decision";

/// Calls a function; none where it is none of these.
pub fn call(name: &str, args: &[Value]) -> Option<Evaluated> {
    let (Value::Opaque(kind, asked), rest) = args.split_first()? else { return None };
    let text = |value: &Value| value.as_str().map(Str::from);
    let with = |kind: &'static str, key: &str, value: Str| {
        let mut asked = asked.clone();
        asked.set(key.to_string(), value);
        Some(Ok(Value::Opaque(kind, asked)))
    };
    let empty = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    match (*kind, name, rest) {
        (AUTHORIZER, "path", [path]) if empty(path) => Some(Err("path must not be empty".into())),
        (AUTHORIZER, "path", [path]) => with(PATH, "path", text(path)?),
        (AUTHORIZER, "group", [group]) => with(GROUP, "group", text(group)?),
        (AUTHORIZER, "serviceAccount", [namespace, name]) => {
            let (namespace, name) = (text(namespace)?, text(name)?);
            let asked = json!({
                "username": format!("system:serviceaccount:{namespace}:{name}"),
                "groups": [
                    "system:serviceaccounts", format!("system:serviceaccounts:{namespace}"), "system:authenticated",
                ],
            });
            Some(Ok(Value::Opaque(AUTHORIZER, json!({ "user": asked }))))
        }
        (GROUP, "resource", [resource]) if empty(resource) => Some(Err("resource must not be empty".into())),
        (GROUP, "resource", [resource]) => with(RESOURCE, "resource", text(resource)?),
        (RESOURCE, "subresource" | "namespace" | "name" | "fieldSelector" | "labelSelector", [value]) => {
            with(RESOURCE, name, text(value)?)
        }
        (DECISION, "allowed", []) => Some(Ok(Value::Bool(asked["allowed"].as_bool() == Some(true)))),
        (DECISION, "errored", []) => Some(Ok(Value::Bool(!asked["error"].is_empty()))),
        (DECISION, "reason" | "error", []) => Some(Ok(Value::Str(asked[name].str().into()))),
        _ => None,
    }
}

/// The question behind `check(verb)`; none where the value is no question.
pub fn question(value: &Value, verb: &Value) -> Option<Json> {
    let Value::Opaque(PATH | RESOURCE, asked) = value else { return None };
    let mut asked = asked.clone();
    asked.set("verb", verb.as_str()?);
    Some(asked)
}
