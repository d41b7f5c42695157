//! Output: which form `-o` asks for, and objects in that form.

mod go_template;
pub(crate) mod human;
mod kyaml;
pub(crate) mod table;

use super::cli::Cli;
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
    /// `kyaml`, likewise.
    Kyaml { managed: bool },
    /// `name`
    Name,
    /// `jsonpath=…`
    JsonPath(Template),
    /// `jsonpath-as-json=…`: all that its paths find, as one list.
    JsonPathAsJson(Template),
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
            "custom-columns-file" if text == name => columns("").map(Format::Columns),
            "custom-columns-file" => columns_of_file(argument).map(Format::Columns),
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
            "kyaml" => Ok(Format::Kyaml { managed }),
            "name" => Ok(Format::Name),
            "jsonpath" | "jsonpath-as-json" | "jsonpath-file" | "go-template" | "template"
            | "go-template-file" | "templatefile"
                if argument.is_empty() =>
            {
                Err(Failure::error("template format specified but no template given"))
            }
            path @ ("jsonpath" | "jsonpath-as-json" | "jsonpath-file") => Template::parse(argument)
                .map(|template| template.strict(!lenient))
                .map(if path == "jsonpath-as-json" { Format::JsonPathAsJson } else { Format::JsonPath })
                .map_err(|e| Failure::error(format!("error parsing jsonpath {argument}, {e}"))),
            "go-template" | "template" | "go-template-file" | "templatefile" | "" => {
                go_template::Template::parse(argument, !lenient)
                    .map(Format::GoTemplate)
                    .map_err(Failure::error)
            }
            _ => return None,
        })
    }

    /// One object.
    pub fn print(&self, resource: &ResourceInfo, object: &Json) -> Result<String, Failure> {
        Ok(match self {
            Format::Yaml { managed: true } => yaml::to_yaml(object),
            Format::Json { managed: true } => format!("{object:#}\n"),
            Format::Kyaml { managed: true } => kyaml::text(object),
            Format::Kyaml { .. } => kyaml::text(&without_managed_fields(object)),
            Format::Yaml { .. } => yaml::to_yaml(&without_managed_fields(object)),
            Format::Json { .. } => format!("{:#}\n", without_managed_fields(object)),
            Format::Name => format!("{}\n", typed_name(resource, object["metadata"]["name"].str())),
            Format::JsonPath(template) => template.print(object).map_err(Failure::error)?,
            Format::JsonPathAsJson(template) => {
                let found: Json = template.values(object).map_err(Failure::error)?.into_iter().collect();
                format!("{found:#}\n")
            }
            Format::GoTemplate(template) => template.print(object).map_err(|(printed, why)| {
                // What was printed so far is seen too.
                Failure::error(why).after(printed)
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
        let Some((header, path)) = part.split_once(':') else {
            let message =
                format!("unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>");
            return Err(Failure::error(message));
        };
        out.push((header.to_string(), column(path)?));
    }
    Ok(out)
}

/// A line of headers above a line of paths.
fn columns_of_file(text: &str) -> Result<Vec<(String, Template)>, Failure> {
    const FORM: &str =
        "Expected format is one line of space separated headers, one line of space separated column specs.";
    if text.is_empty() {
        return Err(Failure::error(format!("invalid template, missing header line. {FORM}")));
    }
    let mut lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<&str>>());
    let (headers, Some(paths)) = (lines.next().unwrap_or_default(), lines.next()) else {
        return Err(Failure::error(format!("invalid template, missing spec line. {FORM}")));
    };
    if headers.len() != paths.len() {
        let counts = format!("({}) and field specifications ({})", headers.len(), paths.len());
        return Err(Failure::error(format!("number of headers {counts} don't match")));
    }
    headers.into_iter().zip(paths).map(|(header, path)| Ok((header.to_string(), column(path)?))).collect()
}

fn column(path: &str) -> Result<Template, Failure> {
    relaxed(path).and_then(|path| Template::parse(&path)).map_err(Failure::error)
}

/// `metadata.name`, `.metadata.name` and `{.metadata.name}` mean the same (`RelaxedJSONPathExpression`).
pub(super) fn relaxed(path: &str) -> Result<String, String> {
    let inner = path.strip_prefix('{').and_then(|p| p.strip_suffix('}')).unwrap_or(path);
    let inner = inner.strip_prefix('.').unwrap_or(inner);
    if inner.contains(['{', '}']) || inner.is_empty() && !path.is_empty() {
        return Err("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'".into());
    }
    Ok(if path.is_empty() { String::new() } else { format!("{{.{inner}}}") })
}

/// Puts what a file holds into the place of its name: `-o custom-columns-file=columns.txt`, `-o go-template-file --template=f`.
pub(super) fn read_files(cli: &Cli, args: &mut [String]) -> Result<(), Failure> {
    const FORMS: [&str; 4] = ["custom-columns-file", "go-template-file", "jsonpath-file", "templatefile"];
    let mut form = None;
    for at in 0..args.len() {
        if args[at] == "--" {
            break;
        }
        let before = if at == 0 { "" } else { args[at - 1].as_str() };
        let own = ["--output=", "-o=", "-o"]
            .into_iter()
            .find(|prefix| args[at].starts_with(prefix) && args[at] != *prefix);
        let prefix = match own {
            Some(prefix) => prefix,
            None if matches!(before, "-o" | "--output") => "",
            None => continue,
        };
        let (name, path) =
            args[at][prefix.len()..].split_once('=').unwrap_or((&args[at][prefix.len()..], ""));
        form = FORMS.into_iter().find(|form| *form == name);
        if let Some(form) = form.filter(|_| !path.is_empty()) {
            args[at] = format!("{prefix}{form}={}", held(cli, form, path)?);
            return Ok(());
        }
    }
    let Some(form) = form else { return Ok(()) };
    for at in 0..args.len() {
        if let Some(path) = args[at].strip_prefix("--template=") {
            args[at] = format!("--template={}", held(cli, form, path)?);
        } else if at > 0 && args[at - 1] == "--template" {
            args[at] = held(cli, form, &args[at])?;
        }
    }
    Ok(())
}

fn held(cli: &Cli, form: &str, path: &str) -> Result<String, Failure> {
    let flag = if form == "custom-columns-file" { "template" } else { "--template" };
    let missing =
        || Failure::error(format!("error reading {flag} {path}, open {path}: no such file or directory"));
    cli.text(path).map(|text| text.to_string()).ok_or_else(missing)
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
