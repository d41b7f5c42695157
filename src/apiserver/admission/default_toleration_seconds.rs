//! DefaultTolerationSeconds: a node may be unreachable for five minutes before its pods are evicted
//! (`plugin/pkg/admission/defaulttolerationseconds`).

use super::Attributes;
use crate::api::Status;
use crate::apiserver::ApiServer;
use crate::json;

/// Admits a pod.
pub fn admit(_: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.is("", "pods") {
        return Ok(());
    }
    let pod = &mut *attributes.object;
    let mut tolerations = pod["spec"]["tolerations"].items().to_vec();
    let before = tolerations.len();
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let tolerated = tolerations.iter().any(|t| {
            let (k, effect) = (t["key"].str(), t["effect"].str());
            (k == key || k.is_empty()) && (effect == "NoExecute" || effect.is_empty())
        });
        if !tolerated {
            tolerations.push(json!({
                "key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            }));
        }
    }
    if tolerations.len() > before {
        pod.set_at(&["spec", "tolerations"], tolerations);
    }
    Ok(())
}
