//! Output: which form `-o` asks for, and objects in that form.

mod go_template;
pub(crate) mod human;
pub(crate) mod table;

use super::failure::Failure;
use super::flags::Arguments;
use crate::api::ResourceInfo;
use crate::api::jsonpath::Template;
use crate::api::meta::without_managed_fields;
use crate::json::{Json, yaml};
use table::Columns;

/// The form that `-o` asks for.
#[derive(Clone, Debug)]
pub(super) enum Format {
    /// The server's table; with all columns for `wide`.
    Table { wide: bool },
    /// `yaml`; with `metadata.managedFields` where they are asked for.
    Yaml { managed: bool },
    /// `json`, likewise.
    Json { managed: bool },
    /// `name`
    Name,
    /// `jsonpath=…`
    JsonPath(Template),
    /// `go-template=…`
    GoTemplate(go_template::Template),
    /// `custom-columns=…`: headers and paths.
    Columns(Vec<(String, Template)>),
}

const WRITES: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml";

impl Format {
    /// Of `get`.
    pub fn of_get(args: &Arguments) -> Result<Format, Failure> {
        let text = args.get("output");
        let (name, argument) = text.split_once('=').unwrap_or((text, ""));
        match name {
            "" if !args.has("template") => Ok(Format::Table { wide: false }),
            "wide" => Ok(Format::Table { wide: true }),
            "custom-columns" => columns(argument).map(Format::Columns),
            _ => Format::common(args).unwrap_or_else(|| {
                let all =
                    format!("custom-columns,custom-columns-file,{}", WRITES.replace(",yaml", ",wide,yaml"));
                Err(unsuitable(text, &all))
            }),
        }
    }

    /// Of a command that writes; `None`: it says what it did.
    pub fn of_write(args: &Arguments) -> Result<Option<Format>, Failure> {
        let text = args.get("output");
        if text.is_empty() && !args.has("template") {
            return Ok(None);
        }
        Format::common(args).unwrap_or_else(|| Err(unsuitable(text, WRITES))).map(Some)
    }

    fn common(args: &Arguments) -> Option<Result<Format, Failure>> {
        let text = args.get("output");
        let (name, argument) = text.split_once('=').unwrap_or((text, ""));
        let managed = args.is("show-managed-fields");
        let argument = if argument.is_empty() { args.get("template") } else { argument };
        let lenient = !args.has("allow-missing-template-keys") || args.is("allow-missing-template-keys");
        Some(match name.to_ascii_lowercase().as_str() {
            "yaml" => Ok(Format::Yaml { managed }),
            "json" => Ok(Format::Json { managed }),
            "name" => Ok(Format::Name),
            "jsonpath" | "go-template" | "template" if argument.is_empty() => {
                Err(Failure::error("template format specified but no template given"))
            }
            "jsonpath" => Template::parse(argument)
                .map(Format::JsonPath)
                .map_err(|e| Failure::error(format!("error parsing jsonpath {argument}, {e}"))),
            "go-template" | "template" | "" => go_template::Template::parse(argument, !lenient)
                .map(Format::GoTemplate)
                .map_err(Failure::error),
            _ => return None,
        })
    }

    /// One object.
    pub fn print(&self, resource: &ResourceInfo, object: &Json) -> Result<String, Failure> {
        Ok(match self {
            Format::Yaml { managed: true } => yaml::to_yaml(object),
            Format::Json { managed: true } => format!("{object:#}\n"),
            Format::Yaml { .. } => yaml::to_yaml(&without_managed_fields(object)),
            Format::Json { .. } => format!("{:#}\n", without_managed_fields(object)),
            Format::Name => format!("{}\n", typed_name(resource, object["metadata"]["name"].str())),
            Format::JsonPath(template) => template.print(object).map_err(Failure::error)?,
            Format::GoTemplate(template) => template.print(object).map_err(|(printed, why)| {
                // What was printed so far is seen too.
                Failure::text(format!("{printed}error: {why}"))
            })?,
            Format::Columns(columns) => print_columns(columns, std::slice::from_ref(object), true)?,
            Format::Table { .. } => String::new(),
        })
    }
}

fn unsuitable(text: &str, allowed: &str) -> Failure {
    Failure::error(format!(
        "unable to match a printer suitable for the output format {text:?}, allowed formats are: {allowed}"
    ))
}

/// `job.batch/pi`
pub(super) fn typed_name(resource: &ResourceInfo, name: &str) -> String {
    let name = if name.is_empty() { "<unknown>" } else { name };
    format!("{}/{name}", resource.qualified_singular())
}

/// `NAME:.metadata.name,…`
fn columns(spec: &str) -> Result<Vec<(String, Template)>, Failure> {
    if spec.is_empty() {
        return Err(Failure::error("custom-columns format specified but no custom columns given"));
    }
    let mut out = Vec::new();
    for part in spec.split(',') {
        let Some((header, path)) = part.split_once(':').filter(|(_, p)| !p.is_empty()) else {
            let message =
                format!("unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>");
            return Err(Failure::error(message));
        };
        let path = relaxed(path);
        let template = Template::parse(&path).map_err(Failure::error)?;
        out.push((header.to_string(), template));
    }
    Ok(out)
}

/// `metadata.name`, `.metadata.name` and `{.metadata.name}` mean the same.
pub(super) fn relaxed(path: &str) -> String {
    let inner = path.strip_prefix('{').and_then(|p| p.strip_suffix('}')).unwrap_or(path);
    let dot = if inner.starts_with(['.', '[']) { "" } else { "." };
    format!("{{{dot}{inner}}}")
}

/// Objects as columns of the caller's choice.
pub(super) fn print_columns(
    columns: &[(String, Template)],
    objects: &[Json],
    headers: bool,
) -> Result<String, Failure> {
    let mut out = Columns::default();
    if headers {
        out.line(columns.iter().map(|(h, _)| h.clone()));
    }
    for object in objects {
        let mut cells = Vec::new();
        for (_, template) in columns {
            let values = template.values(object).map_err(Failure::error)?;
            let texts: Vec<String> = values.iter().map(go_value).collect();
            cells.push(if texts.is_empty() { "<none>".into() } else { texts.join(",") });
        }
        out.line(cells);
    }
    Ok(out.print())
}

/// A value as Go's `%v` prints it: `map[a:b]`, `[x y]`.
pub(super) fn go_value(value: &Json) -> String {
    match value {
        Json::Null => "<nil>".into(),
        Json::Str(s) => s.as_str().into(),
        Json::Array(items) => format!("[{}]", items.iter().map(go_value).collect::<Vec<_>>().join(" ")),
        Json::Object(o) => {
            let fields: Vec<String> =
                o.entries().iter().map(|(k, v)| format!("{k}:{}", go_value(v))).collect();
            format!("map[{}]", fields.join(" "))
        }
        other => other.to_string(),
    }
}
