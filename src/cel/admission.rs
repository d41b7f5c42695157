//! What expressions of policies and webhooks may name, and the types of that (`admission/plugin/cel/compile.go`).

use super::{AUTHORIZER, Program, RESOURCE, Type};
use crate::json;
use crate::json::{Json, Str};
use std::sync::Arc;

/// What a kind of expression may name.
#[derive(Clone)]
pub struct Names {
    /// What `object` and `oldObject` hold.
    pub object: Type,
    /// What `params` holds, where the policy has a kind of parameters.
    pub params: Option<Type>,
    /// `authorizer`
    pub authorizer: bool,
    /// `variables`, with what each holds.
    pub variables: Option<Vec<(Str, Type)>>,
    /// `Object{…}` and `JSONPatch{…}` can be made.
    pub patches: bool,
}

impl Default for Names {
    fn default() -> Names {
        Names { object: Type::Dyn, params: None, authorizer: false, variables: None, patches: false }
    }
}

/// Compiles an expression, which must give one of the types; the error is upstream's.
pub fn compile(expression: &str, names: &Names, results: &[Type]) -> Result<Program, String> {
    let mut types = vec![
        ("object", names.object.clone()),
        ("oldObject", names.object.clone()),
        ("namespaceObject", Type::Object(namespace_type())),
        ("request", Type::Object(request_type())),
    ];
    if let Some(params) = &names.params {
        types.push(("params", params.clone()));
    }
    if names.authorizer {
        types.push(("authorizer", Type::Opaque(AUTHORIZER)));
        types.push(("authorizer.requestResource", Type::Opaque(RESOURCE)));
    }
    if let Some(variables) = &names.variables {
        types.push(("variables", Type::Variables(Arc::new(variables.clone()))));
    }
    if names.patches {
        types.push(("Object", Type::Type(Box::new(Type::Message("Object".into())))));
    }
    let program = Program::compile(expression, &types).map_err(|why| format!("compilation failed: {why}"))?;
    let found = program.result();
    if results.is_empty() || results.contains(found) {
        return Ok(program);
    }
    Err(match results {
        [one] => format!("must evaluate to {one} but got {}", found.declared()),
        all => {
            let all: Vec<String> = all.iter().map(Type::declared).collect();
            format!("must evaluate to one of [{}] but got {}", all.join(" "), found.declared())
        }
    })
}

fn object(name: &str, fields: &[(&str, Json)]) -> Json {
    let mut properties = Json::object();
    for (key, schema) in fields {
        properties.set((*key).to_string(), schema);
    }
    json!({ "type": "object", "x-name": name, "properties": properties })
}

/// `request` (`BuildRequestType`).
pub fn request_type() -> Json {
    let (text, flag) = (json!({ "type": "string" }), json!({ "type": "boolean" }));
    let texts = json!({ "type": "array", "items": &text });
    let kind = |name: &str, last: &str| {
        let version = [("group", text.clone()), ("version", text.clone()), (last, text.clone())];
        object(name, &version)
    };
    let user = object(
        "kubernetes.UserInfo",
        &[
            ("username", text.clone()),
            ("uid", text.clone()),
            ("groups", texts.clone()),
            ("extra", json!({ "type": "object", "additionalProperties": texts })),
        ],
    );
    let (gvk, gvr) =
        (kind("kubernetes.GroupVersionKind", "kind"), kind("kubernetes.GroupVersionResource", "resource"));
    object(
        "kubernetes.AdmissionRequest",
        &[
            ("kind", gvk.clone()),
            ("resource", gvr.clone()),
            ("subResource", text.clone()),
            ("requestKind", gvk),
            ("requestResource", gvr),
            ("requestSubResource", text.clone()),
            ("name", text.clone()),
            ("namespace", text.clone()),
            ("operation", text),
            ("userInfo", user),
            ("dryRun", flag),
            ("options", json!({ "x-kubernetes-int-or-string": true })),
        ],
    )
}

/// `namespaceObject` (`BuildNamespaceType`).
pub fn namespace_type() -> Json {
    let (text, number) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    let time = json!({ "type": "string", "format": "date-time" });
    let texts = json!({ "type": "array", "items": &text });
    let map = json!({ "type": "object", "additionalProperties": &text });
    let condition = object(
        "kubernetes.NamespaceCondition",
        &[
            ("status", text.clone()),
            ("type", text.clone()),
            ("lastTransitionTime", time.clone()),
            ("message", text.clone()),
            ("reason", text.clone()),
        ],
    );
    let metadata = object(
        "kubernetes.NamespaceMetadata",
        &[
            ("name", text.clone()),
            ("generateName", text.clone()),
            ("namespace", text.clone()),
            ("labels", map.clone()),
            ("annotations", map),
            ("UID", text.clone()),
            ("creationTimestamp", time.clone()),
            ("deletionGracePeriodSeconds", number.clone()),
            ("deletionTimestamp", time),
            ("generation", number),
            ("resourceVersion", text.clone()),
            ("finalizers", texts.clone()),
        ],
    );
    let status = object(
        "kubernetes.NamespaceStatus",
        &[("conditions", json!({ "type": "array", "items": condition })), ("phase", text)],
    );
    let spec = object("kubernetes.NamespaceSpec", &[("finalizers", texts)]);
    object("kubernetes.Namespace", &[("metadata", metadata), ("spec", spec), ("status", status)])
}
