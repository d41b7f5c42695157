//! The kinds of `storage.k8s.io` (`pkg/apis/storage/validation`, `pkg/apis/storage/v1/defaults.go`).

use super::{PLAIN, Strategy, persistent_volume};
use crate::api::field::{Error, Path};
use crate::apiserver::internal_kinds;
use crate::apiserver::pod_spec::fill;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{names, selector, volume_source};
use crate::json::{Json, Str};

/// The strategy of StorageClasses.
pub static STORAGE_CLASS: Strategy = Strategy {
    defaults: |class| {
        fill(class, "reclaimPolicy", "Delete");
        fill(class, "volumeBindingMode", "Immediate");
    },
    validate: |class, errors| {
        provisioner(&At::top(class, "provisioner"), errors);
        parameters(&At::top(class, "parameters"), true, errors);
        At::top(class, "reclaimPolicy").one_of(&["Delete", "Retain"], errors);
        At::top(class, "volumeBindingMode").choice(&["Immediate", "WaitForFirstConsumer"], errors);
        topologies(&At::top(class, "allowedTopologies"), errors);
    },
    validate_update: |new, old, errors| {
        fixed(new, old, &["parameters", "provisioner", "reclaimPolicy"], errors);
        At::top(new, "volumeBindingMode").same(&old["volumeBindingMode"], errors);
    },
    warnings: |class, _| {
        let old = |key: &str| {
            ["failure-domain.beta.kubernetes.io/", "beta.kubernetes.io/"].iter().any(|p| key.starts_with(p))
        };
        let mut all = Vec::new();
        for (i, term) in class["allowedTopologies"].items().iter().enumerate() {
            for (j, expression) in term["matchLabelExpressions"].items().iter().enumerate() {
                let key = expression["key"].str();
                if old(key)
                    && let Some(message) = crate::apiserver::pod_warnings::old_label(key)
                {
                    let at = format!("allowedTopologies[{i}].matchLabelExpressions[{j}].key");
                    all.push(Str::from(format!("{at}: {message}")));
                }
            }
        }
        all
    },
    ..PLAIN
};

/// The strategy of VolumeAttributesClasses.
pub static ATTRIBUTES_CLASS: Strategy = Strategy {
    validate: attributes_class,
    validate_update: |new, old, errors| {
        fixed(new, old, &["driverName", "parameters"], errors);
        attributes_class(new, errors);
    },
    ..PLAIN
};

fn attributes_class(class: &Json, errors: &mut Vec<Error>) {
    provisioner(&At::top(class, "driverName"), errors);
    parameters(&At::top(class, "parameters"), false, errors);
}

/// Fields that never change.
fn fixed(new: &Json, old: &Json, fields: &[&str], errors: &mut Vec<Error>) {
    for field in fields.iter().filter(|field| new[**field] != old[**field]) {
        At::top(new, field).forbidden(format!("updates to {field} are forbidden."), errors);
    }
}

fn provisioner(name: &At, errors: &mut Vec<Error>) {
    if name.required(errors) {
        name.must(|name| names::qualified(&name.to_lowercase()), errors);
    }
}

fn parameters(parameters: &At, may_be_empty: bool, errors: &mut Vec<Error>) {
    let entries = parameters.json.entries();
    if entries.len() > 512 {
        return errors.push(Error::too_long(&parameters.path, 512));
    }
    if entries.iter().any(|(key, _)| key.is_empty()) {
        errors.push(Error::invalid(&parameters.path, "", "field can not be empty."));
    }
    if entries.iter().map(|(key, value)| key.len() + value.str().len()).sum::<usize>() > 256 * 1024 {
        errors.push(Error::too_long(&parameters.path, 256 * 1024));
    }
    if !may_be_empty && entries.is_empty() {
        parameters.missing("must contain at least one key/value pair", errors);
    }
}

fn topologies(topologies: &At, errors: &mut Vec<Error>) {
    let mut terms: Vec<&Json> = Vec::new();
    for term in topologies.each() {
        let expressions = term.get("matchLabelExpressions");
        let mut keys: Vec<&str> = Vec::new();
        for expression in expressions.each() {
            let (key, values) = (expression.get("key"), expression.get("values"));
            values.required(errors);
            let list = values.each();
            for (i, value) in list.iter().enumerate() {
                if list[..i].iter().any(|other| other.json == value.json) {
                    value.duplicate(errors);
                }
            }
            key.must(names::qualified, errors);
            if keys.contains(&key.str()) {
                key.duplicate(errors);
            }
            keys.push(key.str());
        }
        if terms.contains(&expressions.json) {
            errors.push(Error::duplicate(&expressions.path, ""));
        }
        terms.push(expressions.json);
    }
}

/// The strategy of VolumeAttachments.
pub static ATTACHMENT: Strategy = Strategy {
    validate: attachment,
    validate_update: |new, old, errors| {
        attachment(new, errors);
        if new["spec"] != old["spec"] {
            let shown = internal_kinds::attachment(&new["spec"]);
            errors.push(Error::invalid_shown(&Path::new("spec"), Some(&shown), "field is immutable"));
        }
    },
    ..PLAIN
};

fn attachment(object: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(object, "spec");
    spec.get("attacher").required(errors);
    let source = spec.get("source");
    let (inline, name) = (source.get("inlineVolumeSpec"), source.get("persistentVolumeName"));
    const ONE: &str = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    match (inline.set(), name.set()) {
        (false, false) => source.missing(ONE, errors),
        (true, true) => source.forbidden(ONE, errors),
        (false, true) if name.empty() => name.missing("must specify non empty persistentVolumeName", errors),
        (false, true) => {}
        (true, false) => persistent_volume::spec(&inline, "", true, errors),
    }
    spec.get("nodeName").must(names::subdomain, errors);
    volume_source::driver(&spec.get("attacher"), errors);
    name.rule(names::subdomain, errors);
}

/// The strategy of CSIDrivers.
pub static DRIVER: Strategy = Strategy {
    defaults: |driver| {
        if let Some(spec) = driver.get_mut("spec") {
            for (field, value) in [
                ("attachRequired", true),
                ("podInfoOnMount", false),
                ("requiresRepublish", false),
                ("storageCapacity", false),
                ("seLinuxMount", false),
            ] {
                fill(spec, field, value);
            }
            fill(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
            if spec["volumeLifecycleModes"].is_empty() {
                spec.set("volumeLifecycleModes", vec![Json::from("Persistent")]);
            }
        }
    },
    validate: driver,
    validate_update: |new, old, errors| {
        driver(new, errors);
        let spec = At::top(new, "spec");
        let attach = At::new(&spec.json["attachRequired"], &spec.path.child("attachedRequired"));
        attach.same(&old["spec"]["attachRequired"], errors);
        spec.get("volumeLifecycleModes").same(&old["spec"]["volumeLifecycleModes"], errors);
    },
    ..PLAIN
};

fn driver(driver: &Json, errors: &mut Vec<Error>) {
    let spec = At::top(driver, "spec");
    spec.get("fsGroupPolicy").one_of(&["File", "None", "ReadWriteOnceWithFSType"], errors);
    let mut audiences: Vec<&str> = Vec::new();
    for request in spec.get("tokenRequests").each() {
        let audience = request.get("audience");
        if audiences.contains(&audience.str()) {
            errors.push(Error::duplicate(&audience.path, audience.str()));
            continue;
        }
        audiences.push(audience.str());
        let seconds = request.get("expirationSeconds");
        match seconds.int() {
            Some(..600) => seconds.invalid("may not specify a duration less than 10 minutes", errors),
            Some(0x1_0000_0001..) => {
                seconds.invalid("may not specify a duration larger than 2^32 seconds", errors);
            }
            _ => {}
        }
    }
    let modes = spec.get("volumeLifecycleModes");
    for mode in modes.each() {
        At::new(mode.json, &modes.path).one_of(&["Persistent", "Ephemeral"], errors);
    }
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    if period.int().is_some_and(|n| n < 10) {
        period.invalid("must be greater than or equal to 10 seconds", errors);
    }
}

/// The strategy of CSINodes.
pub static NODE: Strategy = Strategy {
    validate: node,
    validate_update: |new, old, errors| {
        node(new, errors);
        let path = Path::new("spec").child("drivers");
        let fixed = |driver: &Json| {
            let mut driver = driver.clone();
            driver.remove("allocatable");
            driver
        };
        for now in new["spec"]["drivers"].items() {
            let old = old["spec"]["drivers"].items().iter().find(|old| old["name"] == now["name"]);
            if old.is_some_and(|old| fixed(old) != fixed(now)) {
                let shown = internal_kinds::driver(&fixed(now));
                errors.push(Error::invalid_shown(&path, Some(&shown), "field is immutable"));
            }
        }
    },
    ..PLAIN
};

fn node(node: &Json, errors: &mut Vec<Error>) {
    let mut taken: Vec<&str> = Vec::new();
    for driver in At::top(node, "spec").get("drivers").each() {
        let (name, id) = (driver.get("name"), driver.get("nodeID"));
        volume_source::driver(&name, errors);
        id.required(errors);
        if id.str().len() > 256 {
            id.invalid("must be 256 characters or less", errors);
        }
        driver.get("allocatable").get("count").not_negative(errors);
        if taken.contains(&name.str()) {
            name.duplicate(errors);
        }
        taken.push(name.str());
        let keys = driver.get("topologyKeys").each();
        for (i, key) in keys.iter().enumerate() {
            let at = At::new(key.json, &driver.path);
            at.required(errors);
            if keys[..i].iter().any(|other| other.json == key.json) {
                at.duplicate(errors);
            }
            at.must(names::qualified, errors);
        }
    }
}

/// The strategy of CSIStorageCapacities.
pub static CAPACITY: Strategy = Strategy {
    validate: |capacity, errors| {
        let nodes = At::top(capacity, "nodeTopology");
        selector::label_selector(nodes.json, &nodes.path, errors);
        At::top(capacity, "storageClassName").must(names::subdomain, errors);
        At::top(capacity, "capacity").amount(errors);
    },
    validate_update: |new, old, errors| {
        for field in ["nodeTopology", "storageClassName"] {
            At::top(new, field).same(&old[field], errors);
        }
    },
    ..PLAIN
};
