//! Internal structs of kinds other than pods, as `internal` shows them.

use super::internal::{Field, flag, list, number, plain, pointer, printed, text};
use crate::json::Json;

const BUDGET: &[Field] = &[
    plain("MinAvailable", "minAvailable"),
    plain("Selector", "selector"),
    plain("MaxUnavailable", "maxUnavailable"),
    plain("UnhealthyPodEvictionPolicy", "unhealthyPodEvictionPolicy"),
];
const ROLE_REF: &[Field] = &[text("APIGroup", "apiGroup"), text("Kind", "kind"), text("Name", "name")];
const PARTITION: &[Field] = &[number("Partition", "partition"), plain("MaxUnavailable", "maxUnavailable")];
const STATEFUL_STRATEGY: &[Field] =
    &[text("Type", "type"), pointer("RollingUpdate", "rollingUpdate", PARTITION)];
const DAEMON_STRATEGY: &[Field] = &[
    text("Type", "type"),
    pointer(
        "RollingUpdate",
        "rollingUpdate",
        &[plain("MaxUnavailable", "maxUnavailable"), plain("MaxSurge", "maxSurge")],
    ),
];
const CLAIM: &[Field] = &[
    plain("AccessModes", "accessModes"),
    plain("Selector", "selector"),
    super::internal::by_value(
        "Resources",
        "resources",
        &[plain("Limits", "limits"), plain("Requests", "requests")],
    ),
    text("VolumeName", "volumeName"),
    plain("StorageClassName", "storageClassName"),
    plain("VolumeMode", "volumeMode"),
    pointer(
        "DataSource",
        "dataSource",
        &[plain("APIGroup", "apiGroup"), text("Kind", "kind"), text("Name", "name")],
    ),
    pointer(
        "DataSourceRef",
        "dataSourceRef",
        &[
            plain("APIGroup", "apiGroup"),
            text("Kind", "kind"),
            text("Name", "name"),
            plain("Namespace", "namespace"),
        ],
    ),
    plain("VolumeAttributesClassName", "volumeAttributesClassName"),
];
const ATTACHMENT: &[Field] = &[
    text("Attacher", "attacher"),
    super::internal::by_value(
        "Source",
        "source",
        &[
            plain("PersistentVolumeName", "persistentVolumeName"),
            plain("InlineVolumeSpec", "inlineVolumeSpec"),
        ],
    ),
    text("NodeName", "nodeName"),
];
const DRIVER: &[Field] = &[
    text("Name", "name"),
    text("NodeID", "nodeID"),
    plain("TopologyKeys", "topologyKeys"),
    pointer("Allocatable", "allocatable", &[plain("Count", "count")]),
];
/// Where a PersistentVolume's data is. What hardly anybody has any more is shown as it is written.
const VOLUME_SOURCE: &[Field] = &[
    plain("GCEPersistentDisk", "gcePersistentDisk"),
    plain("AWSElasticBlockStore", "awsElasticBlockStore"),
    pointer("HostPath", "hostPath", &[text("Path", "path"), plain("Type", "type")]),
    plain("Glusterfs", "glusterfs"),
    pointer("NFS", "nfs", &[text("Server", "server"), text("Path", "path"), flag("ReadOnly", "readOnly")]),
    plain("RBD", "rbd"),
    plain("Quobyte", "quobyte"),
    plain("ISCSI", "iscsi"),
    plain("FlexVolume", "flexVolume"),
    plain("Cinder", "cinder"),
    plain("CephFS", "cephfs"),
    plain("FC", "fc"),
    plain("Flocker", "flocker"),
    plain("AzureFile", "azureFile"),
    plain("VsphereVolume", "vsphereVolume"),
    plain("AzureDisk", "azureDisk"),
    plain("PhotonPersistentDisk", "photonPersistentDisk"),
    plain("PortworxVolume", "portworxVolume"),
    plain("ScaleIO", "scaleIO"),
    pointer("Local", "local", &[text("Path", "path"), plain("FSType", "fsType")]),
    plain("StorageOS", "storageos"),
    pointer(
        "CSI",
        "csi",
        &[
            text("Driver", "driver"),
            text("VolumeHandle", "volumeHandle"),
            flag("ReadOnly", "readOnly"),
            text("FSType", "fsType"),
            plain("VolumeAttributes", "volumeAttributes"),
            pointer("ControllerPublishSecretRef", "controllerPublishSecretRef", SECRET_REF),
            pointer("NodeStageSecretRef", "nodeStageSecretRef", SECRET_REF),
            pointer("NodePublishSecretRef", "nodePublishSecretRef", SECRET_REF),
            pointer("ControllerExpandSecretRef", "controllerExpandSecretRef", SECRET_REF),
            pointer("NodeExpandSecretRef", "nodeExpandSecretRef", SECRET_REF),
        ],
    ),
];
const SECRET_REF: &[Field] = &[text("Name", "name"), text("Namespace", "namespace")];
const SCOPES: &[Field] = &[list(
    "MatchExpressions",
    "matchExpressions",
    &[text("ScopeName", "scopeName"), text("Operator", "operator"), plain("Values", "values")],
)];
const PARENT: &[Field] = &[
    text("Group", "group"),
    text("Resource", "resource"),
    text("Namespace", "namespace"),
    text("Name", "name"),
];

/// The spec of a PodDisruptionBudget.
pub fn budget(spec: &Json) -> String {
    printed(BUDGET, spec)
}
/// What a binding gives.
pub fn role_ref(reference: &Json) -> String {
    printed(ROLE_REF, reference)
}
/// How a StatefulSet's pods are renewed.
pub fn stateful_strategy(strategy: &Json) -> String {
    printed(STATEFUL_STRATEGY, strategy)
}
/// From which of a StatefulSet's pods on they are renewed.
pub fn partition(rolling: &Json) -> String {
    printed(PARTITION, rolling)
}
/// How a DaemonSet's pods are renewed.
pub fn daemon_strategy(strategy: &Json) -> String {
    printed(DAEMON_STRATEGY, strategy)
}
/// The spec of a PersistentVolumeClaim.
pub fn claim(spec: &Json) -> String {
    printed(CLAIM, spec)
}
/// Where a PersistentVolume's data is, out of its spec.
pub fn volume_source(spec: &Json) -> String {
    printed(VOLUME_SOURCE, spec)
}
/// The spec of a VolumeAttachment.
pub fn attachment(spec: &Json) -> String {
    printed(ATTACHMENT, spec)
}
/// A driver of a CSINode.
pub fn driver(driver: &Json) -> String {
    printed(DRIVER, driver)
}
/// A ResourceQuota's selector of scopes.
pub fn scope_selector(selector: &Json) -> String {
    printed(SCOPES, selector)
}
/// Whose an IPAddress is.
pub fn parent(parent: &Json) -> String {
    printed(PARENT, parent)
}
