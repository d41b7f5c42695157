//! What governs others: budgets, autoscalers, bindings, classes, certificates, webhooks.

use super::{Column, Printer, age, count, name, number, or_none, text, wide};
use crate::api::human_duration;
use crate::json::Json;
use std::time::Duration;

pub static BUDGET: Printer = Printer {
    columns: &[
        text("Name"),
        text("Min Available"),
        text("Max Unavailable"),
        number("Allowed Disruptions"),
        text("Age"),
    ],
    cells: |o, now, out| {
        let amount = |field: &str| match &o["spec"][field] {
            Json::Null => "N/A".into(),
            Json::Str(text) => Json::from(text.as_str()),
            number => number.to_string().into(),
        };
        let allowed = count(&o["status"]["disruptionsAllowed"]);
        out.extend([name(o), amount("minAvailable"), amount("maxUnavailable"), allowed, age(o, now)]);
    },
};

pub static AUTOSCALER: Printer = Printer {
    columns: &[
        text("Name"),
        text("Reference"),
        text("Targets"),
        text("MinPods"),
        text("MaxPods"),
        text("Replicas"),
        text("Age"),
    ],
    cells: |o, now, out| {
        let spec = &o["spec"];
        let target = &spec["scaleTargetRef"];
        let least = spec["minReplicas"].as_i64().map_or("<unset>".into(), |n| n.to_string());
        out.extend([
            name(o),
            format!("{}/{}", target["kind"].str(), target["name"].str()).into(),
            metrics(&spec["metrics"], &o["status"]["currentMetrics"]),
            least.into(),
            count(&spec["maxReplicas"]),
            count(&o["status"]["currentReplicas"]),
            age(o, now),
        ]);
    },
};

/// The first two metrics, each as it is and as it should be (`formatHPAMetrics`).
fn metrics(specs: &Json, statuses: &Json) -> Json {
    let all: Vec<String> =
        specs.items().iter().enumerate().map(|(i, spec)| metric(spec, &statuses[i])).collect();
    match all.len() {
        0 => "<none>".into(),
        1 | 2 => all.join(", ").into(),
        n => format!("{} + {} more...", all[..2].join(", "), n - 2).into(),
    }
}

fn metric(spec: &Json, status: &Json) -> String {
    let field = match spec["type"].str() {
        "External" => "external",
        "Pods" => "pods",
        "Object" => "object",
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        _ => return "<unknown type>".into(),
    };
    let (source, current) = (&spec[field], &status[field]["current"]);
    let target = &source["target"];
    let now = |field: &str| current[field].as_str().unwrap_or("<unknown>").to_owned();
    let average = target["averageValue"].as_str();
    let resource = matches!(field, "resource" | "containerResource");
    match (resource, average) {
        (true, Some(wanted)) => format!("{}: {}/{wanted}", source["name"].str(), now("averageValue")),
        (true, None) => {
            let percent = |of: &Json, none: &str| {
                of["averageUtilization"].as_i64().map_or(none.into(), |n| format!("{n}%"))
            };
            let (now, wanted) = (percent(current, "<unknown>"), percent(target, "<auto>"));
            format!("{}: {now}/{wanted}", source["name"].str())
        }
        (false, Some(wanted)) if field == "pods" => format!("{}/{wanted}", now("averageValue")),
        (false, Some(wanted)) => format!("{}/{wanted} (avg)", now("averageValue")),
        (false, None) => format!("{}/{}", now("value"), target["value"].str()),
    }
}

pub static SCALE: Printer = Printer {
    columns: &[text("Name"), number("Desired"), number("Available"), text("Age")],
    cells: |o, now, out| {
        let replicas = |of: &str| count(&o[of]["replicas"]);
        out.extend([name(o), replicas("spec"), replicas("status"), age(o, now)]);
    },
};

pub static BINDING: Printer = Printer {
    columns: &[
        text("Name"),
        text("Role"),
        text("Age"),
        wide("Users"),
        wide("Groups"),
        wide("ServiceAccounts"),
    ],
    cells: |o, now, out| {
        let role = format!("{}/{}", o["roleRef"]["kind"].str(), o["roleRef"]["name"].str());
        let of = |kind: &str| {
            let all = o["subjects"].items().iter().filter(|subject| subject["kind"].str() == kind);
            let names = all.map(|subject| match kind {
                "ServiceAccount" => format!("{}/{}", subject["namespace"].str(), subject["name"].str()),
                _ => subject["name"].str().to_owned(),
            });
            Json::from(names.collect::<Vec<String>>().join(", "))
        };
        out.extend([name(o), role.into(), age(o, now), of("User"), of("Group"), of("ServiceAccount")]);
    },
};

pub static PRIORITY_CLASS: Printer = Printer {
    columns: &[
        text("Name"),
        number("Value"),
        Column { name: "Global-Default", kind: "boolean", priority: 0 },
        text("Age"),
        text("PreemptionPolicy"),
    ],
    cells: |o, now, out| {
        let default = o["globalDefault"].as_bool() == Some(true);
        out.extend([
            name(o),
            count(&o["value"]),
            default.into(),
            age(o, now),
            o["preemptionPolicy"].str().into(),
        ]);
    },
};

pub static RUNTIME_CLASS: Printer = Printer {
    columns: &[text("Name"), text("Handler"), text("Age")],
    cells: |o, now, out| out.extend([name(o), o["handler"].str().into(), age(o, now)]),
};

pub static SIGNING_REQUEST: Printer = Printer {
    columns: &[
        text("Name"),
        text("Age"),
        text("SignerName"),
        text("Requestor"),
        text("RequestedDuration"),
        text("Condition"),
    ],
    cells: |o, now, out| {
        let (spec, status) = (&o["spec"], &o["status"]);
        let has = |kind: &str| status["conditions"].items().iter().any(|c| c["type"].str() == kind);
        let mut condition = String::from(match (has("Denied"), has("Approved")) {
            (true, _) => "Denied",
            (_, true) => "Approved",
            _ => "Pending",
        });
        if has("Failed") {
            condition.push_str(",Failed");
        }
        if !status["certificate"].is_empty() {
            condition.push_str(",Issued");
        }
        let seconds = spec["expirationSeconds"].as_i64();
        let asked =
            seconds.map_or("<none>".into(), |n| human_duration(Duration::from_secs(n.unsigned_abs())));
        let signer = or_none(spec["signerName"].str());
        out.extend([
            name(o),
            age(o, now),
            signer,
            spec["username"].str().into(),
            asked.into(),
            condition.into(),
        ]);
    },
};

pub static WEBHOOKS: Printer = Printer {
    columns: &[text("Name"), number("Webhooks"), text("Age")],
    cells: |o, now, out| out.extend([name(o), o["webhooks"].items().len().into(), age(o, now)]),
};

pub static VALIDATING_POLICY: Printer = Printer {
    columns: &[text("Name"), number("Validations"), text("ParamKind"), text("Age")],
    cells: |o, now, out| {
        let all = o["spec"]["validations"].items().len();
        out.extend([name(o), all.into(), parameter_kind(o), age(o, now)]);
    },
};

pub static MUTATING_POLICY: Printer = Printer {
    columns: &[text("Name"), number("Mutations"), text("ParamKind"), text("Age")],
    cells: |o, now, out| {
        let all = o["spec"]["mutations"].items().len();
        out.extend([name(o), all.into(), parameter_kind(o), age(o, now)]);
    },
};

fn parameter_kind(policy: &Json) -> Json {
    let kind = &policy["spec"]["paramKind"];
    match kind.is_null() {
        true => "<unset>".into(),
        false => format!("{}/{}", kind["apiVersion"].str(), kind["kind"].str()).into(),
    }
}

pub static POLICY_BINDING: Printer = Printer {
    columns: &[text("Name"), text("PolicyName"), text("ParamRef"), text("Age")],
    cells: |o, now, out| {
        let reference = &o["spec"]["paramRef"];
        let shown = match (reference.is_null(), reference["namespace"].str()) {
            (true, _) => "<unset>".into(),
            (false, "") => format!("*/{}", reference["name"].str()),
            (false, namespace) => format!("{namespace}/{}", reference["name"].str()),
        };
        out.extend([name(o), o["spec"]["policyName"].str().into(), shown.into(), age(o, now)]);
    },
};

pub static CONTROLLER_REVISION: Printer = Printer {
    columns: &[text("Name"), text("Controller"), number("Revision"), text("Age")],
    cells: |o, now, out| {
        let owners = o["metadata"]["ownerReferences"].items();
        let owner = owners.iter().find(|owner| owner["controller"].as_bool() == Some(true));
        let shown = owner.map_or("<none>".into(), |owner| {
            let group =
                owner["apiVersion"].str().rsplit_once('/').map_or(String::new(), |(g, _)| format!(".{g}"));
            format!("{}{group}/{}", owner["kind"].str().to_lowercase(), owner["name"].str())
        });
        out.extend([name(o), shown.into(), count(&o["revision"]), age(o, now)]);
    },
};
