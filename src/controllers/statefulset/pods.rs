//! Creating, mending and deleting the pods of a set, with the events that tell of it (upstream's
//! `stateful_pod_control.go`).

use super::identity::{set_identity, set_storage};
use super::{AGENT, StatefulSetController, claims};
use crate::api::views::apps_v1::StatefulSet;
use crate::api::{ObjectKey, Request, Status, kinds};
use crate::client::{Context, EventKind};
use crate::controllers::Caches;
use crate::json::Json;

impl StatefulSetController {
    /// Creates a pod, its claims before it.
    pub(super) fn create_pod(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        set: &StatefulSet,
        pod: &Json,
    ) -> Result<(), Status> {
        cx.note("create-pod", [("name", pod["metadata"]["name"].clone())]);
        let claimed = self.create_claims(cx, caches, set, pod);
        if claimed.is_err() {
            self.tell_of_pod(set, pod, "Create", &claimed);
            return claimed;
        }
        match cx.api.call(Request::create(kinds::PODS, pod).by(AGENT)) {
            // The cache is behind; the event is on its way.
            Err(error) if error.is_already_exists() => Err(error),
            Err(error) => {
                let outcome = Err(error);
                self.tell_of_pod(set, pod, "Create", &outcome);
                outcome
            }
            Ok(created) => {
                self.update_claim_owners(cx, caches, set, &created.body)?;
                self.tell_of_pod(set, pod, "Create", &Ok(()));
                Ok(())
            }
        }
    }

    /// Gives a pod the identity, the volumes and the owners of its claims that it lacks (`UpdateStatefulPod`).
    pub(super) fn mend_pod(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        set: &StatefulSet,
        pod: &Json,
    ) -> Result<(), Status> {
        let mut mended = pod.clone();
        let renamed = set_identity(set, &mut mended);
        let moved = set_storage(set, &mut mended);
        if moved {
            self.create_claims(cx, caches, set, &mended)?;
        }
        if !claims::owners_match(caches, set, pod) {
            self.update_claim_owners(cx, caches, set, pod)?;
        }
        if renamed || moved {
            let request = Request::update(kinds::PODS, mended).by(AGENT);
            let outcome = cx.api.call(request).map(|_| ());
            self.tell_of_pod(set, pod, "Update", &outcome);
            return outcome;
        }
        Ok(())
    }

    /// Deletes a pod, for a reason: `scale-down`, `update`, or `ended`.
    pub(super) fn delete_pod(
        &mut self,
        cx: &mut Context,
        set: &StatefulSet,
        pod: &Json,
        why: &'static str,
    ) -> Result<(), Status> {
        let ObjectKey { namespace, name } = ObjectKey::of(pod);
        cx.note("delete-pod", [("name", Json::from(&name)), ("why", why.into())]);
        let request = Request::delete(kinds::PODS, namespace, name).by(AGENT);
        let outcome = cx.api.call(request).map(|_| ());
        self.tell_of_pod(set, pod, "Delete", &outcome);
        outcome
    }

    fn tell_of_pod(&mut self, set: &StatefulSet, pod: &Json, verb: &str, outcome: &Result<(), Status>) {
        let (pod, name) = (pod["metadata"]["name"].str(), set.metadata().name().to_owned());
        match outcome {
            Ok(()) => {
                let message = format!("{verb} Pod {pod} in StatefulSet {name} successful");
                self.tell(set, EventKind::Normal, &format!("Successful{verb}"), message);
            }
            Err(error) => {
                let why = &error.message;
                let message = format!("{verb} Pod {pod} in StatefulSet {name} failed error: {why}");
                self.tell(set, EventKind::Warning, &format!("Failed{verb}"), message);
            }
        }
    }
}
