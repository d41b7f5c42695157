//! Going back to an older template, as `extensions/v1beta1` clients ask for it, with an annotation. (`kubectl rollout undo`
//! writes the old template itself.)

use super::DeploymentController;
use super::util::{annotate, same_template};
use crate::api::revision::{ROLLBACK_TO, is_copied, of as revision_of, without_hash};
use crate::api::views::apps_v1::{Deployment, ReplicaSet};
use crate::api::{Request, Status, View, kinds};
use crate::client::{Context, EventKind};
use crate::controllers::Caches;
use crate::json::Json;

/// The revision that is asked for; 0: the one before the present one.
pub fn revision(d: &Deployment) -> Option<i64> {
    d.json()["metadata"]["annotations"][ROLLBACK_TO].str().parse().ok()
}

impl DeploymentController {
    pub(super) fn rollback(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        d: &mut Deployment,
        sets: Vec<ReplicaSet>,
    ) -> Result<(), Status> {
        let (new, old) = self.all_replica_sets(cx, caches, d, &sets, true)?;
        let mut wanted = revision(d).unwrap_or(0);
        if wanted == 0 {
            let before = |set: &&ReplicaSet| {
                new.as_ref().is_none_or(|n| revision_of(set.json()) < revision_of(n.json()))
            };
            wanted = old.iter().filter(before).map(|set| revision_of(set.json())).max().unwrap_or(0);
        }
        if wanted == 0 {
            let message = "Unable to find last revision.".into();
            self.tell(d, EventKind::Warning, "DeploymentRollbackRevisionNotFound", message);
            return give_up(cx, d);
        }
        cx.note("rollback", [("revision", Json::Int(wanted))]);
        let Some(target) = old.iter().chain(&new).find(|set| revision_of(set.json()) == wanted).cloned()
        else {
            let message = "Unable to find the revision to rollback to.".into();
            self.tell(d, EventKind::Warning, "DeploymentRollbackRevisionNotFound", message);
            return give_up(cx, d);
        };
        if same_template(d, &target) {
            let name = d.metadata().name().to_string();
            let message =
                format!("The rollback revision contains the same template as current deployment {name:?}");
            self.tell(d, EventKind::Warning, "DeploymentRollbackTemplateUnchanged", message);
            return give_up(cx, d);
        }
        take_template(d, &target);
        let message = format!("Rolled back deployment {:?} to revision {wanted}", d.metadata().name());
        self.tell(d, EventKind::Normal, "DeploymentRollback", message);
        give_up(cx, d)
    }
}

/// The template of a ReplicaSet, and what it was told to remember of its time.
fn take_template(d: &mut Deployment, set: &ReplicaSet) {
    let mut spec = d.spec();
    spec.set_template(without_hash(set.spec().template().json()));
    d.set_spec(spec);
    for (key, value) in set.json()["metadata"]["annotations"].entries() {
        if is_copied(key) {
            annotate(d, key, value.str());
        }
    }
}

/// Removes the request, with or without having followed it (`updateDeploymentAndClearRollbackTo`).
fn give_up(cx: &mut Context, d: &Deployment) -> Result<(), Status> {
    let mut d = d.clone();
    let mut metadata = d.metadata();
    let mut annotations = metadata.annotations().clone();
    annotations.remove(ROLLBACK_TO);
    metadata.set_annotations(annotations);
    d.set_metadata(metadata);
    cx.api.call(Request::update(kinds::DEPLOYMENTS, d).by(super::AGENT)).map(|_| ())
}
