//! `kubectl auth reconcile`: roles and bindings brought to hold at least what files say
//! (`component-helpers/auth/rbac/reconciliation`).

use crate::api::rbac::{self, list_text};
use crate::api::{Request, Status, kinds};
use crate::json;
use crate::json::Json;
use crate::kubectl::Flow;
use crate::kubectl::apply::DryRun;
use crate::kubectl::cli::Cli;
use crate::kubectl::failure::Failure;
use crate::kubectl::files::{self, Info};
use crate::kubectl::flags::{self, Arguments, Flag, Takes};
use crate::kubectl::printers::{Format, typed_name};

const FLAGS: &[Flag] = &[
    ("filename", 'f', Takes::Value),
    ("kustomize", 'k', Takes::Value),
    ("recursive", 'R', Takes::Nothing),
    ("output", 'o', Takes::Value),
    ("template", ' ', Takes::Value),
    ("allow-missing-template-keys", ' ', Takes::Nothing),
    ("show-managed-fields", ' ', Takes::Nothing),
    ("dry-run", ' ', Takes::Optional("unchanged")),
    ("remove-extra-permissions", ' ', Takes::Nothing),
    ("remove-extra-subjects", ' ', Takes::Nothing),
];

/// What must be done, with what.
struct Plan {
    /// `create`, `update`, `recreate`; `""`: nothing.
    operation: &'static str,
    object: Json,
    missing: Vec<Json>,
    extra: Vec<Json>,
    /// The object says that it is to be left alone.
    protected: bool,
}

pub fn run(cli: &mut Cli, args: &[String]) -> Result<Flow, Failure> {
    let args = flags::parse("auth reconcile", args, FLAGS)?;
    if !args.has("filename") {
        return Err(Failure::error("must specify one of -f and -k"));
    }
    if !args.words.is_empty() {
        return Err(Failure::error("no arguments are allowed"));
    }
    let dry_run = DryRun::of(&args)?;
    if dry_run == DryRun::Server {
        return Err(Failure::error("--dry-run=server for command reconcile is not supported yet"));
    }
    let format = Format::of_write(&args)?;
    for info in files::read(cli, &args)? {
        if info.resource.group != rbac::GROUP {
            continue;
        }
        let roles = matches!(&*info.resource.kind, "Role" | "ClusterRole");
        let mut plan = plan(cli, &args, &info, roles)?;
        if dry_run == DryRun::No && !plan.protected {
            plan.object = carry_out(cli, &info, &plan)?;
        }
        match &format {
            Some(format) => {
                let text = format.print(&info.resource, &plan.object)?;
                cli.print(text);
            }
            None => cli.line(format!(
                "{} reconciled{}",
                typed_name(&info.resource, info.name()),
                dry_run.suffix()
            )),
        }
        tell(cli, &args, &plan, roles);
    }
    Ok(Flow::Exit(0))
}

fn plan(cli: &mut Cli, args: &Arguments, info: &Info, roles: bool) -> Result<Plan, Failure> {
    let wanted = &info.object;
    let field = if roles { "rules" } else { "subjects" };
    let list = |object: &Json| object[field].items().to_vec();
    let present = match cli.get(&info.resource, info.namespace(), info.name()) {
        Ok(present) => present,
        Err(status) if status.is_not_found() => {
            let (object, missing) = (wanted.clone(), list(wanted));
            return Ok(Plan { operation: "create", object, missing, extra: Vec::new(), protected: false });
        }
        Err(status) => return Err(status.into()),
    };
    let autoupdate = &present["metadata"]["annotations"]["rbac.authorization.kubernetes.io/autoupdate"];
    let protected = autoupdate.str() == "false";
    if !roles && present["roleRef"] != wanted["roleRef"] {
        let (object, missing) = (wanted.clone(), list(wanted));
        return Ok(Plan { operation: "recreate", object, missing, extra: Vec::new(), protected });
    }
    let mut object = present.clone();
    for map in ["annotations", "labels"] {
        for (key, value) in wanted["metadata"][map].entries() {
            if object["metadata"][map].get(key).is_none() {
                let mut all = object["metadata"][map].clone();
                all.set(key.clone(), value);
                object.set_at(&["metadata", map], all);
            }
        }
    }
    let (own, asked) = (list(&present), list(wanted));
    let without = |all: &[Json], some: &[Json]| match roles {
        true => rbac::uncovered(some, all),
        false => all.iter().filter(|one| !some.contains(one)).cloned().collect(),
    };
    let (missing, extra) = (without(&asked, &own), without(&own, &asked));
    let removes = args.is(if roles { "remove-extra-permissions" } else { "remove-extra-subjects" });
    if removes && !(missing.is_empty() && extra.is_empty()) {
        object.set(field, asked);
    } else if !missing.is_empty() {
        object.set(field, own.into_iter().chain(missing.iter().cloned()).collect::<Json>());
    }
    if roles && wanted["aggregationRule"] != present["aggregationRule"] {
        match wanted.get("aggregationRule") {
            Some(rule) => object.set("aggregationRule", rule),
            None => drop(object.remove("aggregationRule")),
        }
    }
    let operation = if object == present { "" } else { "update" };
    Ok(Plan { operation, object, missing, extra, protected })
}

fn carry_out(cli: &mut Cli, info: &Info, plan: &Plan) -> Result<Json, Status> {
    let resource = &info.resource;
    let object = plan.object.clone();
    if plan.operation == "recreate" {
        cli.call(Request::delete(resource.clone(), info.namespace(), info.name()))?;
    }
    if plan.operation == "create" && resource.namespaced {
        ensure_namespace(cli, info.namespace())?;
    }
    let request = match plan.operation {
        "" => return Ok(object),
        "update" => Request::update(resource.clone(), object),
        _ => Request::create(resource.clone(), object),
    };
    Ok(cli.call(request)?.body)
}

fn ensure_namespace(cli: &mut Cli, name: &str) -> Result<(), Status> {
    match cli.get(&kinds::NAMESPACES.into(), "", name) {
        Err(status) if status.is_not_found() => {
            let body = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
            cli.call(Request::create(kinds::NAMESPACES, body)).map(drop)
        }
        _ => Ok(()),
    }
}

fn tell(cli: &mut Cli, args: &Arguments, plan: &Plan, roles: bool) {
    if plan.operation.is_empty() {
        return;
    }
    let caveat = match plan.protected {
        true => ", but object opted out (rbac.authorization.kubernetes.io/autoupdate: false)",
        false => "",
    };
    cli.error_line(format!("\treconciliation required {}{caveat}", plan.operation));
    let (what, flag) =
        if roles { ("rules", "remove-extra-permissions") } else { ("subjects", "remove-extra-subjects") };
    let mut tell = |title: &str, list: &[Json]| {
        if !list.is_empty() {
            cli.error_line(format!("\t{title}:"));
        }
        list.iter().for_each(|one| cli.error_line(format!("\t\t{}", as_struct(one, roles))));
    };
    tell(&format!("missing {what} added"), &plan.missing);
    if args.is(flag) {
        tell(&format!("extra {what} removed"), &plan.extra);
    }
}

/// As Go's `%+v` shows it.
fn as_struct(one: &Json, rule: bool) -> String {
    if rule {
        let [verbs, groups, resources, names, urls] =
            ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"]
                .map(|f| list_text(&one[f]));
        return format!(
            "{{Verbs:{verbs} APIGroups:{groups} Resources:{resources} ResourceNames:{names} NonResourceURLs:{urls}}}"
        );
    }
    let [kind, group, name, namespace] = ["kind", "apiGroup", "name", "namespace"].map(|f| one[f].str());
    format!("{{Kind:{kind} APIGroup:{group} Name:{name} Namespace:{namespace}}}")
}
