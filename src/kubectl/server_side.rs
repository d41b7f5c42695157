//! `kubectl apply --server-side`, and the move of an object from the one way of applying to the other (`client-go/util/csaupgrade`).

use super::apply::{DryRun, LAST_APPLIED, write_options};
use super::cli::Cli;
use super::failure::Failure;
use super::files::Info;
use super::flags::Arguments;
use crate::api::{PatchType, Reason, Request, Response, Status};
use crate::json;
use crate::json::{Json, Str};

/// The manager of server-side apply, of client-side apply, and of the annotation of the latter while the former goes on.
const SERVER: &str = "kubectl";
pub(super) const CLIENT: &str = "kubectl-client-side-apply";
const ANNOTATION: &str = "kubectl-last-applied";

const ADVICE: &str = "
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts";

/// Applies an object of a file.
pub(super) fn apply(cli: &mut Cli, args: &Arguments, dry_run: DryRun, info: &Info) -> Result<Json, Failure> {
    let generate = info.object["metadata"]["generateName"].str();
    if info.name().is_empty() && !generate.is_empty() {
        return Err(Failure::error(format!("from {generate}: cannot use generate name with apply")));
    }
    let manager = args.manager(SERVER);
    let manager = manager.as_str();
    let force = args.is("force-conflicts");
    let send = |cli: &mut Cli, manager: &str, object: &Json| -> Result<Response, Status> {
        let (namespace, name) = (info.namespace(), info.name());
        let request =
            Request::patch(PatchType::Apply, info.resource.clone(), namespace, name, object.clone());
        cli.call(request.with(|o| {
            write_options(o, args, dry_run);
            o.force = force;
            o.field_manager = manager.into();
        }))
    };
    let refused = |status: Status| match status.reason {
        Some(Reason::Conflict) => Failure::error(format!("{}{ADVICE}", status.message)),
        _ => Failure::from(status),
    };
    let mut object = send(cli, manager, &info.object).map_err(refused)?.body;
    if dry_run == DryRun::No {
        if manager == SERVER && keeps_annotation(&object) {
            let annotation = &object["metadata"]["annotations"][LAST_APPLIED];
            let mut only = json!({ "apiVersion": info.resource.api_version(), "kind": &info.resource.kind });
            only.set_at(&["metadata", "name"], info.name());
            only.set_at(&["metadata", "namespace"], info.namespace());
            only.set_at(&["metadata", "annotations", LAST_APPLIED], annotation);
            object = send(cli, ANNOTATION, &only)?.body;
        }
        if migrate(cli, info, manager, &object)? {
            object = send(cli, manager, &info.object).map_err(refused)?.body;
        }
    }
    Ok(object)
}

fn is_writer(entry: &Json) -> bool {
    entry["operation"].str() == "Update"
        && entry["manager"].str() == CLIENT
        && entry["subresource"].is_empty()
}

/// Whether the annotation of client-side apply is there, and belongs to the one who wrote it.
fn keeps_annotation(object: &Json) -> bool {
    let entries = object.at(&["metadata", "managedFields"]).items();
    object["metadata"]["annotations"].get(LAST_APPLIED).is_some()
        && entries.iter().filter(|e| e["operation"].str() == "Update").any(|e| {
            let field = format!("f:{LAST_APPLIED}");
            !e.at(&["fieldsV1", "f:metadata", "f:annotations"])[field.as_str()].is_null()
        })
}

/// Hands what client-side apply owned to the manager who applies now; whether there was anything.
fn migrate(cli: &mut Cli, info: &Info, manager: &str, object: &Json) -> Result<bool, Failure> {
    let entries = object.at(&["metadata", "managedFields"]).items();
    let Some(old) = entries.iter().find(|e| is_writer(e)) else { return Ok(false) };
    let mut new = Vec::new();
    for entry in entries.iter().filter(|e| !is_writer(e)) {
        let mut entry = entry.clone();
        if entry["operation"].str() == "Apply" && entry["manager"].str() == manager {
            entry.set("fieldsV1", union(&entry["fieldsV1"], &old["fieldsV1"]));
        }
        new.push(entry);
    }
    let patch = json!([
        { "op": "replace", "path": "/metadata/managedFields", "value": Json::from(new) },
        { "op": "replace", "path": "/metadata/resourceVersion", "value": &object["metadata"]["resourceVersion"] },
    ]);
    let request =
        Request::patch(PatchType::Json, info.resource.clone(), info.namespace(), info.name(), patch);
    cli.call(request.with(|o| o.field_manager = Str::from(manager)))?;
    Ok(true)
}

/// Two sets of fields as one; a field that is in one of them and stands above others is marked with a dot.
fn union(a: &Json, b: &Json) -> Json {
    let mut out = a.clone();
    for (key, value) in b.entries() {
        let both = match out.get(key) {
            Some(known) => union(known, value),
            None => value.clone(),
        };
        out.set(key.clone(), both);
    }
    out
}
