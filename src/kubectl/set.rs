//! `kubectl set`: one thing of an object at a time; the environment is in `set_env`.

use super::apply::DryRun;
use super::cli::{Cli, with_kind};
use super::failure::Failure;
use super::flags::{self, Arguments, Flag, Takes};
use super::printers::{Format, typed_name};
use super::{Flow, files, help, merge, names, record, set_env};
use crate::api::quantity::{self, Quantity};
use crate::api::revision::CHANGE_CAUSE;
use crate::api::selector::{Labels, Requirement};
use crate::api::{PatchType, Request, Resource};
use crate::collections::sort_by;
use crate::json;
use crate::json::{Json, Str};

const FLAGS: &[Flag] = &[
    ("all", ' ', Takes::Nothing),
    ("selector", 'l', Takes::Value),
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("local", ' ', Takes::Nothing),
    ("field-manager", ' ', Takes::Value),
];

/// One of the commands below `set`.
struct Setter {
    names: &'static [&'static str],
    flags: &'static [Flag],
    /// What is said to be updated.
    done: &'static str,
    /// What stands before the server's words when it refuses.
    refused: &'static str,
    /// Whether what changes nothing is not sent, and nothing said.
    silent: bool,
    /// Takes what is to be changed out of the words, which are then what it is changed in.
    read: fn(&Arguments, &mut Vec<String>) -> Result<Json, Failure>,
    /// Changes an object.
    change: fn(&Arguments, &Resource, &mut Json, &Json) -> Result<(), Failure>,
}

static SETTERS: &[Setter] = &[
    Setter {
        names: &["image"],
        flags: &[record::FLAG],
        done: "image",
        refused: "failed to patch image update to pod template: ",
        silent: true,
        read: read_images,
        change: |_, resource, object, images| in_pods(resource, object, |spec| set_images(spec, images)),
    },
    Setter {
        names: &["resources"],
        flags: &[
            record::FLAG,
            ("containers", 'c', Takes::Value),
            ("limits", ' ', Takes::Value),
            ("requests", ' ', Takes::Value),
        ],
        done: "resource requirements",
        refused: "failed to patch resources update to pod template ",
        silent: true,
        read: read_resources,
        change: |args, resource, object, set| {
            in_pods(resource, object, |spec| set_resources(args, spec, set))
        },
    },
    Setter {
        names: &["selector"],
        flags: &[record::FLAG, ("resource-version", ' ', Takes::Value)],
        done: "selector",
        refused: "",
        silent: false,
        read: read_selector,
        change: |_, resource, object, selector| {
            if resource.kind != "Service" {
                return Err(Failure::error("setting a selector is only supported for Services"));
            }
            object.set_at(&["spec", "selector"], selector);
            Ok(())
        },
    },
    Setter {
        names: &["serviceaccount", "sa"],
        flags: &[record::FLAG],
        done: "serviceaccount",
        refused: "failed to patch ServiceAccountName ",
        silent: false,
        read: |_, words| match words.pop() {
            Some(name) => Ok(name.into()),
            None => Err(Failure::error("serviceaccount is required")),
        },
        change: |_, resource, object, name| {
            in_pods(resource, object, |spec| {
                spec.set("serviceAccountName", name);
                Ok(())
            })
        },
    },
    Setter {
        names: &["subject"],
        flags: &[
            ("user", ' ', Takes::Value),
            ("group", ' ', Takes::Value),
            ("serviceaccount", ' ', Takes::Value),
        ],
        done: "subjects",
        refused: "failed to patch subjects to rolebinding: ",
        silent: true,
        read: read_subjects,
        change: add_subjects,
    },
];

pub(super) fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let first = args.first().map_or("", String::as_str);
    if first == "env" {
        return set_env::run(cli, &args[1..]);
    }
    match SETTERS.iter().find(|setter| setter.names.contains(&first)) {
        Some(setter) => set(cli, setter, &args[1..]),
        None => help::group(cli, "set", args),
    }
}

/// Where a kind keeps its pod's spec.
pub(super) fn pod_spec(kind: &str) -> &'static [&'static str] {
    match kind {
        "Pod" => &["spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        _ => &["spec", "template", "spec"],
    }
}

fn set(cli: &mut Cli, setter: &Setter, raw: &[String]) -> Result<Flow, Failure> {
    let command = format!("set {}", setter.names[0]);
    let flags: Vec<Flag> = FLAGS.iter().chain(setter.flags).copied().collect();
    let args = flags::parse(&command, raw, &flags)?;
    let cause = record::cause(cli, &command, raw, &args);
    let dry_run = DryRun::of(&args)?;
    let format = Format::of_write(&args)?;
    let local = args.is("local");
    if args.words.is_empty() && !args.has("filename") && !args.has("kustomize") {
        return Err(names::required());
    }
    if local && !args.has("filename") && !args.has("kustomize") {
        return Err(Failure::error(
            "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
        ));
    }
    if local && dry_run == DryRun::Server {
        let why = "cannot specify --local and --dry-run=server - did you mean --dry-run=client?";
        return Err(Failure::error(why));
    }
    if args.is("all") && args.has("selector") {
        return Err(Failure::error("cannot set --all and --selector at the same time"));
    }
    let mut words = args.words.clone();
    let wanted = (setter.read)(&args, &mut words)?;
    let (objects, mut failures) = chosen(cli, &args, &words)?;
    for (resource, old) in objects {
        let mut new = old.clone();
        if let Err(failure) = (setter.change)(&args, &resource, &mut new, &wanted) {
            failures.push(failure);
            continue;
        }
        if setter.silent && new == old {
            continue;
        }
        if let Some(cause) = &cause {
            new.set_at(&["metadata", "annotations", CHANGE_CAUSE], cause.as_str());
        }
        let after = if local || dry_run == DryRun::Client {
            new
        } else {
            let mut patch = merge::three_way(resource.ty, &old, &new, &old);
            if args.has("resource-version") {
                patch.set_at(&["metadata", "resourceVersion"], args.get("resource-version"));
            }
            let meta = &old["metadata"];
            let (namespace, name) = (meta["namespace"].str(), meta["name"].str());
            let request = Request::patch(PatchType::Strategic, resource.clone(), namespace, name, patch);
            let request = request.with(|o| {
                o.dry_run = dry_run == DryRun::Server;
                o.field_manager = args.manager("kubectl-set");
            });
            match cli.call(request) {
                Ok(response) => with_kind(&resource, response.body),
                Err(status) => {
                    failures.push(match setter.refused {
                        "" => status.into(),
                        refused => Failure::error(format!("{refused}{}", status.message)),
                    });
                    continue;
                }
            }
        };
        let name = typed_name(&resource, after["metadata"]["name"].str());
        match &format {
            Some(format) => cli.print(format.print(&resource, &after)?),
            None => cli.line(format!("{name} {} updated{}", setter.done, dry_run.suffix())),
        }
    }
    Failure::many(failures)?;
    Ok(Flow::Exit(0))
}

/// Objects with their resources.
type Chosen = Vec<(Resource, Json)>;

/// The objects that files, names or a selector mean.
fn chosen(cli: &mut Cli, args: &Arguments, words: &[String]) -> Result<(Chosen, Vec<Failure>), Failure> {
    let from_files = args.has("filename") || args.has("kustomize");
    if from_files && !words.is_empty() {
        return Err(files::both());
    }
    let (mut objects, mut failures) = (Vec::new(), Vec::new());
    for info in files::read(cli, args)? {
        match args.is("local") {
            true => objects.push((info.resource, info.object)),
            false => match cli.get(&info.resource, info.namespace(), info.name()) {
                Ok(object) => objects.push((info.resource, object)),
                Err(status) => failures.push(status.into()),
            },
        }
    }
    if words.is_empty() && !from_files {
        let why = "one or more resources must be specified as <resource> <name> or <resource>/<name>";
        return Err(Failure::error(why));
    }
    for target in names::targets(cli, words)? {
        let (resource, namespace) = (target.resource, args.namespace());
        if !target.name.is_empty() {
            match cli.get(&resource, namespace, &target.name) {
                Ok(object) => objects.push((resource, object)),
                Err(status) => failures.push(status.into()),
            }
            continue;
        }
        if !args.is("all") && !args.has("selector") {
            return Err(Failure::error("resource(s) were provided, but no name was specified"));
        }
        let all = cli.list(&resource, namespace, args.get("selector"), "")?;
        objects.extend(all.into_iter().map(|object| (resource.clone(), object)));
    }
    Ok((objects, failures))
}

/// Changes the spec of the pods that an object has or makes.
fn in_pods(
    resource: &Resource,
    object: &mut Json,
    change: impl FnOnce(&mut Json) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let path = pod_spec(&resource.kind);
    let mut spec = object.at(path).clone();
    if spec["containers"].is_null() {
        return Err(Failure::error(format!(
            "{}/{} the object is not a pod or does not have a pod template: *{}.{}",
            resource.plural,
            object["metadata"]["name"].str(),
            resource.version,
            resource.kind
        )));
    }
    change(&mut spec)?;
    object.set_at(path, spec);
    Ok(())
}

fn read_images(_: &Arguments, words: &mut Vec<String>) -> Result<Json, Failure> {
    let mut images = Json::object();
    words.retain(|word| match word.split_once('=') {
        Some((name, image)) => {
            images.set(Str::from(name), image);
            false
        }
        None => true,
    });
    if images.is_empty() {
        return Err(Failure::error("at least one image update is required"));
    }
    if images.get("*").is_some() && images.entries().len() > 1 {
        return Err(Failure::error(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs",
        ));
    }
    Ok(images)
}

fn set_images(spec: &mut Json, images: &Json) -> Result<(), Failure> {
    for (name, image) in images.entries() {
        let mut found = false;
        for list in ["initContainers", "containers"] {
            let Some(Json::Array(_)) = spec.get(list) else { continue };
            let mut containers = spec[list].clone();
            for container in containers.array_mut() {
                if **name == *"*" || container["name"].str() == name.as_str() {
                    container.set("image", image);
                    found = true;
                }
            }
            spec.set(list, containers);
        }
        if !found {
            return Err(Failure::error(format!("unable to find container named {:?}", name.as_str())));
        }
    }
    Ok(())
}

fn read_resources(args: &Arguments, _: &mut Vec<String>) -> Result<Json, Failure> {
    let mut resources = json!({});
    for kind in ["limits", "requests"] {
        if !args.get(kind).is_empty() {
            resources.set(kind, quantities(args.get(kind))?);
        }
    }
    if resources.is_empty() {
        return Err(Failure::error(
            "you must specify an update to requests or limits (in the form of --requests/--limits)",
        ));
    }
    Ok(resources)
}

fn set_resources(args: &Arguments, spec: &mut Json, resources: &Json) -> Result<(), Failure> {
    let mut found = false;
    for list in ["containers", "initContainers"] {
        let Some(Json::Array(_)) = spec.get(list) else { continue };
        let mut containers = spec[list].clone();
        for container in containers.array_mut() {
            if !set_env::is_meant(args, container["name"].str()) {
                continue;
            }
            found = true;
            for (kind, quantities) in resources.entries() {
                let mut all = container["resources"][kind.as_str()].clone();
                quantities.entries().iter().for_each(|(name, quantity)| all.set(name.clone(), quantity));
                let mut own = container["resources"].clone();
                own.set(kind.clone(), all);
                container.set("resources", own);
            }
        }
        spec.set(list, containers);
    }
    let named = args.get("containers");
    if found { Ok(()) } else { Err(Failure::error(format!("unable to find container named {named}"))) }
}

/// `cpu=200m,memory=256Mi`
fn quantities(text: &str) -> Result<Json, Failure> {
    let mut all = json!({});
    for part in text.split(',') {
        let &[name, amount] = part.split('=').collect::<Vec<&str>>().as_slice() else {
            let why = format!("Invalid argument syntax {part}, expected <resource>=<value>");
            return Err(Failure::error(why));
        };
        let amount = Quantity::parse(amount).ok_or_else(|| Failure::error(quantity::RULE))?;
        all.set(Str::from(name), amount.to_string());
    }
    Ok(all)
}

fn read_selector(_: &Arguments, words: &mut Vec<String>) -> Result<Json, Failure> {
    let Some(text) = words.pop() else { return Err(Failure::error("one selector is required")) };
    let wrong = |why| Failure::error(format!("couldn't parse the selector string {text:?}: {why}"));
    let mut selector = json!({});
    let mut others = Vec::new();
    for requirement in Labels::parse(&text).map_err(wrong)?.0 {
        match requirement {
            Requirement::In(key, values) if values.len() == 1 => {
                selector.set(Str::from(key.as_str()), values[0].as_str())
            }
            Requirement::In(key, values) => others.push(format!("{{{key} In [{}]}}", values.join(" "))),
            Requirement::NotIn(key, values) => others.push(format!("{{{key} NotIn [{}]}}", values.join(" "))),
            Requirement::Exists(key) => others.push(format!("{{{key} Exists []}}")),
            Requirement::NotExists(key) => others.push(format!("{{{key} DoesNotExist []}}")),
            Requirement::Greater(..) | Requirement::Less(..) => {
                return Err(Failure::error("\"gt\" is not a valid label selector operator"));
            }
        }
    }
    if !others.is_empty() {
        let all = others.join(" ");
        return Err(Failure::error(format!("match expression [{all}] not supported on this object")));
    }
    Ok(selector)
}

fn read_subjects(args: &Arguments, _: &mut Vec<String>) -> Result<Json, Failure> {
    let mut subjects = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group"), ("serviceaccount", "ServiceAccount")] {
        let mut named = args.all(flag).to_vec();
        sort_by(&mut named, Ord::cmp);
        named.dedup();
        for name in named {
            if kind != "ServiceAccount" {
                let group = "rbac.authorization.k8s.io";
                subjects.push(json!({ "apiGroup": group, "kind": kind, "name": name }));
                continue;
            }
            let parts = name.split_once(':').filter(|(_, name)| !name.is_empty() && !name.contains(':'));
            let Some((namespace, name)) = parts else {
                return Err(Failure::error("serviceaccount must be <namespace>:<name>"));
            };
            let namespace = if namespace.is_empty() { args.namespace() } else { namespace };
            subjects.push(json!({ "kind": kind, "name": name, "namespace": namespace }));
        }
    }
    if subjects.is_empty() {
        let why = "you must specify at least one value of user, group or serviceaccount";
        return Err(Failure::error(why));
    }
    Ok(subjects.into_iter().collect())
}

fn add_subjects(
    args: &Arguments,
    resource: &Resource,
    object: &mut Json,
    wanted: &Json,
) -> Result<(), Failure> {
    let whole = resource.kind == "ClusterRoleBinding";
    if !whole && resource.kind != "RoleBinding" {
        return Err(Failure::error(format!(
            "{}/{} setting subjects is only supported for RoleBinding/ClusterRoleBinding",
            resource.plural,
            object["metadata"]["name"].str()
        )));
    }
    if whole && args.all("serviceaccount").iter().any(|account| account.starts_with(':')) {
        return Err(Failure::error("serviceaccount must be <namespace>:<name>, namespace must be specified"));
    }
    let mut subjects = object["subjects"].items().to_vec();
    let new: Vec<Json> =
        wanted.items().iter().filter(|subject| !subjects.contains(subject)).cloned().collect();
    if !new.is_empty() {
        subjects.extend(new);
        object.set("subjects", subjects);
    }
    Ok(())
}
