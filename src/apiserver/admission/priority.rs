//! Priority: a pod's number follows from the class that it names, or from the one that is meant for all others
//! (`plugin/pkg/admission/priority`).

use super::Attributes;
use crate::api::{ObjectKey, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json::Json;

/// Resolves a new pod's class. A change that does not repeat what follows from it leaves it as it is.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.is("", "pods") {
        return Ok(());
    }
    if let Some(old) = attributes.old {
        for field in ["priority", "preemptionPolicy"] {
            if attributes.object["spec"][field].is_null() && !old["spec"][field].is_null() {
                attributes.object.set_at(&["spec", field], &old["spec"][field]);
            }
        }
        return Ok(());
    }
    let name = attributes.object["spec"]["priorityClassName"].str().to_string();
    let class = if name.is_empty() {
        global_default(server)
    } else {
        let found = server.store.get(&kinds::PRIORITYCLASSES.into(), &ObjectKey::new("", name.as_str()));
        let missing = || attributes.forbidden(&format!("no PriorityClass with name {name} was found"));
        Some(found.cloned().ok_or_else(missing)?)
    };
    let class = class.unwrap_or_default();
    let value = class["value"].as_i64().unwrap_or(0);
    let policy = match class["preemptionPolicy"].str() {
        "" => "PreemptLowerPriority",
        policy => policy,
    };
    let spec = &attributes.object["spec"];
    if let Some(said) = spec["priority"].as_i64().filter(|said| *said != value) {
        return Err(attributes.forbidden(&format!(
            "the integer value of priority ({said}) must not be provided in pod spec; priority admission controller computed {value} from the given PriorityClass name"
        )));
    }
    let said = spec["preemptionPolicy"].str();
    if !said.is_empty() && said != policy {
        return Err(attributes.forbidden(&format!(
            "the string value of PreemptionPolicy ({said}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name"
        )));
    }
    let pod = &mut *attributes.object;
    if name.is_empty() && !class.is_null() {
        pod.set_at(&["spec", "priorityClassName"], &class["metadata"]["name"]);
    }
    pod.set_at(&["spec", "priority"], value);
    pod.set_at(&["spec", "preemptionPolicy"], policy);
    Ok(())
}

/// There is but one class for all others.
pub fn validate(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let class = &*attributes.object;
    if !attributes.is("scheduling.k8s.io", "priorityclasses")
        || class["globalDefault"].as_bool() != Some(true)
    {
        return Ok(());
    }
    match global_default(server) {
        Some(other) if attributes.old.is_none() || other["metadata"]["name"] != class["metadata"]["name"] => {
            let name = other["metadata"]["name"].str();
            let why =
                format!("PriorityClass {name} is already marked as default. Only one default can exist");
            Err(attributes.forbidden(&why))
        }
        _ => Ok(()),
    }
}

/// The class for pods that name none: of several, the one of the lowest value.
fn global_default(server: &ApiServer) -> Option<Json> {
    let classes = kinds::PRIORITYCLASSES.into();
    let all = server.store.list(&classes, "").map(|(_, class)| class);
    let default = all.filter(|class| class["globalDefault"].as_bool() == Some(true));
    default.min_by_key(|class| class["value"].as_i64()).cloned()
}
