//! StorageObjectInUseProtection: claims and volumes are not gone before nobody uses them any more
//! (`plugin/pkg/admission/storage/storageobjectinuseprotection`). The finalizers that say so are taken away by the controllers
//! `pvc-protection` and `pv-protection`.

use super::Attributes;
use crate::api::Status;
use crate::apiserver::ApiServer;
use crate::json::Json;

const PROTECTED: [(&str, &str, &str); 3] = [
    ("", "persistentvolumeclaims", "kubernetes.io/pvc-protection"),
    ("", "persistentvolumes", "kubernetes.io/pv-protection"),
    ("storage.k8s.io", "volumeattributesclasses", "kubernetes.io/vac-protection"),
];

/// Admits a new object.
pub fn admit(_: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let found = PROTECTED.iter().find(|(group, plural, _)| attributes.creates(group, plural));
    let Some((_, _, finalizer)) = found else { return Ok(()) };
    let mut all = attributes.object["metadata"]["finalizers"].items().to_vec();
    if !all.iter().any(|present| present.str() == *finalizer) {
        all.push(Json::from(*finalizer));
        attributes.object.set_at(&["metadata", "finalizers"], all);
    }
    Ok(())
}
