//! The claims for storage of a set's pods: made from its templates, kept when a pod goes, and deleted with the set or with the
//! pod where the retention policy says so (KEP 1847). Deleting is the garbage collector's: here only owners are written.

use super::identity::{ordinal, ordinals};
use super::{AGENT, StatefulSetController};
use crate::api::views::apps_v1::StatefulSet;
use crate::api::{ObjectKey, Reason, Request, Status, View, kinds, meta};
use crate::client::{Context, EventKind};
use crate::controllers::Caches;
use crate::json::Json;

/// The claims of a pod, each under the name of its template and of the volume (`getPersistentVolumeClaims`).
pub fn claims_of(set: &StatefulSet, pod: &Json) -> Vec<(String, Json)> {
    let Some(ordinal) = ordinal(pod) else { return Vec::new() };
    let (about, spec) = (set.metadata(), set.spec());
    let one = |template: &Json| {
        let volume = template["metadata"]["name"].str().to_owned();
        let mut claim = template.clone();
        claim.set_at(&["metadata", "name"], format!("{volume}-{}-{ordinal}", about.name()));
        claim.set_at(&["metadata", "namespace"], about.namespace());
        let mut labels = claim["metadata"]["labels"].clone();
        for (key, value) in spec.selector().match_labels().entries() {
            labels.set(key.clone(), value);
        }
        claim.set_at(&["metadata", "labels"], labels);
        (volume, claim)
    };
    spec.json()["volumeClaimTemplates"].items().iter().map(one).collect()
}

fn cached<'a>(caches: &'a Caches, claim: &Json) -> Option<&'a Json> {
    caches.of(kinds::PERSISTENTVOLUMECLAIMS).get(&ObjectKey::of(claim))
}

/// The owners that a claim shall have among the set and the pod (`isClaimOwnerUpToDate`).
fn owners(set: &StatefulSet, pod: &Json) -> Vec<Json> {
    let policy = set.spec().persistent_volume_claim_retention_policy();
    let (scaled, deleted) = (policy.when_scaled() == "Delete", policy.when_deleted() == "Delete");
    let condemned = ordinal(pod).is_some_and(|ordinal| !ordinals(set).contains(&ordinal));
    if scaled && condemned {
        vec![meta::new_controller_ref(pod, &kinds::PODS.into())]
    } else if deleted {
        vec![meta::new_controller_ref(set.json(), &kinds::STATEFULSETS.into())]
    } else {
        Vec::new()
    }
}

/// Whether a reference is to the set or to a pod of this name.
fn is_ours(set: &StatefulSet, pod: &Json, owner: &Json) -> bool {
    owner["uid"].str() == set.metadata().uid()
        || owner["kind"].str() == "Pod" && owner["name"] == pod["metadata"]["name"]
}

/// Whether the claims' owners are as the retention policy wants them (`ClaimsMatchRetentionPolicy`).
pub fn owners_match(caches: &Caches, set: &StatefulSet, pod: &Json) -> bool {
    claims_of(set, pod).iter().filter_map(|(_, claim)| cached(caches, claim)).all(|claim| {
        let owners = owners(set, pod);
        let have = claim["metadata"]["ownerReferences"].items().iter();
        let have: Vec<&Json> = have.filter(|owner| is_ours(set, pod, owner)).collect();
        have.len() == owners.len() && have.iter().zip(&owners).all(|(a, b)| a["uid"] == b["uid"])
    })
}

/// Whether a claim still belongs to an earlier pod of this name and goes with it (`PodClaimIsStale`).
pub fn is_stale(caches: &Caches, set: &StatefulSet, pod: &Json) -> bool {
    let policy = set.spec().persistent_volume_claim_retention_policy();
    let of_another = |owner: &Json| {
        owner["kind"].str() == "Pod"
            && owner["name"] == pod["metadata"]["name"]
            && owner["uid"].str() != meta::uid(pod)
    };
    policy.when_scaled() == "Delete"
        && claims_of(set, pod)
            .iter()
            .filter_map(|(_, claim)| cached(caches, claim))
            .any(|claim| claim["metadata"]["ownerReferences"].items().iter().any(of_another))
}

impl StatefulSetController {
    /// Creates the claims that are missing.
    pub(super) fn create_claims(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        set: &StatefulSet,
        pod: &Json,
    ) -> Result<(), Status> {
        let mut errors: Vec<String> = Vec::new();
        for (_, claim) in claims_of(set, pod) {
            let name = claim["metadata"]["name"].str().to_owned();
            match cached(caches, &claim) {
                Some(there) if meta::is_being_deleted(there) => {
                    errors.push(format!("pvc {name} is being deleted"));
                }
                Some(_) => {}
                None => {
                    cx.note("create-claim", [("name", name.as_str().into())]);
                    let request = Request::create(kinds::PERSISTENTVOLUMECLAIMS, claim).by(AGENT);
                    let outcome = cx.api.call(request).map(|_| ());
                    if !outcome.as_ref().is_err_and(Status::is_already_exists) {
                        self.tell_of_claim(set, pod, &name, &outcome);
                    }
                    if let Err(error) = outcome {
                        errors.push(format!("failed to create PVC {name}: {}", error.message));
                    }
                }
            }
        }
        combined(errors)
    }

    /// Writes into the claims who owns them.
    pub(super) fn update_claim_owners(
        &mut self,
        cx: &mut Context,
        caches: &Caches,
        set: &StatefulSet,
        pod: &Json,
    ) -> Result<(), Status> {
        for (_, claim) in claims_of(set, pod) {
            let Some(there) = cached(caches, &claim) else { continue };
            let others = there["metadata"]["ownerReferences"].items().iter();
            let others = others.filter(|owner| !is_ours(set, pod, owner)).cloned();
            let all: Json = others.chain(owners(set, pod)).collect();
            if all == there["metadata"]["ownerReferences"]
                || all.is_empty() && there["metadata"]["ownerReferences"].is_empty()
            {
                continue;
            }
            let mut changed = there.clone();
            changed.set_at(&["metadata", "ownerReferences"], all);
            cx.note("claim-owner", [("name", changed["metadata"]["name"].clone())]);
            cx.api.call(Request::update(kinds::PERSISTENTVOLUMECLAIMS, changed).by(AGENT))?;
        }
        Ok(())
    }

    fn tell_of_claim(&mut self, set: &StatefulSet, pod: &Json, claim: &str, outcome: &Result<(), Status>) {
        let (pod, name) = (pod["metadata"]["name"].str(), set.metadata().name().to_owned());
        match outcome {
            Ok(()) => {
                let message = format!("Create Claim {claim} Pod {pod} in StatefulSet {name} success");
                self.tell(set, EventKind::Normal, "SuccessfulCreate", message);
            }
            Err(error) => {
                let why = &error.message;
                let message =
                    format!("Create Claim {claim} for Pod {pod} in StatefulSet {name} failed error: {why}");
                self.tell(set, EventKind::Warning, "FailedCreate", message);
            }
        }
    }
}

/// Several errors as one, in Go's words for that.
fn combined(errors: Vec<String>) -> Result<(), Status> {
    match errors.as_slice() {
        [] => Ok(()),
        [one] => Err(Status::new(Reason::InternalError, one.as_str())),
        many => Err(Status::new(Reason::InternalError, format!("[{}]", many.join(", ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn the_claims_of_a_pod_are_named_after_template_and_pod() {
        let set = StatefulSet::from(json!({
            "metadata": { "name": "web", "namespace": "default" },
            "spec": {
                "selector": { "matchLabels": { "app": "web" } },
                "volumeClaimTemplates": [{ "metadata": { "name": "data" } }],
            },
        }));
        let claims = claims_of(&set, &json!({ "metadata": { "name": "web-3" } }));
        let names: Vec<&str> = claims.iter().map(|(_, claim)| claim["metadata"]["name"].str()).collect();
        assert_eq!(names, ["data-web-3"]);
        assert_eq!(claims[0].1["metadata"]["labels"]["app"].str(), "web");
    }
}
