//! Who controls a pod: adoption of orphans that a selector matches, release of pods that it no longer matches
//! (`controller.PodControllerRefManager`).

use crate::api::selector::Labels;
use crate::api::views::core_v1::Pod;
use crate::api::{PatchType, Reason, Request, Resource, Status, View, kinds, meta};
use crate::client::Context;
use crate::json;
use crate::json::Json;

/// A controller's object that claims pods.
pub struct Claim<'a> {
    /// The object: a Job, a ReplicaSet.
    pub owner: &'a Json,
    /// What it is.
    pub resource: Resource,
    /// Which pods it wants.
    pub selector: Labels,
    /// A finalizer that adopted pods get and released pods lose.
    pub finalizer: Option<&'static str>,
    /// Who asks.
    pub agent: &'static str,
}

impl Claim<'_> {
    /// The pods of these that the object controls now: those it controlled and still wants, and the orphans it adopted.
    pub fn pods(&self, cx: &mut Context, candidates: impl Iterator<Item = Pod>) -> Result<Vec<Pod>, Status> {
        let mut claimed = Vec::new();
        let mut may_adopt = None;
        let mut failed = None;
        for pod in candidates {
            let wanted = self.selector.matches(&pod.json()["metadata"]["labels"]);
            let outcome = match meta::controller_of(pod.json()) {
                Some(owner) if owner.uid() != meta::uid(self.owner) => Ok(false),
                Some(_) if wanted => Ok(true),
                Some(_) if meta::is_being_deleted(self.owner) => Ok(false),
                Some(_) => self.release(cx, &pod).map(|()| false),
                None if !wanted
                    || meta::is_being_deleted(self.owner)
                    || meta::is_being_deleted(pod.json()) =>
                {
                    Ok(false)
                }
                None => match may_adopt.get_or_insert_with(|| self.may_adopt(cx)) {
                    Ok(()) => self.adopt(cx, &pod),
                    Err(error) => Err(error.clone()),
                },
            };
            match outcome {
                Ok(true) => claimed.push(pod),
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(claimed), Err)
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

    fn adopt(&self, cx: &mut Context, pod: &Pod) -> Result<bool, Status> {
        let owner = meta::new_controller_ref(self.owner, &self.resource);
        let mut patch = json!({ "metadata": { "uid": meta::uid(pod.json()), "ownerReferences": [owner] } });
        if let Some(finalizer) = self.finalizer {
            patch.set_at(&["metadata", "finalizers"], json!([finalizer]));
        }
        match self.patch(cx, pod, patch) {
            Err(error) if error.is_not_found() => Ok(false),
            outcome => outcome.map(|()| true),
        }
    }

    fn release(&self, cx: &mut Context, pod: &Pod) -> Result<(), Status> {
        let gone = json!({ "$patch": "delete", "uid": meta::uid(self.owner) });
        let mut patch = json!({ "metadata": { "uid": meta::uid(pod.json()), "ownerReferences": [gone] } });
        if let Some(finalizer) = self.finalizer {
            patch.set_at(&["metadata", "$deleteFromPrimitiveList/finalizers"], json!([finalizer]));
        }
        match self.patch(cx, pod, patch) {
            Err(error) if error.is_not_found() || error.reason == Some(Reason::Invalid) => Ok(()),
            outcome => outcome,
        }
    }

    fn patch(&self, cx: &mut Context, pod: &Pod, patch: Json) -> Result<(), Status> {
        let meta = pod.metadata();
        let request = Request::patch(PatchType::Strategic, kinds::PODS, meta.namespace(), meta.name(), patch);
        cx.api.call(request.by(self.agent)).map(|_| ())
    }
}
