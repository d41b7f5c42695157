//! Volumes, claims, classes and drivers of storage.

use super::{Column, Printer, age, name, number, or_none, text, wide};
use crate::api::quantity::Quantity;
use crate::json::Json;

const fn flag(name: &'static str) -> Column {
    Column { name, kind: "boolean", priority: 0 }
}

pub static PERSISTENT_VOLUME: Printer = Printer {
    columns: &[
        text("Name"),
        text("Capacity"),
        text("Access Modes"),
        text("Reclaim Policy"),
        text("Status"),
        text("Claim"),
        text("StorageClass"),
        text("VolumeAttributesClass"),
        text("Reason"),
        text("Age"),
        wide("VolumeMode"),
    ],
    cells: |o, now, out| {
        let spec = &o["spec"];
        let claim = &spec["claimRef"];
        let claim = match claim.is_null() {
            true => String::new(),
            false => format!("{}/{}", claim["namespace"].str(), claim["name"].str()),
        };
        out.extend([
            name(o),
            amount(&spec["capacity"]["storage"]),
            modes(&spec["accessModes"]),
            spec["persistentVolumeReclaimPolicy"].str().into(),
            phase(o),
            claim.into(),
            class(o),
            or_unset(&spec["volumeAttributesClassName"]),
            o["status"]["reason"].str().into(),
            age(o, now),
            or_unset(&spec["volumeMode"]),
        ]);
    },
};

pub static CLAIM: Printer = Printer {
    columns: &[
        text("Name"),
        text("Status"),
        text("Volume"),
        text("Capacity"),
        text("Access Modes"),
        text("StorageClass"),
        text("VolumeAttributesClass"),
        text("Age"),
        wide("VolumeMode"),
    ],
    cells: |o, now, out| {
        let (spec, status) = (&o["spec"], &o["status"]);
        let bound = !spec["volumeName"].is_empty();
        let shown = |cell: Json| if bound { cell } else { "".into() };
        out.extend([
            name(o),
            phase(o),
            spec["volumeName"].str().into(),
            shown(amount(&status["capacity"]["storage"])),
            shown(modes(&status["accessModes"])),
            class(o),
            or_unset(&spec["volumeAttributesClassName"]),
            age(o, now),
            or_unset(&spec["volumeMode"]),
        ]);
    },
};

fn phase(object: &Json) -> Json {
    if object["metadata"]["deletionTimestamp"].is_null() {
        object["status"]["phase"].str().into()
    } else {
        "Terminating".into()
    }
}

fn amount(quantity: &Json) -> Json {
    Quantity::of_json(quantity).map_or("0".into(), |quantity| quantity.to_string()).into()
}

/// The class by its annotation of old, or by its field.
fn class(object: &Json) -> Json {
    let annotation = &object["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"];
    let class = if annotation.is_null() { &object["spec"]["storageClassName"] } else { annotation };
    class.str().into()
}

fn or_unset(value: &Json) -> Json {
    if value.is_null() { "<unset>".into() } else { value.clone() }
}

/// `RWO,ROX`, always in this order.
fn modes(modes: &Json) -> Json {
    let all = [
        ("ReadWriteOnce", "RWO"),
        ("ReadOnlyMany", "ROX"),
        ("ReadWriteMany", "RWX"),
        ("ReadWriteOncePod", "RWOP"),
    ];
    let has = |mode: &str| modes.items().iter().any(|m| m.str() == mode);
    let shown: Vec<&str> = all.iter().filter(|(mode, _)| has(mode)).map(|(_, short)| *short).collect();
    shown.join(",").into()
}

pub static STORAGE_CLASS: Printer = Printer {
    columns: &[
        text("Name"),
        text("Provisioner"),
        text("ReclaimPolicy"),
        text("VolumeBindingMode"),
        flag("AllowVolumeExpansion"),
        text("Age"),
    ],
    cells: |o, now, out| {
        let annotations = &o["metadata"]["annotations"];
        let default = [
            "storageclass.kubernetes.io/is-default-class",
            "storageclass.beta.kubernetes.io/is-default-class",
        ];
        let default = default.iter().any(|key| annotations[*key].str() == "true");
        let name = o["metadata"]["name"].str();
        out.extend([
            if default { format!("{name} (default)").into() } else { name.into() },
            o["provisioner"].str().into(),
            o["reclaimPolicy"].str().into(),
            o["volumeBindingMode"].str().into(),
            (o["allowVolumeExpansion"].as_bool() == Some(true)).into(),
            age(o, now),
        ]);
    },
};

pub static ATTRIBUTES_CLASS: Printer = Printer {
    columns: &[text("Name"), text("DriverName"), text("Age")],
    cells: |o, now, out| out.extend([name(o), o["driverName"].str().into(), age(o, now)]),
};

pub static ATTACHMENT: Printer = Printer {
    columns: &[text("Name"), text("Attacher"), text("PV"), text("Node"), flag("Attached"), text("Age")],
    cells: |o, now, out| {
        let spec = &o["spec"];
        out.extend([
            name(o),
            spec["attacher"].str().into(),
            spec["source"]["persistentVolumeName"].str().into(),
            spec["nodeName"].str().into(),
            (o["status"]["attached"].as_bool() == Some(true)).into(),
            age(o, now),
        ]);
    },
};

pub static DRIVER: Printer = Printer {
    columns: &[
        text("Name"),
        flag("AttachRequired"),
        flag("PodInfoOnMount"),
        flag("StorageCapacity"),
        text("TokenRequests"),
        flag("RequiresRepublish"),
        text("Modes"),
        text("Age"),
    ],
    cells: |o, now, out| {
        let spec = &o["spec"];
        let yes = |field: &str| Json::from(spec[field].as_bool() == Some(true));
        let joined = |list: Vec<&str>| list.join(",");
        let requests = &spec["tokenRequests"];
        out.extend([
            name(o),
            (spec["attachRequired"].as_bool() != Some(false)).into(),
            yes("podInfoOnMount"),
            yes("storageCapacity"),
            match requests.is_null() {
                true => "<unset>".into(),
                false => joined(requests.items().iter().map(|r| r["audience"].str()).collect()).into(),
            },
            yes("requiresRepublish"),
            or_none(&joined(spec["volumeLifecycleModes"].items().iter().map(Json::str).collect())),
            age(o, now),
        ]);
    },
};

pub static NODE: Printer = Printer {
    columns: &[text("Name"), number("Drivers"), text("Age")],
    cells: |o, now, out| out.extend([name(o), o["spec"]["drivers"].items().len().into(), age(o, now)]),
};

pub static CAPACITY: Printer = Printer {
    columns: &[text("Name"), text("StorageClassName"), text("Capacity")],
    cells: |o, _, out| {
        let capacity = &o["capacity"];
        let shown = if capacity.is_null() { "<unset>".into() } else { amount(capacity) };
        out.extend([name(o), o["storageClassName"].str().into(), shown]);
    },
};
