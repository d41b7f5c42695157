//! `kubectl get`: tables, YAML, JSON, names, paths; once or followed.

use super::cli::Cli;
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::names::{self, Target};
use super::printers::table::Columns;
use super::printers::{self, Format, typed_name};
use super::{Flow, Task, Wait, files, sorter};
use crate::api::{Request, Resource, Status, WatchId};
use crate::collections::sort_by;
use crate::json;
use crate::json::Json;

pub(super) const FLAGS: &[Flag] = &[
    ("output", 'o', Takes::Value),
    ("all-namespaces", 'A', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("field-selector", ' ', Takes::Value),
    ("show-labels", ' ', Takes::Nothing),
    ("label-columns", 'L', Takes::Value),
    ("no-headers", ' ', Takes::Nothing),
    ("sort-by", ' ', Takes::Value),
    ("watch", 'w', Takes::Nothing),
    ("watch-only", ' ', Takes::Nothing),
    ("ignore-not-found", ' ', Takes::Nothing),
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("show-kind", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("chunk-size", ' ', Takes::Value),
    ("subresource", ' ', Takes::Value),
    ("server-print", ' ', Takes::Nothing),
    ("output-watch-events", ' ', Takes::Nothing),
    ("raw", ' ', Takes::Value),
];

/// A followed `get`.
#[derive(Clone)]
pub(super) struct Watch {
    watch: WatchId,
    resource: Resource,
    args: Arguments,
    format: Format,
    /// The columns' widths are those of the first table.
    name: String,
}

/// What was read of one resource.
struct Group {
    resource: Resource,
    /// Whether a single object was asked for by name.
    named: bool,
    table: Json,
    objects: Vec<Json>,
    version: String,
}

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("get", args, FLAGS)?;
    if args.has("raw") && !args.words.is_empty() {
        return Err(Failure::error("arguments may not be passed when --raw is specified"));
    }
    if args.has("raw") && args.has("output") {
        return Err(Failure::error("--raw and --output are mutually exclusive"));
    }
    if args.has("raw") {
        return super::raw::run(cli, "GET", &args);
    }
    let format = Format::of_get(&args)?;
    check(&args)?;
    let (files, faults) = files::read_all(cli, &args, false)?;
    Failure::one_by_one(faults)?;
    files::either(&args)?;
    if args.words.is_empty() && files.is_empty() {
        let help = "Use \"kubectl api-resources\" for a complete list of supported resources.";
        return Err(Failure::text(format!(
            "You must specify the type of resource to get. {help}\n\nerror: Required resource not specified.\nUse \"kubectl explain <resource>\" for a \
             detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples"
        )));
    }
    let mut targets = names::targets(cli, &args.words)?;
    args.words.first().into_iter().flat_map(|word| word.split(',')).for_each(|word| {
        let warning = names::ambiguity(cli, word.split('/').next().unwrap_or(word));
        warning.into_iter().for_each(|warning| cli.error_line(warning));
    });
    let in_lists: Vec<bool> = files.iter().map(|file| file.of_list).collect();
    for file in files {
        targets.push(Target { resource: file.resource.clone(), name: file.name().into() });
    }
    if args.is("all-namespaces") && targets.iter().any(|t| !t.name.is_empty() && t.resource.namespaced) {
        return Err(Failure::error("a resource cannot be retrieved by name across all namespaces"));
    }
    if args.has("subresource") && targets.iter().any(|t| t.name.is_empty()) {
        return Err(Failure::error("subresource cannot be used when bulk resources are specified"));
    }
    let selects = args.has("selector") || args.has("field-selector");
    if selects && targets.iter().any(|t| !t.name.is_empty()) {
        return Err(Failure::error("name cannot be provided when a selector is specified"));
    }
    if args.is("watch") || args.is("watch-only") {
        return watch(cli, args, &format, &targets);
    }
    if args.has("subresource") && targets.iter().any(|t| t.name.is_empty()) {
        return Err(Failure::error("subresource cannot be used when bulk resources are specified"));
    }
    let (groups, failures) = collect(cli, &args, &format, &targets, &in_lists);
    match &format {
        Format::Table { wide } => print_tables(cli, &args, *wide, &groups, failures.is_empty()),
        _ => print_objects(cli, &args, &format, &groups, &targets)?,
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// Flags that do not go together.
fn check(args: &Arguments) -> Result<(), Failure> {
    let output = args.get("output");
    let told = if args.is("show-labels") && !matches!(output, "" | "wide") {
        format!("--show-labels option cannot be used with {output} printer")
    } else if args.has("label-columns") && output.starts_with("custom-columns") {
        format!("--label-columns option cannot be used with {output} printer")
    } else if args.is("output-watch-events") && !args.is("watch") && !args.is("watch-only") {
        "--output-watch-events option can only be used with --watch or --watch-only".into()
    } else {
        return Ok(());
    };
    Err(Failure::error(told))
}

fn collect(
    cli: &mut Cli,
    args: &Arguments,
    format: &Format,
    targets: &[Target],
    in_lists: &[bool],
) -> (Vec<Group>, Vec<Failure>) {
    let mut groups: Vec<Group> = Vec::new();
    let (mut failures, mut of_list) = (Vec::new(), Vec::new());
    for (at, target) in targets.iter().enumerate() {
        match read(cli, args, format, target) {
            Ok(group) => {
                match groups.last_mut().filter(|g| g.named && group.named && g.resource == group.resource) {
                    // Objects asked for by name share a table.
                    Some(last) => {
                        let rows = group.table["rows"].items().to_vec();
                        if let Some(all) = last.table.get_mut("rows") {
                            rows.into_iter().for_each(|row| all.push(row));
                        }
                        last.objects.extend(group.objects);
                    }
                    None => groups.push(group),
                }
            }
            Err(e) if args.is("ignore-not-found") && e.is_not_found() => {}
            // What is missing of a List is told in one line.
            Err(e) if in_lists.get(at) == Some(&true) => of_list.push(e),
            Err(e) => failures.push(e),
        }
    }
    failures.extend(Failure::of_list(of_list));
    (groups, failures)
}

fn read(cli: &mut Cli, args: &Arguments, format: &Format, target: &Target) -> Result<Group, Failure> {
    let resource = &target.resource;
    let all = args.is("all-namespaces") || !resource.namespaced;
    let namespace = if all { "" } else { args.namespace() };
    let named = !target.name.is_empty();
    let is_table = matches!(format, Format::Table { .. });
    let mut group = Group {
        resource: resource.clone(),
        named,
        table: Json::Null,
        objects: Vec::new(),
        version: String::new(),
    };
    let (labels, fields) = (args.get("selector"), args.get("field-selector"));
    if !is_table || args.has("sort-by") {
        if named {
            let request = Request::get(resource.clone(), namespace, target.name.as_str())
                .with_subresource(args.get("subresource"));
            let body = cli.call(request).map_err(|status| cli.nearest(status, namespace))?.body;
            group.objects.push(super::cli::with_kind(resource, body));
        } else {
            group.objects = cli.list(resource, namespace, labels, fields)?;
        }
    }
    if is_table {
        let request = if named {
            Request::get(resource.clone(), namespace, target.name.as_str())
                .with_subresource(args.get("subresource"))
        } else {
            Request::list(resource.clone(), namespace)
        };
        let request = request.with(|o| {
            o.table = true;
            o.label_selector = labels.into();
            o.field_selector = fields.into();
        });
        // The plain read above already told its warnings.
        let body = cli.call(request).map_err(|status| match named {
            true => cli.nearest(status, namespace).into(),
            false => list_error(resource, status, labels, fields),
        })?;
        let body = body.body;
        group.version = body["metadata"]["resourceVersion"].str().into();
        group.table = body;
    }
    if args.has("sort-by") {
        sorter::sort(args.get("sort-by"), &mut group.objects, &mut group.table)?;
    }
    Ok(group)
}

/// A list that failed, as `kubectl` words what the server says: with the selectors, where there are some.
pub(super) fn list_error(resource: &Resource, mut status: Status, labels: &str, fields: &str) -> Failure {
    if matches!(status.code, 400 | 404) {
        let what = format!("{}/{}, Resource={}", resource.group, resource.version, resource.plural);
        let message = &status.message;
        status.message = match labels.is_empty() && fields.is_empty() {
            true => format!("Unable to list {what:?}: {message}"),
            false => format!(
                "Unable to find {what:?} that match label selector {labels:?}, field selector {fields:?}: {message}"
            ),
        }
        .into();
    }
    status.into()
}

fn nothing_found(args: &Arguments, namespaced: bool) -> String {
    if namespaced && !args.is("all-namespaces") {
        format!("No resources found in {} namespace.", args.namespace())
    } else {
        "No resources found".into()
    }
}

fn print_tables(cli: &mut Cli, args: &Arguments, wide: bool, groups: &[Group], fine: bool) {
    let many = groups.len() > 1 || args.is("show-kind");
    let mut printed = false;
    for group in groups {
        if group.table["rows"].items().is_empty() {
            continue;
        }
        if printed && !args.is("no-headers") {
            cli.print("\n");
        }
        printed = true;
        let text = table(args, wide, many, &group.resource, &group.table, !args.is("no-headers"));
        cli.print(text);
    }
    if !printed && fine && !args.is("ignore-not-found") {
        let namespaced = groups.iter().any(|g| g.resource.namespaced);
        cli.error_line(nothing_found(args, namespaced));
    }
}

/// The server's table, with the columns that the flags add.
fn table(
    args: &Arguments,
    wide: bool,
    kinds: bool,
    resource: &Resource,
    table: &Json,
    headers: bool,
) -> String {
    let columns = table["columnDefinitions"].items();
    let shown: Vec<usize> =
        (0..columns.len()).filter(|i| wide || columns[*i]["priority"].as_i64().unwrap_or(0) == 0).collect();
    let label_columns = args.list("label-columns");
    let namespaces = args.is("all-namespaces") && resource.namespaced;
    let mut out = Columns::default();
    if headers {
        let mut line: Vec<String> = Vec::new();
        if namespaces {
            line.push("NAMESPACE".into());
        }
        line.extend(shown.iter().map(|i| columns[*i]["name"].str().to_uppercase()));
        line.extend(label_columns.iter().map(|l| l.rsplit('/').next().unwrap_or(l).to_uppercase()));
        if args.is("show-labels") {
            line.push("LABELS".into());
        }
        out.line(line);
    }
    for row in table["rows"].items() {
        let meta = &row["object"]["metadata"];
        let mut line: Vec<String> = Vec::new();
        if namespaces {
            line.push(meta["namespace"].str().into());
        }
        for i in &shown {
            let cell = cell(&row["cells"][*i]);
            line.push(if *i == 0 && kinds { typed_name(resource, &cell) } else { cell });
        }
        for label in &label_columns {
            line.push(meta["labels"].get(label).map_or(String::new(), |v| v.str().into()));
        }
        if args.is("show-labels") {
            line.push(labels(&meta["labels"], ","));
        }
        out.line(line);
    }
    out.print()
}

/// Labels as `a=b,c=d`, sorted; `<none>` where there is none.
pub(super) fn labels(labels: &Json, separator: &str) -> String {
    let mut all: Vec<String> = labels.entries().iter().map(|(k, v)| format!("{k}={}", v.str())).collect();
    sort_by(&mut all, Ord::cmp);
    if all.is_empty() { "<none>".into() } else { all.join(separator) }
}

fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Str(s) => s.lines().next().unwrap_or("").replace('\t', "\\t"),
        other => printers::go_value(other),
    }
}

fn print_objects(
    cli: &mut Cli,
    args: &Arguments,
    format: &Format,
    groups: &[Group],
    targets: &[Target],
) -> Result<(), Failure> {
    let objects: Vec<Json> = groups.iter().flat_map(|g| g.objects.iter().cloned()).collect();
    let single = targets.len() == 1 && !targets[0].name.is_empty();
    match format {
        Format::Name => {
            for (group, object) in groups.iter().flat_map(|g| g.objects.iter().map(move |o| (g, o))) {
                let name = object["metadata"]["name"].str();
                match object["kind"].str() {
                    "Scale" => cli.line(format!("scale.autoscaling/{name}")),
                    _ => cli.line(typed_name(&group.resource, name)),
                }
            }
            Ok(())
        }
        Format::Columns(columns) => {
            let headers = !args.is("no-headers") || args.get("output").starts_with("custom-columns-file");
            let text = printers::print_columns(columns, &objects, headers)?;
            cli.print(text);
            Ok(())
        }
        _ => {
            if single && objects.is_empty() {
                return Ok(());
            }
            let Some(resource) = targets.first().map(|t| &t.resource) else { return Ok(()) };
            let root = if single {
                objects[0].clone()
            } else {
                json!({ "apiVersion": "v1", "items": objects, "kind": "List", "metadata": { "resourceVersion": "" } })
            };
            let text = format.print(resource, &root)?;
            cli.print(text);
            Ok(())
        }
    }
}

fn watch(cli: &mut Cli, args: Arguments, format: &Format, targets: &[Target]) -> Result<Flow, Failure> {
    let [target] = targets else {
        return Err(Failure::error("you may only specify a single resource type"));
    };
    if args.has("sort-by") {
        let rest = if args.is("watch") {
            "--watch requested, --sort-by will be ignored for watch events received"
        } else {
            "--watch-only requested, --sort-by will be ignored"
        };
        cli.error_line(format!("warning: {rest}"));
    }
    let group = read(cli, &args, &Format::Table { wide: false }, target)?;
    let list = match format {
        Format::Table { wide } if !args.is("watch-only") => {
            if !group.table["rows"].items().is_empty() {
                let text = table(&args, *wide, false, &target.resource, &group.table, !args.is("no-headers"));
                cli.print(text);
            }
            group.version.clone()
        }
        _ => group.version.clone(),
    };
    let all = args.is("all-namespaces") || !target.resource.namespaced;
    let namespace = if all { String::new() } else { args.namespace().to_string() };
    let fields = if target.name.is_empty() {
        args.get("field-selector").to_string()
    } else {
        format!("metadata.name={}", target.name)
    };
    let labels = args.get("selector").to_string();
    let tables = matches!(format, Format::Table { .. });
    let id = cli.watch(&target.resource, &namespace, &labels, &fields, &list, tables)?;
    let had_rows = !group.table["rows"].items().is_empty();
    let name = if had_rows { "printed".into() } else { String::new() };
    let task = Watch { watch: id, resource: target.resource.clone(), args, format: format.clone(), name };
    Ok(Flow::Wait(Task::Watch(task)))
}

impl Watch {
    pub(super) fn blocked(&self) -> Wait {
        Wait::Blocked { watches: vec![self.watch], until: None, any_step: false }
    }

    pub(super) fn resume(&mut self, cli: &mut Cli) -> Result<Option<i32>, Failure> {
        while let Some(event) = cli.env.api.next_event(self.watch) {
            match event.event {
                crate::api::EventType::Bookmark => continue,
                crate::api::EventType::Error => {
                    cli.env.api.stop_watch(self.watch);
                    return Ok(Some(0));
                }
                _ => {}
            }
            let Format::Table { wide } = self.format else {
                let text = self
                    .format
                    .print(&self.resource, &super::cli::with_kind(&self.resource, event.object))?;
                cli.print(text);
                continue;
            };
            // A server that renders watches as tables sends one row an event; else the object is asked for once more.
            let rows = if event.object["kind"].str() == "Table" {
                event.object
            } else {
                let meta = &event.object["metadata"];
                let request =
                    Request::get(self.resource.clone(), meta["namespace"].str(), meta["name"].str())
                        .with(|o| o.table = true);
                match cli.env.api.call(request.by(super::cli::AGENT)) {
                    Ok(response) => response.body,
                    Err(_) => continue,
                }
            };
            let headers = self.name.is_empty() && !self.args.is("no-headers");
            self.name = "printed".into();
            let text = table(&self.args, wide, false, &self.resource, &rows, headers);
            cli.print(text);
        }
        Ok(None)
    }
}
