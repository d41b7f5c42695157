//! `/openapi/v2` and `/openapi/v3`: the schema of the API, made of the facts in `schema/` and of what is served.
//!
//! `kubectl` reads of it what `explain` prints, whether the server checks fields itself (a parameter of the paths of `PATCH`), and
//! by which keys lists are merged. Upstream: `kube-openapi/pkg/handler3`, `kubectl/pkg/util/openapi`.

use super::{gnostic, published};
use kubestep::api::{Reason, Resource, ResourceInfo, Served, Status, sha256};
use kubestep::http::{self, Answer, Body, Request};
use kubestep::json;
use kubestep::json::{Json, Str};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// What `/openapi/v2` is called in protobuf. Clients ask for it by an older name, in which `@` stands, and which is no media type.
pub const PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const FACTS: &str = include_str!("../../../../schema/kubernetes-v1.36.json");
/// How a schema names another one.
const V3: &str = "#/components/schemas/";
const V2: &str = "#/definitions/";
/// The forms of patches, by the verb of discovery that stands for all.
const PATCHES: [&str; 4] = [
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
];

/// The documents, each made when it is first asked for. What custom kinds add is made for each answer.
pub struct Documents {
    /// The schema.
    pub facts: Json,
    v2: OnceCell<Json>,
    v3: OnceCell<BTreeMap<String, Text>>,
}

/// A document, and what tells it from others.
#[derive(Clone)]
struct Text {
    text: String,
    hash: String,
}

impl Text {
    fn new(document: &Json) -> Text {
        let text = document.to_string();
        let hash = sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect();
        Text { text, hash }
    }
}

impl Documents {
    /// Reads the facts.
    pub fn new() -> Documents {
        let facts = json::parse(FACTS).expect("the schema's file is JSON");
        Documents { facts, v2: OnceCell::new(), v3: OnceCell::new() }
    }

    /// The answer where the path is one of these documents.
    pub fn answer(&self, request: &Request, served: &Served) -> Option<Answer> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let document = match path.trim_end_matches('/') {
            "/openapi/v2" => Text::new(&self.v2(served)),
            "/openapi/v3" => Text::new(&self.index(served)),
            path => self.of_version(path.strip_prefix("/openapi/v3/")?, served)?,
        };
        let mut headers: Vec<(Str, Str)> = vec![("etag".into(), format!("{:?}", document.hash).into())];
        if let Some(asked) = query.split('&').find_map(|pair| pair.strip_prefix("hash=")) {
            if asked != document.hash {
                // Who knows an older one is sent to this one.
                headers.push(("location".into(), format!("{path}?hash={}", document.hash).into()));
                return Some(Answer { code: 301, headers, body: Body::Text(String::new()) });
            }
            headers.push(("cache-control".into(), "public, immutable".into()));
        }
        let accepted = |clause: &str| {
            matches!(
                clause.split(';').next().unwrap_or("").trim(),
                "" | "application/json" | "application/*" | "*/*"
            )
        };
        if !request.accept.split(',').any(accepted) {
            let message = "only the following media types are accepted: application/json";
            return Some(http::refused(&Status::new(Reason::NotAcceptable, message)));
        }
        headers.push(("content-type".into(), "application/json".into()));
        headers.push(("vary".into(), "Accept".into()));
        Some(Answer { code: 200, headers, body: Body::Text(document.text) })
    }

    /// The answer in protobuf, where the path is the one that has this form too and the client asks for it.
    pub fn protobuf(&self, request: &Request, served: &Served) -> Option<Vec<u8>> {
        let (path, _) = request.target.split_once('?').unwrap_or((&request.target, ""));
        (path == "/openapi/v2" && request.accept.replace("v2@", "v2.").contains(PROTOBUF))
            .then(|| gnostic::encode(&self.v2(served)))
    }

    fn v2(&self, served: &Served) -> Json {
        let mut document = self.v2.get_or_init(|| self.swagger(served)).clone();
        if served.custom.is_empty() {
            return document;
        }
        let (mut paths, mut definitions) = (document["paths"].clone(), document["definitions"].clone());
        for resource in &served.custom {
            published(resource, false, &mut paths, &mut definitions);
        }
        document.set("paths", paths);
        document.set("definitions", definitions);
        document
    }

    fn index(&self, served: &Served) -> Json {
        let mut paths = Json::object();
        let own: BTreeSet<String> = served.custom.iter().map(|resource| base(resource)).collect();
        for version in self.of_versions(served).keys().chain(&own) {
            let hash = self.of_version(version, served).map(|document| document.hash).unwrap_or_default();
            let url = format!("/openapi/v3/{version}?hash={hash}");
            paths.set(version, json!({ "serverRelativeURL": url }));
        }
        json!({ "paths": paths })
    }

    /// The document of a group's version.
    fn of_version(&self, path: &str, served: &Served) -> Option<Text> {
        if let Some(text) = self.of_versions(served).get(path) {
            return Some(text.clone());
        }
        let (mut paths, mut schemas) = (Json::object(), Json::object());
        for resource in served.custom.iter().filter(|resource| base(resource) == path) {
            published(resource, true, &mut paths, &mut schemas);
        }
        if paths.is_empty() {
            return None;
        }
        let mut needed = BTreeSet::new();
        references(&schemas, &mut |name| self.need(name, &mut needed));
        for name in needed {
            schemas.set(name, &self.facts["schemas"][name]);
        }
        Some(Text::new(&json!({
            "openapi": "3.0.0", "info": { "title": "Kubernetes CRD Swagger", "version": "v0.1.0" },
            "paths": paths, "components": { "schemas": schemas },
        })))
    }

    /// The documents of the built-in groups' versions, by their paths (`apis/batch/v1`).
    fn of_versions(&self, served: &Served) -> &BTreeMap<String, Text> {
        self.v3.get_or_init(|| {
            let mut versions: BTreeMap<String, Vec<&'static ResourceInfo>> = BTreeMap::new();
            for resource in served.built_in() {
                versions.entry(base(resource)).or_default().push(resource);
            }
            versions.into_iter().map(|(path, all)| (path, Text::new(&self.document(&all)))).collect()
        })
    }

    fn document(&self, resources: &[&'static ResourceInfo]) -> Json {
        let (mut paths, mut needed) = (Json::object(), BTreeSet::new());
        for resource in resources {
            let Some((name, gvk)) = self.schema_of(resource) else { continue };
            self.need(&name, &mut needed);
            for (path, item) in operations(resource, &name, &gvk, true) {
                paths.set(path, item);
            }
        }
        // A kind is found by its group and version, so those of this version come whole.
        let mut schemas = Json::object();
        for name in needed {
            schemas.set(name, &self.facts["schemas"][name]);
        }
        json!({
            "openapi": "3.0.0", "info": { "title": "Kubernetes", "version": "v1.36.2" },
            "paths": paths, "components": { "schemas": schemas },
        })
    }

    /// Adds a schema and all that it is made of.
    fn need<'s>(&'s self, name: &str, needed: &mut BTreeSet<&'s str>) {
        let Some((name, schema)) = self.facts["schemas"].entries().iter().find(|(key, _)| **key == *name)
        else {
            return;
        };
        if needed.insert(name) {
            references(schema, &mut |other| self.need(other, needed));
        }
    }

    /// The name of a resource's schema, and what it says of group, version and kind.
    fn schema_of(&self, resource: &ResourceInfo) -> Option<(String, Json)> {
        let is_it = |gvk: &&Json| {
            gvk["group"].str() == resource.group
                && gvk["version"].str() == resource.version
                && gvk["kind"].str() == resource.kind
        };
        self.facts["schemas"].entries().iter().find_map(|(name, schema)| {
            let all = schema["x-kubernetes-group-version-kind"].items();
            let gvk = all.iter().find(is_it).filter(|_| all.len() == 1)?;
            Some((name.to_string(), gvk.clone()))
        })
    }

    fn swagger(&self, served: &Served) -> Json {
        let (mut paths, mut definitions) = (Json::object(), Json::object());
        for (name, schema) in self.facts["schemas"].entries() {
            definitions.set(name, swagger(schema));
        }
        for resource in served.built_in() {
            let Some((name, gvk)) = self.schema_of(resource) else { continue };
            for (path, item) in operations(resource, &name, &gvk, false) {
                paths.set(path, item);
            }
        }
        json!({
            "swagger": "2.0", "info": { "title": "Kubernetes", "version": "v1.36.2" },
            "paths": paths, "definitions": definitions,
        })
    }
}

/// Adds the paths and the schemas of a custom resource.
fn published(resource: &Resource, v3: bool, paths: &mut Json, schemas: &mut Json) {
    let kind = resource.kind.as_str();
    let (name, gvk) = (published::name(resource, kind), published::gvk(resource, kind));
    for (path, item) in operations(resource, &name, &gvk, v3) {
        paths.set(path, item);
    }
    for (name, schema) in published::schemas(resource, if v3 { V3 } else { V2 }, !v3) {
        schemas.set(name, schema);
    }
}

/// `api/v1`, `apis/batch/v1`
fn base(resource: &ResourceInfo) -> String {
    let root = if resource.group.is_empty() { "api" } else { "apis" };
    format!("{root}/{}", resource.api_version())
}

/// The paths of a resource with what can be done there, as far as clients look.
fn operations(resource: &ResourceInfo, name: &str, gvk: &Json, v3: bool) -> Vec<(String, Json)> {
    let namespaces = if resource.namespaced { "namespaces/{namespace}/" } else { "" };
    let all = format!("/{}/{namespaces}{}", base(resource), resource.plural);
    let parameter = |name: &str| {
        let mut parameter = json!({ "name": name, "in": "query", "uniqueItems": true });
        if v3 {
            parameter.set("schema", json!({ "type": "string", "uniqueItems": true }));
        } else {
            parameter.set("type", "string");
        }
        parameter
    };
    let schema = json!({ "$ref": format!("{}{name}", if v3 { V3 } else { V2 }) });
    let content = |types: &[&str], schema: &Json| {
        let each = types.iter().map(|media| (Str::from(*media), json!({ "schema": schema })));
        each.fold(Json::object(), |mut content, (media, schema)| {
            content.set(media, schema);
            content
        })
    };
    let operation = |action: &str, body: &[&str]| {
        let mut parameters: Vec<Json> = Vec::new();
        let mut operation = json!({ "x-kubernetes-action": action, "x-kubernetes-group-version-kind": gvk });
        if !body.is_empty() {
            parameters.extend(["dryRun", "fieldManager", "fieldValidation"].map(parameter));
            if v3 {
                operation.set("requestBody", json!({ "content": content(body, &schema), "required": true }));
            } else {
                operation.set("consumes", body.iter().map(|media| Json::from(*media)).collect::<Json>());
                parameters.push(json!({ "name": "body", "in": "body", "required": true, "schema": &schema }));
            }
        }
        let mut answer = json!({ "description": "OK" });
        if v3 {
            answer.set("content", content(&["application/json"], &schema));
        } else {
            answer.set("schema", &schema);
        }
        operation.set("parameters", parameters);
        operation.set("responses", json!({ "200": answer }));
        operation
    };
    let (mut of_all, mut of_one) = (Json::object(), Json::object());
    for verb in resource.verbs {
        match *verb {
            "list" => of_all.set("get", operation("list", &[])),
            "create" => of_all.set("post", operation("post", &["application/json"])),
            "deletecollection" => of_all.set("delete", operation("deletecollection", &[])),
            "get" => of_one.set("get", operation("get", &[])),
            "update" => of_one.set("put", operation("put", &["application/json"])),
            // The keys by which a custom kind's lists are merged are not known to strategic merge.
            "patch" if resource.ty.is_none() => of_one.set("patch", operation("patch", &PATCHES[..3])),
            "patch" => of_one.set("patch", operation("patch", &PATCHES)),
            "delete" => of_one.set("delete", operation("delete", &[])),
            _ => {}
        }
    }
    vec![(format!("{all}/{{name}}"), of_one), (all, of_all)]
}

/// Calls for each schema that a schema names.
fn references(schema: &Json, each: &mut dyn FnMut(&str)) {
    match schema {
        Json::Object(_) => {
            for (key, value) in schema.entries() {
                match value.as_str().and_then(|text| text.strip_prefix(V3)) {
                    Some(name) if *key == *"$ref" => each(name),
                    _ => references(value, each),
                }
            }
        }
        _ => schema.items().iter().for_each(|item| references(item, each)),
    }
}

/// A schema in the words of the older form: what is one reference is nothing besides.
fn swagger(schema: &Json) -> Json {
    match schema {
        Json::Object(_) => {
            if let [only] = schema["allOf"].items()
                && let Some(name) = only["$ref"].str().strip_prefix(V3)
            {
                return json!({ "$ref": format!("{V2}{name}") });
            }
            let mut out = Json::object();
            for (key, value) in schema.entries() {
                match value.as_str().and_then(|text| text.strip_prefix(V3)) {
                    Some(name) if *key == *"$ref" => out.set(key, format!("{V2}{name}")),
                    _ => out.set(key, swagger(value)),
                }
            }
            out
        }
        Json::Array(items) => items.iter().map(swagger).collect(),
        other => other.clone(),
    }
}
