//! DefaultStorageClass: a claim that names no class gets the cluster's (`plugin/pkg/admission/storage/storageclass/setdefault`).

use super::Attributes;
use crate::api::{ResourceInfo, Status, kinds};
use crate::apiserver::ApiServer;
use crate::json::Str;

const DEFAULT: [&str; 2] =
    ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
const OLD_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// Admits a new claim.
pub fn admit(server: &mut ApiServer, attributes: &mut Attributes) -> Result<(), Status> {
    let claim = &*attributes.object;
    let said = !claim["spec"]["storageClassName"].is_null()
        || claim["metadata"]["annotations"].get(OLD_CLASS).is_some();
    if !attributes.creates("", "persistentvolumeclaims") || said {
        return Ok(());
    }
    if let Some(class) = newest(server, kinds::STORAGECLASSES, &DEFAULT) {
        attributes.object.set_at(&["spec", "storageClassName"], class);
    }
    Ok(())
}

/// The newest object that an annotation marks as the default; of those of one moment, the first by name.
pub fn newest(server: &ApiServer, resource: &'static ResourceInfo, marks: &[&str]) -> Option<Str> {
    let resource = resource.into();
    let mut found: Option<(&str, &str)> = None;
    for (_, object) in server.store.list(&resource, "") {
        let meta = &object["metadata"];
        let (made, name) = (meta["creationTimestamp"].str(), meta["name"].str());
        let marked = marks.iter().any(|mark| meta["annotations"][*mark].str() == "true");
        if marked && found.is_none_or(|(newest, _)| made > newest) {
            found = Some((made, name));
        }
    }
    found.map(|(_, name)| name.into())
}
