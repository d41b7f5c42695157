//! The OpenAPI facts, read into the shapes that the generators print.

use serde_json::Value;
use std::collections::BTreeMap;

/// All named types, in name order; a type's index is its id in the table.
pub struct Facts {
    pub types: Vec<Type>,
    ids: BTreeMap<String, usize>,
}

pub struct Type {
    /// `batch_v1`, `meta_v1`, …
    pub module: String,
    /// `JobSpec`
    pub name: String,
    pub fields: Vec<Field>,
    /// Types without fields that have a form of their own: `Quantity`, `Time`, …
    pub special: Option<&'static str>,
    pub atomic: bool,
    /// group, version, kind of top-level types
    pub gvk: Vec<(String, String, String)>,
}

pub struct Field {
    pub name: String,
    pub shape: Shape,
    pub required: bool,
    pub default: Option<Value>,
    pub allowed: Vec<String>,
    pub list_type: String,
    pub list_keys: Vec<String>,
    pub merge_key: String,
    pub strategy: String,
    pub atomic_map: bool,
    /// What Go does with a value that is empty: `Plain`, `ZeroOmitted`, `Pointer` or `Null`.
    pub form: &'static str,
    /// The Go type where it has a name: `v1.PullPolicy`.
    pub go: String,
}

#[derive(Clone)]
pub enum Shape {
    Str,
    Bytes,
    Bool,
    Int32,
    Int64,
    Float,
    Ref(usize),
    List(Box<Shape>),
    Map(Box<Shape>),
}

const SPECIAL: &[(&str, &str)] = &[
    ("Quantity", "Quantity"),
    ("MicroTime", "MicroTime"),
    ("Time", "Time"),
    ("IntOrString", "IntOrString"),
    ("FieldsV1", "Any"),
    ("RawExtension", "Any"),
    ("JSON", "Any"),
    ("JSONSchemaPropsOrArray", "Any"),
    ("JSONSchemaPropsOrBool", "Any"),
    ("JSONSchemaPropsOrStringArray", "Any"),
    ("CustomResourceSubresourceStatus", "Any"),
    ("Patch", "Any"),
];

impl Facts {
    pub fn read(file: &Value, go_types: &str) -> Facts {
        let schemas = file["schemas"].as_object().expect("schemas");
        let mut names: Vec<&String> = schemas.keys().collect();
        names.sort();
        let ids = names.iter().enumerate().map(|(i, n)| (n.to_string(), i)).collect();
        let mut facts = Facts { types: Vec::new(), ids };
        for name in names {
            let ty = facts.read_type(name, &schemas[name]);
            facts.types.push(ty);
        }
        facts.read_go(go_types);
        facts
    }

    /// Reads `go-types.txt`: what the Go types say and their OpenAPI does not.
    fn read_go(&mut self, text: &str) {
        for line in text.lines() {
            let (name, fields) = line.split_once(": ").expect("a type and its fields");
            let [group, version, name] = name.split('.').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let module = format!("{group}_{version}");
            let ty = self.types.iter_mut().find(|t| t.module == module && t.name == name).expect(line);
            for field in fields.split(", ") {
                let mut words = field.split(' ');
                let (name, form) = (words.next().expect(line), words.next().expect(line));
                // The list of facts is of a later version, too.
                let Some(field) = ty.fields.iter_mut().find(|f| f.name == name) else { continue };
                field.form = match form {
                    "z" => "ZeroOmitted",
                    "p" => "Pointer",
                    "n" => "Null",
                    _ => "Plain",
                };
                field.go = words.next().unwrap_or("").into();
            }
        }
    }

    fn read_type(&self, full: &str, schema: &Value) -> Type {
        let parts: Vec<&str> = full.split('.').collect();
        let name = parts[parts.len() - 1].to_string();
        let required: Vec<&str> = strings(&schema["required"]);
        let mut fields: Vec<Field> = schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(field, prop)| Field {
                name: field.clone(),
                shape: self.shape(prop),
                required: required.contains(&field.as_str()),
                default: prop.get("default").cloned(),
                allowed: strings(&prop["enum"]).into_iter().map(String::from).collect(),
                list_type: prop["x-kubernetes-list-type"].as_str().unwrap_or("").into(),
                list_keys: strings(&prop["x-kubernetes-list-map-keys"])
                    .into_iter()
                    .map(String::from)
                    .collect(),
                merge_key: prop["x-kubernetes-patch-merge-key"].as_str().unwrap_or("").into(),
                strategy: prop["x-kubernetes-patch-strategy"].as_str().unwrap_or("").into(),
                atomic_map: prop["x-kubernetes-map-type"] == "atomic",
                form: "Plain",
                go: String::new(),
            })
            .collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        let special =
            fields.is_empty().then(|| SPECIAL.iter().find(|(n, _)| *n == name).map(|(_, s)| *s)).flatten();
        let text = |v: &Value| v.as_str().unwrap_or("").to_string();
        Type {
            module: format!("{}_{}", parts[parts.len() - 3], parts[parts.len() - 2])
                .replace("pkg_runtime", "runtime"),
            name,
            fields,
            special,
            atomic: schema["x-kubernetes-map-type"] == "atomic",
            gvk: schema["x-kubernetes-group-version-kind"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|g| (text(&g["group"]), text(&g["version"]), text(&g["kind"])))
                .collect(),
        }
    }

    fn shape(&self, prop: &Value) -> Shape {
        let reference = prop.get("$ref").or_else(|| prop["allOf"].get(0).and_then(|a| a.get("$ref")));
        if let Some(reference) = reference.and_then(Value::as_str) {
            let name = reference.rsplit('/').next().unwrap_or("");
            return Shape::Ref(self.ids[name]);
        }
        match (prop["type"].as_str().unwrap_or(""), prop["format"].as_str().unwrap_or("")) {
            ("string", "byte") => Shape::Bytes,
            ("string", _) => Shape::Str,
            ("boolean", _) => Shape::Bool,
            ("integer", "int32") => Shape::Int32,
            ("integer", _) => Shape::Int64,
            ("number", _) => Shape::Float,
            ("array", _) => Shape::List(Box::new(self.shape(&prop["items"]))),
            ("object", _) => Shape::Map(Box::new(self.shape(&prop["additionalProperties"]))),
            other => panic!("no shape for {other:?}: {prop}"),
        }
    }

    /// The id of the type for a group, version and kind.
    pub fn id_of(&self, group: &str, version: &str, kind: &str) -> Option<usize> {
        self.types.iter().position(|t| {
            t.gvk.iter().any(|(g, v, k)| (g.as_str(), v.as_str(), k.as_str()) == (group, version, kind))
        })
    }
}

fn strings(v: &Value) -> Vec<&str> {
    v.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
