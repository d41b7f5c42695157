//! `kubectl explain`: what fields a kind has (`kubectl/pkg/explain/v2`, its template `plaintext.tmpl`).
//!
//! Built-in kinds are explained by the schema table, which holds no prose: where upstream would print a description, this says
//! `<empty>` or `<no description>`, as upstream does of fields that have none. Custom kinds bring their own.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Flag, Takes};
use super::{Flow, names};
use crate::api::schema::{Shape, Special, Type};
use crate::api::{Resource, kinds};
use crate::json::Json;

const FLAGS: &[Flag] =
    &[("recursive", 'R', Takes::Nothing), ("api-version", ' ', Takes::Value), ("output", 'o', Takes::Value)];

const CONVENTIONS: &str =
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md";

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("explain", args, FLAGS)?;
    let output = args.get("output");
    if !matches!(output, "" | "plaintext" | "plaintext-openapiv2") {
        return Err(Failure::error(format!("unrecognized format: {output}")));
    }
    let [asked] = args.words.as_slice() else {
        return Err(Failure::error(match args.words.len() {
            0 => {
                "You must specify the type of resource to explain. Use \"kubectl api-resources\" for a complete list of supported resources.\n"
            }
            _ => "We accept only this format: explain RESOURCE\n",
        }));
    };
    let asked = asked.trim_end_matches('.');
    let word = asked.split('.').next().unwrap_or_default();
    let resource = names::found(cli, word)
        .ok_or_else(|| Failure::text(format!("the server doesn't have a resource type {word:?}")))?;
    // `jobs.batch.spec` means the group `batch` and the field `spec`.
    let whole = resource.qualified();
    let rest = asked.strip_prefix(&whole).filter(|_| whole.contains('.'));
    let rest = rest.unwrap_or(&asked[word.len()..]).trim_start_matches('.');
    let path: Vec<&str> = rest.split('.').filter(|part| !part.is_empty()).collect();
    let version = match args.get("api-version") {
        "" => resource.api_version(),
        version => version.to_string(),
    };
    let found = |all: &[Resource]| {
        let is_it = |r: &&Resource| r.api_version() == version && r.plural == resource.plural;
        all.iter().find(is_it).cloned()
    };
    // Of a custom kind, what the server says now.
    cli.env.discovery.refresh(cli.env.api);
    let all = cli.env.discovery.all();
    let Some(resource) = found(&all) else {
        let (group, version) = version.split_once('/').unwrap_or(("", &version));
        let what = format!("{group}/{version}, Resource={}", resource.plural);
        return Err(Failure::error(format!("couldn't find resource for {what:?}")));
    };
    if !resource.group.is_empty() {
        cli.print(format!("GROUP:      {}\n", resource.group));
    }
    cli.print(format!("KIND:       {}\nVERSION:    {}\n\n", resource.kind, resource.version));
    let root = match resource.ty {
        Some(ty) => Node::Struct(ty.get()),
        None => Node::Custom(&resource.definition["schema"]),
    };
    let mut out = String::new();
    if !explain(root, &path, args.is("recursive"), &mut out) {
        let last = path.last().copied().unwrap_or_default();
        return Err(Failure::error(format!("field {last:?} does not exist")));
    }
    cli.print(format!("{out}\n"));
    Ok(Flow::Exit(0))
}

/// A schema, as far as it is explained.
#[derive(Clone, Copy)]
enum Node<'s> {
    /// A struct of the table.
    Struct(&'static Type),
    /// What a field of the table holds.
    Shape(&'static Shape),
    /// A whole custom kind.
    Custom(&'s Json),
    /// A part of one.
    Schema(&'s Json),
}

/// A field of a struct.
struct Field<'s> {
    name: &'s str,
    node: Node<'s>,
    required: bool,
    allowed: Vec<String>,
    description: String,
}

impl<'s> Node<'s> {
    fn fields(self) -> Vec<Field<'s>> {
        match self {
            Node::Struct(ty) if ty.special.is_none() => {
                let field = |f: &'static crate::api::schema::Field| Field {
                    name: f.name,
                    node: Node::Shape(&f.shape),
                    required: f.required,
                    allowed: f.more.allowed.iter().map(|word| word.to_string()).collect(),
                    description: String::new(),
                };
                ty.fields.iter().map(field).collect()
            }
            Node::Shape(Shape::Ref(id)) => Node::Struct(id.get()).fields(),
            Node::Custom(schema) => {
                let mut all = Node::Schema(schema).fields();
                all.retain(|field| !["apiVersion", "kind", "metadata"].contains(&field.name));
                let meta = kinds::CONFIGMAPS.ty.and_then(|ty| ty.get().field("metadata"));
                let texts = [
                    (
                        "apiVersion",
                        "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values.",
                        "resources",
                    ),
                    (
                        "kind",
                        "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase.",
                        "types-kinds",
                    ),
                    ("metadata", "Standard object's metadata.", "metadata"),
                ];
                all.extend(texts.into_iter().map(|(name, text, section)| Field {
                    name,
                    node: match meta.filter(|_| name == "metadata") {
                        Some(meta) => Node::Shape(&meta.shape),
                        None => Node::Shape(&Shape::Str),
                    },
                    required: false,
                    allowed: Vec::new(),
                    description: format!("{text} More info: {CONVENTIONS}#{section}"),
                }));
                crate::collections::sort_by(&mut all, |a, b| a.name.cmp(b.name));
                all
            }
            Node::Schema(schema) => {
                let required = schema["required"].items();
                let field = |(name, schema): &'s (crate::json::Str, Json)| Field {
                    name,
                    node: Node::Schema(schema),
                    required: required.iter().any(|r| r.str() == name.as_str()),
                    allowed: words(schema),
                    description: schema["description"].str().into(),
                };
                schema["properties"].entries().iter().map(field).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What the elements of a list or the values of a map are.
    fn inner(self) -> Option<Node<'s>> {
        match self {
            Node::Shape(Shape::List(inner) | Shape::Map(inner)) => Some(Node::Shape(inner)),
            Node::Custom(schema) | Node::Schema(schema) => {
                let inner = [&schema["items"], &schema["additionalProperties"]];
                inner.into_iter().find(|inner| matches!(inner, Json::Object(_))).map(Node::Schema)
            }
            _ => None,
        }
    }

    /// `[]Object`, `map[string]string`, `PodSpec`, …
    fn type_name(self) -> String {
        match self {
            Node::Shape(Shape::List(inner)) => format!("[]{}", Node::Shape(inner).type_name()),
            Node::Shape(Shape::Map(inner)) => format!("map[string]{}", Node::Shape(inner).type_name()),
            Node::Shape(Shape::Ref(id)) => Node::Struct(id.get()).type_name(),
            Node::Shape(Shape::Str | Shape::Bytes) => "string".into(),
            Node::Shape(Shape::Bool) => "boolean".into(),
            Node::Shape(Shape::Int32 | Shape::Int64) => "integer".into(),
            Node::Shape(Shape::Float) => "number".into(),
            Node::Struct(ty) => match ty.special {
                Some(Special::Time | Special::MicroTime) => "string".into(),
                _ => ty.name.into(),
            },
            Node::Custom(_) => "Object".into(),
            Node::Schema(schema) => match (&schema["items"], &schema["additionalProperties"]) {
                (Json::Object(_), _) => format!("[]{}", Node::Schema(&schema["items"]).type_name()),
                (_, inner @ Json::Object(_)) => format!("map[string]{}", Node::Schema(inner).type_name()),
                _ => match schema["type"].str() {
                    "" | "object" => "Object".into(),
                    scalar => scalar.into(),
                },
            },
        }
    }

    /// What is said of it, and of what it holds.
    fn description(self) -> String {
        let own = match self {
            Node::Custom(schema) | Node::Schema(schema) => schema["description"].str(),
            _ => "",
        };
        let mut text = if own.is_empty() { String::new() } else { format!("{own}\n") };
        if let Some(inner) = self.inner() {
            text.push_str(&inner.description());
        }
        text
    }

    /// The struct that it is, by which cycles are found.
    fn reference(self) -> Option<&'static Type> {
        match self {
            Node::Struct(ty) => Some(ty),
            Node::Shape(Shape::Ref(id)) => Some(id.get()),
            _ => None,
        }
    }
}

fn words(schema: &Json) -> Vec<String> {
    schema["enum"].items().iter().map(|word| word.as_str().map_or(word.to_string(), String::from)).collect()
}

/// Follows the path and prints what is there; whether there is something.
fn explain(node: Node, path: &[&str], recursive: bool, out: &mut String) -> bool {
    let Some((first, rest)) = path.split_first() else {
        let description = node.description();
        let description = if description.is_empty() { "<empty>" } else { &description };
        out.push_str(&format!("DESCRIPTION:\n{}\n", indented(&wrapped(description, 76), 4)));
        let mut list = String::new();
        fields(node, 1, recursive, &mut Vec::new(), &mut list);
        if !list.is_empty() {
            out.push_str(&format!("FIELDS:\n{list}"));
        }
        return true;
    };
    if let Some(field) = node.fields().into_iter().find(|field| field.name == *first) {
        if rest.is_empty() {
            out.push_str(&format!("FIELD: {first} <{}>\n", field.node.type_name()));
            if !field.allowed.is_empty() {
                out.push_str("ENUM:");
                field.allowed.iter().for_each(|word| out.push_str(&format!("\n    {}", quoted(word))));
            }
            out.push_str("\n\n");
        }
        return explain(field.node, rest, recursive, out);
    }
    node.inner().is_some_and(|inner| explain(inner, path, recursive, out))
}

fn quoted(word: &str) -> &str {
    if word.is_empty() { "\"\"" } else { word }
}

fn fields(node: Node, level: usize, recursive: bool, above: &mut Vec<&'static Type>, out: &mut String) {
    let reference = node.reference();
    if reference.is_some_and(|ty| above.iter().any(|known| std::ptr::eq(*known, ty))) {
        return;
    }
    above.extend(reference);
    for field in node.fields() {
        detail(&field, level, recursive, out);
        if recursive {
            fields(field.node, level + 1, true, above, out);
        }
    }
    if let Some(inner) = node.inner() {
        fields(inner, level, recursive, above, out);
    }
    if reference.is_some() {
        above.pop();
    }
}

fn detail(field: &Field, level: usize, short: bool, out: &mut String) {
    let pad = level * 2;
    let required = if field.required { " -required-" } else { "" };
    out.push_str(&format!("{:pad$}{}\t<{}>{required}", "", field.name, field.node.type_name()));
    if !field.allowed.is_empty() {
        let shown: Vec<&str> = field.allowed.iter().take(4).map(|word| quoted(word)).collect();
        let more = if field.allowed.len() > 4 { ", ...." } else { "" };
        out.push_str(&format!("\n{:pad$}enum: {}{more}", "", shown.join(", ")));
    }
    out.push('\n');
    if !short {
        let text = if field.description.is_empty() { "<no description>" } else { &field.description };
        out.push_str(&indented(&wrapped(text, 78 - pad), pad + 2));
        out.push_str("\n\n");
    }
}

fn indented(text: &str, amount: usize) -> String {
    let pad = " ".repeat(amount);
    format!("{pad}{}", text.replace('\n', &format!("\n{pad}")))
}

/// Lines of at most so many characters, broken at blanks.
fn wrapped(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let mut width = 0;
        for word in line.split_inclusive(' ') {
            let length = word.trim_end().chars().count();
            if width > 0 && width + length > limit {
                out.truncate(out.trim_end_matches(' ').len());
                out.push('\n');
                width = 0;
            }
            out.push_str(word);
            width += word.chars().count();
        }
    }
    out
}
