//! `spec.podFailurePolicy`: what the failure of a pod means for the Job.

use crate::api::View;
use crate::api::views::batch_v1::{JobSpec, PodFailurePolicyRule};
use crate::json::Json;

/// What the first matching rule says.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The failure counts towards the back-off limit; also where no rule matches.
    Count,
    /// It does not count.
    Ignore,
    /// The pod's index has failed.
    FailIndex,
    /// The Job has failed, and this is why.
    FailJob(String),
}

impl Verdict {
    /// Whether the failure counts.
    pub fn counts(&self) -> bool {
        *self != Verdict::Ignore
    }
}

/// The verdict on a failed pod.
pub fn judge(spec: &JobSpec, pod: &Json) -> Verdict {
    let policy = spec.pod_failure_policy();
    for (i, rule) in policy.rules().iter().enumerate() {
        let Some(what) = matches(&rule, pod) else { continue };
        return match rule.action() {
            "Ignore" => Verdict::Ignore,
            "FailIndex" if spec.backoff_limit_per_index().is_some() => Verdict::FailIndex,
            "FailJob" => Verdict::FailJob(format!("{what} matching FailJob rule at index {i}")),
            "Count" => Verdict::Count,
            _ => continue,
        };
    }
    Verdict::Count
}

/// What of the pod a rule matches, in words.
fn matches(rule: &PodFailurePolicyRule, pod: &Json) -> Option<String> {
    let id = format!("{}/{}", pod["metadata"]["namespace"].str(), pod["metadata"]["name"].str());
    let codes = rule.on_exit_codes();
    if codes.exists() {
        let lists = ["containerStatuses", "initContainerStatuses"];
        let mut statuses = lists.into_iter().flat_map(|list| pod["status"][list].items());
        return statuses.find_map(|status| {
            let code = status.at(&["state", "terminated", "exitCode"]).as_i64().filter(|code| *code != 0)?;
            let name = status["name"].str();
            if !codes.container_name().is_empty() && codes.container_name() != name {
                return None;
            }
            let listed = codes.json()["values"].items().contains(&Json::Int(code));
            let met = if codes.operator() == "In" { listed } else { !listed };
            met.then(|| format!("Container {name} for pod {id} failed with exit code {code}"))
        });
    }
    let wanted = rule.on_pod_conditions();
    pod["status"]["conditions"].items().iter().find_map(|condition| {
        let (kind, status) = (condition["type"].str(), condition["status"].str());
        let met = wanted.iter().any(|pattern| pattern.r#type() == kind && pattern.status() == status);
        met.then(|| format!("Pod {id} has condition {kind}"))
    })
}
