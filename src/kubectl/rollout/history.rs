//! `kubectl rollout history` and `undo`: the templates that a Deployment had, which its ReplicaSets keep, or a StatefulSet or
//! DaemonSet, whose ControllerRevisions do.

use super::super::apply::{DryRun, LAST_APPLIED};
use super::super::cli::Cli;
use super::super::describe::{Columns, pod_template};
use super::super::failure::Failure;
use super::super::flags::Arguments;
use crate::api::{PatchType, Resource, kinds, revision};
use crate::json;
use crate::json::{Json, Str};

/// The revisions with their causes, or the template of one.
pub(super) fn view(
    cli: &mut Cli,
    args: &Arguments,
    resource: &Resource,
    object: &Json,
) -> Result<String, Failure> {
    let deployment = *resource == kinds::DEPLOYMENTS.into();
    if !deployment && !keeps_revisions(resource) {
        let kind = resource.qualified_kind();
        return Err(Failure::error(format!("no history viewer has been implemented for {kind:?}")));
    }
    let sets = super::revisions(cli, resource, object)?;
    if sets.is_empty() && !deployment {
        return Ok("No rollout history found.".into());
    }
    let cause = |set: &Json| set["metadata"]["annotations"][revision::CHANGE_CAUSE].str().to_string();
    let wanted = args.number("revision").unwrap_or(0);
    if wanted > 0 {
        let found = sets.iter().find(|(revision, _)| *revision == wanted);
        let (_, set) = found.ok_or_else(|| Failure::error("unable to find the specified revision"))?;
        let mut template = template_of(set);
        if deployment && !cause(set).is_empty() {
            template.set_at(&["metadata", "annotations", revision::CHANGE_CAUSE], cause(set));
        }
        return Ok(format!("with revision #{wanted}\n{}", pod_template(&template)));
    }
    let mut table = Columns::default();
    table.add("REVISION\tCHANGE-CAUSE\n");
    for (revision, set) in &sets {
        let cause = cause(set);
        let cause = if cause.is_empty() { "<none>" } else { cause.as_str() };
        table.add(&format!("{revision}\t{cause}\n"));
    }
    Ok(format!("\n{}", table.finish()))
}

/// Whether a kind keeps its templates in ControllerRevisions.
fn keeps_revisions(resource: &Resource) -> bool {
    [kinds::DAEMONSETS, kinds::STATEFULSETS].iter().any(|kind| *resource == Resource::from(*kind))
}

/// The template that a ReplicaSet or a ControllerRevision keeps.
fn template_of(kept: &Json) -> Json {
    if kept["data"].is_null() { kept["spec"]["template"].clone() } else { revision::template_of(kept) }
}

/// Writes an older template into the object (`DeploymentRollbacker`, …). What became of it.
pub(super) fn undo(
    cli: &mut Cli,
    args: &Arguments,
    dry_run: DryRun,
    resource: &Resource,
    object: &Json,
) -> Result<String, Failure> {
    let (name, annotations) = (object["metadata"]["name"].str(), &object["metadata"]["annotations"]);
    if annotations.get(LAST_APPLIED).is_some() {
        let what = &resource.plural;
        cli.error_line(format!(
            "Warning: resource {what}/{name} was previously managed with 'kubectl apply'. Rolling back will not update the {LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead."
        ));
    }
    if keeps_revisions(resource) {
        return undo_revision(cli, args, dry_run, resource, object);
    }
    if *resource != kinds::DEPLOYMENTS.into() {
        let kind = resource.qualified_kind();
        return Err(Failure::error(format!("no rollbacker has been implemented for {kind:?}")));
    }
    let wanted = args.number("to-revision").unwrap_or(0);
    let sets = super::revisions(cli, resource, object)?;
    let found = if wanted == 0 {
        // The one before the newest.
        sets.iter().rev().filter(|(revision, _)| *revision > 0).nth(1)
    } else {
        sets.iter().find(|(revision, _)| *revision == wanted)
    };
    let Some((_, set)) = found else {
        return Err(Failure::error(if wanted == 0 {
            format!("no rollout history found for deployment {name:?}")
        } else {
            format!("unable to find specified revision {wanted} in history")
        }));
    };
    let template = &set["spec"]["template"];
    if dry_run == DryRun::Client {
        return Ok(pod_template(template));
    }
    if object["spec"]["paused"].as_bool() == Some(true) {
        return Err(Failure::error(
            "cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
        ));
    }
    if revision::same_template(template, &object["spec"]["template"]) {
        return Ok(format!("skipped rollback (current template already matches revision {wanted})"));
    }
    // What is the Deployment's own stays; the rest is as it was then.
    let mut kept = json!({});
    let own = annotations.entries().iter().filter(|(key, _)| !revision::is_copied(key));
    let then = set["metadata"]["annotations"].entries().iter().filter(|(key, _)| revision::is_copied(key));
    own.chain(then).for_each(|(key, value)| kept.set(key, value));
    let patch = json!([
        { "op": "replace", "path": "/spec/template", "value": revision::without_hash(template) },
        { "op": "replace", "path": "/metadata/annotations", "value": kept },
    ]);
    // Upstream names no manager here.
    let manager = Str::default();
    super::write(cli, PatchType::Json, dry_run, manager, resource, object, patch)?;
    Ok("rolled back".into())
}

/// Patches the object with what a ControllerRevision keeps (`DaemonSetRollbacker`, `StatefulSetRollbacker`).
fn undo_revision(
    cli: &mut Cli,
    args: &Arguments,
    dry_run: DryRun,
    resource: &Resource,
    object: &Json,
) -> Result<String, Failure> {
    let wanted = args.number("to-revision").unwrap_or(0);
    let kept = super::revisions(cli, resource, object)?;
    if wanted == 0 && kept.len() <= 1 {
        return Err(Failure::error("no last revision to roll back to"));
    }
    let found = match wanted {
        0 => kept.iter().rev().nth(1),
        wanted => kept.iter().find(|(revision, _)| *revision == wanted),
    };
    let Some((_, found)) = found else {
        return Err(Failure::error(format!("unable to find specified revision {wanted} in history")));
    };
    if dry_run == DryRun::Client {
        return Ok(pod_template(&revision::template_of(found)));
    }
    if found["data"] == revision::snapshot(object) {
        return Ok(format!("skipped rollback (current template already matches revision {wanted})"));
    }
    let patch = found["data"].clone();
    // Upstream names no manager here.
    super::write(cli, PatchType::Strategic, dry_run, Str::default(), resource, object, patch)?;
    Ok("rolled back".into())
}
