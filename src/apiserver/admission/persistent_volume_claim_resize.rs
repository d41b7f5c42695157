//! PersistentVolumeClaimResize: only a claim whose class allows it can grow
//! (`plugin/pkg/admission/storage/persistentvolume/resize`).

use super::Attributes;
use crate::api::quantity::Quantity;
use crate::api::{ObjectKey, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json::Json;

/// Refuses what cannot grow.
pub fn validate(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let Some(old) = attributes.old.filter(|_| attributes.is("", "persistentvolumeclaims")) else {
        return Ok(());
    };
    let new = &*attributes.object;
    let size = |claim: &Json| {
        let size = Quantity::of_json(claim.at(&["spec", "resources", "requests", "storage"]));
        size.map_or(0, |size| size.nano())
    };
    if size(new) <= size(old) {
        return Ok(());
    }
    if old["status"]["phase"].str() != "Bound" {
        return Err(attributes.forbidden("Only bound persistent volume claims can be expanded"));
    }
    let class = old["spec"]["storageClassName"].str();
    let found = server.store.get(&kinds::STORAGECLASSES.into(), &ObjectKey::new("", class));
    let allows = found.is_some_and(|class| class["allowVolumeExpansion"].as_bool() == Some(true));
    if allows && new["spec"]["storageClassName"].str() == class {
        return Ok(());
    }
    Err(attributes.forbidden(
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
    ))
}
