//! The templates that a StatefulSet or a DaemonSet has had, each kept in a ControllerRevision (`pkg/controller/history`).
//!
//! A ControllerRevision never changes but for its number: going back to a template gives the old object the next number.

use super::claim::Claim;
use super::{Caches, hash};
use crate::api::selector::Labels;
use crate::api::views::apps_v1::ControllerRevision;
use crate::api::{ObjectKey, Request, Resource, Status, View, kinds, meta, revision};
use crate::client::{BY_CONTROLLER, Context, orphans};
use crate::collections::sort_by;
use crate::json;
use crate::json::{Json, Str};

/// The revisions of one object.
pub struct History<'a> {
    /// The object: a StatefulSet, a DaemonSet.
    pub owner: &'a Json,
    /// What it is.
    pub resource: Resource,
    /// The label in which a revision says its hash.
    pub label: &'static str,
    /// Who asks.
    pub agent: &'static str,
}

impl History<'_> {
    /// The object's revisions after adoption and release, the oldest first.
    pub fn list(&self, cx: &mut Context, caches: &Caches) -> Result<Vec<ControllerRevision>, Status> {
        let lister = caches.lister::<ControllerRevision>(kinds::CONTROLLERREVISIONS);
        let nobody = orphans(self.owner["metadata"]["namespace"].str());
        let candidates = lister.by_index(BY_CONTROLLER, meta::uid(self.owner));
        let claim = Claim {
            owner: self.owner,
            resource: self.resource.clone(),
            dependents: kinds::CONTROLLERREVISIONS.into(),
            selector: Labels::from_object(&self.owner["spec"]["selector"]).unwrap_or_default(),
            finalizer: None,
            agent: self.agent,
        };
        let mut all = claim.claim(cx, candidates.chain(lister.by_index(BY_CONTROLLER, &nobody)))?;
        sort_by(&mut all, |a, b| {
            let age = |r: &ControllerRevision| {
                let metadata = r.metadata();
                (metadata.creation_timestamp().to_owned(), metadata.name().to_owned())
            };
            number(a).cmp(&number(b)).then_with(|| age(a).cmp(&age(b)))
        });
        Ok(all)
    }

    /// Keeps the present template as a new revision. Where its name is taken by another template, `collisions` is raised and
    /// another hash tried.
    pub fn create(
        &self,
        cx: &mut Context,
        number: i64,
        collisions: &mut i32,
    ) -> Result<ControllerRevision, Status> {
        let data = revision::snapshot(self.owner);
        let about = &self.owner["metadata"];
        loop {
            let hash = hash::of_template(&data, Some(*collisions));
            let name = format!("{}-{hash}", about["name"].str());
            let mut labels = self.owner.at(&["spec", "template", "metadata", "labels"]).clone();
            labels.set(self.label, hash);
            let mut metadata = json!({
                "name": name.as_str(), "namespace": &about["namespace"], "labels": labels,
                "ownerReferences": [meta::new_controller_ref(self.owner, &self.resource)],
            });
            if !about["annotations"].is_empty() {
                metadata.set("annotations", &about["annotations"]);
            }
            let body = json!({
                "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata,
                "data": &data, "revision": number,
            });
            let request = Request::create(kinds::CONTROLLERREVISIONS, body).by(self.agent);
            match cx.api.call(request) {
                Ok(created) => return Ok(ControllerRevision::from(created.body)),
                Err(error) if error.is_already_exists() => {
                    let namespace = about["namespace"].str();
                    let get = Request::get(kinds::CONTROLLERREVISIONS, namespace, name).by(self.agent);
                    let there = cx.api.call(get)?.body;
                    if there["data"] == data {
                        return Ok(ControllerRevision::from(there));
                    }
                    *collisions += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives a revision another number.
    pub fn renumber(
        &self,
        cx: &mut Context,
        mut revision: ControllerRevision,
        number: i64,
    ) -> Result<ControllerRevision, Status> {
        if revision.revision() == Some(number) {
            return Ok(revision);
        }
        revision.set_revision(number);
        let request = Request::update(kinds::CONTROLLERREVISIONS, revision).by(self.agent);
        cx.api.call(request).map(|response| ControllerRevision::from(response.body))
    }

    /// Deletes the oldest of the revisions that nobody needs, so that no more than `limit` of them stay.
    pub fn truncate(
        &self,
        cx: &mut Context,
        unneeded: &[ControllerRevision],
        limit: i32,
    ) -> Result<(), Status> {
        let Ok(limit) = usize::try_from(limit) else { return Ok(()) };
        for old in &unneeded[..unneeded.len().saturating_sub(limit)] {
            let ObjectKey { namespace, name } = ObjectKey::of(old.json());
            cx.api.call(Request::delete(kinds::CONTROLLERREVISIONS, namespace, name).by(self.agent))?;
        }
        Ok(())
    }

    /// Whether a revision keeps the present template.
    pub fn is_present(&self, kept: &ControllerRevision) -> bool {
        *kept.data() == revision::snapshot(self.owner)
    }
}

/// The number of a revision.
pub fn number(revision: &ControllerRevision) -> i64 {
    revision.revision().unwrap_or(0)
}

/// The name of a revision.
pub fn name(revision: &ControllerRevision) -> Str {
    revision.metadata().name().into()
}
