//! RuntimeClass: a pod of a class gets the class's overhead, node selector and tolerations (`plugin/pkg/admission/runtimeclass`).

use super::Attributes;
use crate::api::{ObjectKey, Status, kinds, quota};
use crate::apiserver::ApiServer;
use crate::json::Json;

/// Admits a new pod.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.creates_pod() {
        return Ok(());
    }
    let class = class(server, attributes)?;
    let overhead = &class["overhead"]["podFixed"];
    if !overhead.is_null() {
        check_overhead(attributes, overhead, true)?;
        attributes.object.set_at(&["spec", "overhead"], overhead);
    }
    let mut selector = attributes.object["spec"]["nodeSelector"].clone();
    for (key, value) in class["scheduling"]["nodeSelector"].entries() {
        if let Some(said) = selector.get(key).filter(|said| *said != value) {
            return Err(attributes.forbidden(&format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {}; pod.spec.nodeSelector[{key}] = {}",
                value.str(),
                said.str()
            )));
        }
        selector.set(key.clone(), value);
    }
    if !selector.is_null() {
        attributes.object.set_at(&["spec", "nodeSelector"], selector);
    }
    let own = attributes.object["spec"]["tolerations"].items();
    let new = class["scheduling"]["tolerations"].items().iter();
    let new: Vec<Json> = new.filter(|toleration| !own.contains(toleration)).cloned().collect();
    if !new.is_empty() {
        let all: Json = own.iter().cloned().chain(new).collect();
        attributes.object.set_at(&["spec", "tolerations"], all);
    }
    Ok(())
}

/// Only the class says what a pod costs beyond its containers.
pub fn validate(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    if !attributes.creates_pod() {
        return Ok(());
    }
    let class = class(server, attributes)?;
    check_overhead(attributes, &class["overhead"]["podFixed"], false)
}

/// The class that a pod names; nothing where it names none.
fn class(server: &ApiServer, attributes: &Attributes) -> Result<Json, Status> {
    let name = &attributes.object["spec"]["runtimeClassName"];
    if name.is_null() {
        return Ok(Json::Null);
    }
    let found = server.store.get(&kinds::RUNTIMECLASSES.into(), &ObjectKey::new("", name.str()));
    let missing = || attributes.forbidden(&format!("pod rejected: RuntimeClass {:?} not found", name.str()));
    found.cloned().ok_or_else(missing)
}

fn check_overhead(attributes: &Attributes, wanted: &Json, may_miss: bool) -> Result<(), Status> {
    let said = &attributes.object["spec"]["overhead"];
    let why = match (wanted.is_null(), said.is_null()) {
        (true, false) => "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
        (false, true) if may_miss => return Ok(()),
        (false, _) if !quota::equal(said, wanted) => {
            "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
        }
        _ => return Ok(()),
    };
    Err(attributes.forbidden(why))
}
