//! The API approval controller: says of a definition in a group of the Kubernetes community whether its API was approved
//! (`pkg/controller/apiapproval/apiapproval_controller.go`). Of all others there is nothing to say, so they are not even queued.

use super::{condition, set_condition, update_status};
use crate::api::{ObjectKey, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta};
use crate::controllers::{Caches, Controller, Queue};
use crate::json::Json;
use crate::sim::Time;

/// Its name.
pub const NAME: &str = "crd-api-approval-controller";
const APPROVED: &str = "api-approved.kubernetes.io";
const SEE: &str = "see https://github.com/kubernetes/enhancements/pull/1111";

/// Tells what was approved.
#[derive(Clone, Debug)]
pub struct ApiApprovalController([Queue; 1]);

impl Default for ApiApprovalController {
    fn default() -> Self {
        ApiApprovalController([Queue::new(NAME, kinds::CUSTOMRESOURCEDEFINITIONS, 1)])
    }
}

fn is_protected(crd: &Json) -> bool {
    let group = crd["spec"]["group"].str();
    let below = |own: &str| group == own || group.ends_with(&format!(".{own}"));
    below("k8s.io") || below("kubernetes.io")
}

/// Status, reason and message of the condition.
fn approval(crd: &Json) -> (&'static str, &'static str, String) {
    let said = crd["metadata"]["annotations"][APPROVED].str();
    let url = said.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty());
    match said {
        "" => {
            let why = format!("protected groups must have approval annotation {APPROVED:?}, {SEE}");
            ("False", "MissingAnnotation", why)
        }
        said if said.starts_with("unapproved") => {
            ("False", "UnapprovedAnnotation", format!("not approved: {said:?}"))
        }
        said if url => ("True", "ApprovedAnnotation", format!("approved in {said}")),
        _ => {
            let why = format!(
                "protected groups must have approval annotation {APPROVED:?} with either a URL or a reason starting with \"unapproved\", {SEE}"
            );
            ("False", "InvalidAnnotation", why)
        }
    }
}

impl Controller for ApiApprovalController {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::CUSTOMRESOURCEDEFINITIONS]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, _: Time) {
        if is_protected(delta.object()) {
            self.0[0].keys.add(ObjectKey::of(delta.object()));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        const CONDITION: &str = "KubernetesAPIApprovalPolicyConformant";
        let cached = caches.of(kinds::CUSTOMRESOURCEDEFINITIONS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let Some(crd) = cached else { return Ok(()) };
        let (status, reason, message) = approval(crd);
        let old = condition(crd, CONDITION);
        if old["status"].str() == status && old["reason"].str() == reason && old["message"].str() == message {
            return Ok(());
        }
        cx.note("approval", [("approved", Json::Bool(status == "True")), ("reason", reason.into())]);
        let mut new = crd.clone();
        set_condition(&mut new, cx.now, CONDITION, status, reason, &message);
        update_status(cx, new).map(|_| ())
    }
}
