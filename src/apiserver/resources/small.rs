//! Kinds of which there is little to say: a rule or two each.

use super::{PLAIN, Strategy};
use crate::api::field::{Error, Path};
use crate::apiserver::pod_spec::{self, fill};
use crate::apiserver::pod_warnings;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{affinity, names, pod, resource};
use crate::json::Json;

/// PodTemplates.
pub static POD_TEMPLATE: Strategy = Strategy {
    defaults: |template| {
        if let Some(spec) = template.get_mut("template").and_then(|t| t.get_mut("spec")) {
            pod_spec::defaults(spec, false);
        }
    },
    prepare_create: |template| template.set_at(&["metadata", "generation"], 1),
    prepare_update: |new, old| {
        if new["template"] != old["template"] {
            let generation = old["metadata"]["generation"].as_i64().unwrap_or(0) + 1;
            new.set_at(&["metadata", "generation"], generation);
        }
    },
    validate: |object, errors| pod::template(&object["template"], &Path::new("template"), errors),
    validate_update: |new, _, errors| pod::template(&new["template"], &Path::new("template"), errors),
    warnings: |new, old| {
        let same = old.is_some_and(|old| old["template"] == new["template"]);
        if same { Vec::new() } else { pod_warnings::of(&new["template"], "template.") }
    },
    ..PLAIN
};

/// ControllerRevisions.
pub static CONTROLLER_REVISION: Strategy = Strategy {
    validate: revision,
    validate_update: |new, old, errors| {
        revision(new, errors);
        At::top(new, "data").same(&old["data"], errors);
    },
    ..PLAIN
};

fn revision(revision: &Json, errors: &mut Vec<Error>) {
    let data = At::top(revision, "data");
    if !data.set() {
        data.missing("data is mandatory", errors);
    }
    At::top(revision, "revision").not_negative(errors);
}

/// ServiceAccounts.
pub static SERVICE_ACCOUNT: Strategy = Strategy { returns_deleted: true, ..PLAIN };

/// PriorityClasses.
pub static PRIORITY_CLASS: Strategy = Strategy {
    defaults: |class| fill(class, "preemptionPolicy", "PreemptLowerPriority"),
    prepare_create: |class| class.set_at(&["metadata", "generation"], 1),
    validate: |class, errors| {
        let (name, value) = (class["metadata"]["name"].str(), At::top(class, "value"));
        let number = value.int().unwrap_or(0);
        if name.starts_with("system-") {
            let own = [("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)];
            let detail = match own.iter().find(|(system, _)| *system == name) {
                Some((_, value)) if *value == number => "",
                Some((_, value)) => &format!("value of {name} PriorityClass must be {value}"),
                None => &format!("{name} is not a known system priority class"),
            };
            if !detail.is_empty() {
                let detail = format!(
                    "priority class names with 'system-' prefix are reserved for system use only. error: {detail}"
                );
                errors.push(Error::forbidden(&Path::new("metadata").child("name"), detail));
            }
        } else if number > 1_000_000_000 {
            value.forbidden("maximum allowed value of a user defined priority is 1000000000", errors);
        }
        At::top(class, "preemptionPolicy").one_of(&["PreemptLowerPriority", "Never"], errors);
    },
    validate_update: |new, old, errors| {
        let value = At::top(new, "value");
        if value.int().unwrap_or(0) != old["value"].as_i64().unwrap_or(0) {
            value.forbidden("may not be changed in an update.", errors);
        }
        At::top(new, "preemptionPolicy").same(&old["preemptionPolicy"], errors);
    },
    ..PLAIN
};

/// RuntimeClasses.
pub static RUNTIME_CLASS: Strategy = Strategy {
    validate: runtime_class,
    validate_update: |new, old, errors| {
        At::top(new, "handler").same(&old["handler"], errors);
        runtime_class(new, errors);
    },
    ..PLAIN
};

fn runtime_class(class: &Json, errors: &mut Vec<Error>) {
    At::top(class, "handler").must(names::label, errors);
    let fixed = At::top(class, "overhead").get("podFixed");
    for (name, at) in fixed.entries() {
        resource::container_name(name, &at, errors);
        resource::amount(name, &at, errors);
    }
    let scheduling = At::top(class, "scheduling");
    let nodes = scheduling.get("nodeSelector");
    crate::apiserver::validation::meta::labels(nodes.json, &nodes.path, errors);
    let tolerations = scheduling.get("tolerations");
    let each = tolerations.each();
    for (i, toleration) in each.iter().enumerate() {
        if each[..i].iter().any(|other| other.json == toleration.json) {
            toleration.duplicate(errors);
        }
    }
    affinity::tolerations(&tolerations, errors);
}

/// Leases.
pub static LEASE: Strategy = Strategy {
    validate: |object, errors| lease(&At::top(object, "spec"), errors),
    validate_update: |new, _, errors| lease(&At::top(new, "spec"), errors),
    create_on_update: true,
    ..PLAIN
};

fn lease(spec: &At, errors: &mut Vec<Error>) {
    let seconds = spec.get("leaseDurationSeconds");
    if seconds.int().is_some_and(|n| n <= 0) {
        seconds.invalid("must be greater than 0", errors);
    }
    spec.get("leaseTransitions").not_negative(errors);
    let holder = spec.get("holderIdentity");
    if holder.set() && holder.empty() {
        holder.invalid("must not be empty", errors);
    }
    let strategy = spec.get("strategy");
    if strategy.set() {
        strategy.one_of(&["OldestEmulationVersion"], errors);
    } else if spec.get("preferredHolder").set() {
        let detail = "may only be specified if `strategy` is defined";
        spec.get("preferredHolder").forbidden(detail, errors);
    }
}

/// Events, which anybody writes and few read one by one.
pub static EVENT: Strategy = Strategy {
    selectable: &[
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ],
    create_on_update: true,
    validate: event,
    ..PLAIN
};

fn event(event: &Json, errors: &mut Vec<Error>) {
    let regarding = At::top(event, "involvedObject").get("namespace");
    let namespace = event["metadata"]["namespace"].str();
    let mismatch = "does not match event.namespace";
    if event["eventTime"].is_empty() {
        let fits = match regarding.str() {
            "" => matches!(namespace, "" | "default"),
            own => own == namespace,
        };
        if !fits {
            errors.push(Error::invalid(&regarding.path, regarding.str(), mismatch));
        }
        return;
    }
    if regarding.empty() && !matches!(namespace, "default" | "kube-system") {
        errors.push(Error::invalid(&regarding.path, "", mismatch));
    }
    At::top(event, "reportingComponent").name(names::qualified, errors);
    for (field, limit) in [("reportingInstance", 128), ("action", 128), ("reason", 128), ("message", 1024)] {
        let value = At::top(event, field);
        if field != "message" {
            value.required(errors);
        }
        if value.str().len() > limit {
            errors.push(Error::invalid(&value.path, "", format!("can have at most {limit} characters")));
        }
    }
}
