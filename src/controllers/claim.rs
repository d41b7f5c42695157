//! Who controls a pod, or a ReplicaSet: adoption of orphans that a selector matches, release of those that it no longer
//! matches (`controller.PodControllerRefManager`, `controller.ReplicaSetControllerRefManager`).

use super::Caches;
use crate::api::selector::Labels;
use crate::api::{ObjectKey, PatchType, Reason, Request, Resource, ResourceInfo, Status, View, meta};
use crate::client::Context;
use crate::json;
use crate::json::Json;

/// A controller's object that claims dependents.
pub struct Claim<'a> {
    /// The object: a Job, a ReplicaSet, a Deployment.
    pub owner: &'a Json,
    /// What it is.
    pub resource: Resource,
    /// What it claims: pods, ReplicaSets.
    pub dependents: Resource,
    /// Which of them it wants.
    pub selector: Labels,
    /// A finalizer that the adopted get and the released lose.
    pub finalizer: Option<&'static str>,
    /// Who asks.
    pub agent: &'static str,
}

impl Claim<'_> {
    /// Those of the candidates that the object controls now: what it controlled and still wants, and the orphans it adopted.
    pub fn claim<V: View>(
        &self,
        cx: &mut Context,
        candidates: impl Iterator<Item = V>,
    ) -> Result<Vec<V>, Status> {
        let mut claimed = Vec::new();
        let mut may_adopt = None;
        let mut failed = None;
        for candidate in candidates {
            match self.claims(cx, candidate.json(), &mut may_adopt) {
                Ok(true) => claimed.push(candidate),
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(claimed), Err)
    }

    fn claims(
        &self,
        cx: &mut Context,
        dependent: &Json,
        may_adopt: &mut Option<Result<(), Status>>,
    ) -> Result<bool, Status> {
        let wanted = self.selector.matches(&dependent["metadata"]["labels"]);
        let going = meta::is_being_deleted(self.owner);
        match meta::controller_of(dependent) {
            Some(owner) if owner.uid() != meta::uid(self.owner) => Ok(false),
            Some(_) if wanted => Ok(true),
            Some(_) if going => Ok(false),
            Some(_) => self.release(cx, dependent).map(|()| false),
            None if !wanted || going || meta::is_being_deleted(dependent) => Ok(false),
            None => {
                may_adopt.get_or_insert_with(|| self.may_adopt(cx)).clone()?;
                self.adopt(cx, dependent)
            }
        }
    }

    /// Asks the API server, not the cache: an object that is being deleted must not adopt.
    fn may_adopt(&self, cx: &mut Context) -> Result<(), Status> {
        let meta = &self.owner["metadata"];
        let get = Request::get(self.resource.clone(), meta["namespace"].str(), meta["name"].str());
        let fresh = cx.api.call(get.by(self.agent))?.body;
        if meta::uid(&fresh) != meta::uid(self.owner) || meta::is_being_deleted(&fresh) {
            let name = meta["name"].str();
            let why = format!("{} has just been deleted or replaced", self.resource.kind);
            return Err(Status::conflict(&self.resource, name, &why));
        }
        Ok(())
    }

    fn adopt(&self, cx: &mut Context, dependent: &Json) -> Result<bool, Status> {
        let owner = meta::new_controller_ref(self.owner, &self.resource);
        let mut patch = json!({ "metadata": { "uid": meta::uid(dependent), "ownerReferences": [owner] } });
        if let Some(finalizer) = self.finalizer {
            patch.set_at(&["metadata", "finalizers"], json!([finalizer]));
        }
        match self.patch(cx, dependent, patch) {
            Err(error) if error.is_not_found() => Ok(false),
            outcome => outcome.map(|()| true),
        }
    }

    fn release(&self, cx: &mut Context, dependent: &Json) -> Result<(), Status> {
        let gone = json!({ "$patch": "delete", "uid": meta::uid(self.owner) });
        let mut patch = json!({ "metadata": { "uid": meta::uid(dependent), "ownerReferences": [gone] } });
        if let Some(finalizer) = self.finalizer {
            patch.set_at(&["metadata", "$deleteFromPrimitiveList/finalizers"], json!([finalizer]));
        }
        match self.patch(cx, dependent, patch) {
            Err(error) if error.is_not_found() || error.reason == Some(Reason::Invalid) => Ok(()),
            outcome => outcome,
        }
    }

    fn patch(&self, cx: &mut Context, dependent: &Json, patch: Json) -> Result<(), Status> {
        let meta = &dependent["metadata"];
        let resource = self.dependents.clone();
        let (namespace, name) = (meta["namespace"].str(), meta["name"].str());
        let request = Request::patch(PatchType::Strategic, resource, namespace, name, patch);
        cx.api.call(request.by(self.agent)).map(|_| ())
    }
}

/// The object behind a controller reference, as cached (`resolveControllerRef`). One of that name with another uid is
/// somebody else.
pub fn resolve<'a>(
    caches: &'a Caches,
    resource: &'static ResourceInfo,
    dependent: &Json,
) -> Option<&'a Json> {
    let owner = meta::controller_of(dependent).filter(|owner| owner.kind() == resource.kind)?;
    let key = ObjectKey::new(dependent["metadata"]["namespace"].str(), owner.name());
    caches.of(resource).get(&key).filter(|object| meta::uid(object) == owner.uid())
}

/// Which pods an object wants. The selector of a ReplicationController is a plain map of labels.
pub fn selector_of(object: &Json) -> Option<Labels> {
    let selector = &object["spec"]["selector"];
    match object["kind"].str() {
        "ReplicationController" => Labels::from_object(&json!({ "matchLabels": selector })),
        _ => Labels::from_object(selector),
    }
}

/// The objects of a resource whose selector matches an orphan's labels: they may want to adopt it.
pub fn adopters(caches: &Caches, resource: &'static ResourceInfo, orphan: &Json) -> Vec<ObjectKey> {
    let meta = &orphan["metadata"];
    if meta["labels"].is_empty() {
        return Vec::new();
    }
    let wants =
        |object: &&Json| selector_of(object).is_some_and(|s| !s.is_empty() && s.matches(&meta["labels"]));
    let objects = caches.of(resource);
    objects.in_namespace(meta["namespace"].str()).filter(wants).map(ObjectKey::of).collect()
}
