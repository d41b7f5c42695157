//! Jobs, CronJobs, Deployments and their like.

use super::{Printer, age, count, name, number, or_none, since, text, wide};
use crate::api::human_duration;
use crate::api::selector::{self as selectors, text as text_of};
use crate::json::Json;
use crate::sim::Time;

pub static JOB: Printer = Printer {
    columns: &[
        text("Name"),
        text("Status"),
        text("Completions"),
        text("Duration"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: job,
};

pub static CRON_JOB: Printer = Printer {
    columns: &[
        text("Name"),
        text("Schedule"),
        text("Timezone"),
        text("Suspend"),
        number("Active"),
        text("Last Schedule"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: cron_job,
};

pub static DEPLOYMENT: Printer = Printer {
    columns: &[
        text("Name"),
        text("Ready"),
        number("Up-to-date"),
        number("Available"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: deployment,
};

pub static REPLICA_SET: Printer = Printer {
    columns: &[
        text("Name"),
        number("Desired"),
        number("Current"),
        number("Ready"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: replica_set,
};

pub static STATEFUL_SET: Printer = Printer {
    columns: &[text("Name"), text("Ready"), text("Age"), wide("Containers"), wide("Images")],
    cells: stateful_set,
};

pub static DAEMON_SET: Printer = Printer {
    columns: &[
        text("Name"),
        number("Desired"),
        number("Current"),
        number("Ready"),
        number("Up-to-date"),
        number("Available"),
        text("Node Selector"),
        text("Age"),
        wide("Containers"),
        wide("Images"),
        wide("Selector"),
    ],
    cells: daemon_set,
};

pub static POD_TEMPLATE: Printer = Printer {
    columns: &[text("Name"), text("Containers"), text("Images"), text("Pod Labels")],
    cells: |o, _, out| {
        out.push(name(o));
        out.extend(containers(&o["template"]));
        let labels = o["template"]["metadata"]["labels"].entries().iter();
        let labels: Vec<String> = labels.map(|(k, v)| format!("{k}={}", v.str())).collect();
        out.push(or_none(&labels.join(",")));
    },
};

/// The names of the template's containers, and their images.
fn containers(template: &Json) -> [Json; 2] {
    let all = template["spec"]["containers"].items();
    let joined = |field: &str| {
        let parts: Vec<&str> = all.iter().map(|c| c[field].str()).collect();
        Json::from(parts.join(","))
    };
    [joined("name"), joined("image")]
}

fn selector(selector: &Json) -> Json {
    or_none(&text_of(selector))
}

fn job(job: &Json, now: Time, out: &mut Vec<Json>) {
    let (spec, status) = (&job["spec"], &job["status"]);
    let has = |kind: &str| {
        status["conditions"].items().iter().any(|c| c["type"].str() == kind && c["status"].str() == "True")
    };
    let state = if has("Complete") {
        "Complete"
    } else if has("Failed") {
        "Failed"
    } else if !job["metadata"]["deletionTimestamp"].is_null() {
        "Terminating"
    } else if has("Suspended") {
        "Suspended"
    } else if has("FailureTarget") {
        "FailureTarget"
    } else if has("SuccessCriteriaMet") {
        "SuccessCriteriaMet"
    } else {
        "Running"
    };
    let succeeded = status["succeeded"].as_i64().unwrap_or(0);
    let completions = match (spec["completions"].as_i64(), spec["parallelism"].as_i64().unwrap_or(0)) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, parallelism) if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    };
    let start = Time::parse(status["startTime"].str());
    let end = Time::parse(status["completionTime"].str()).unwrap_or(now);
    let duration = start.map_or(String::new(), |start| human_duration(end.since(start)));
    out.extend([name(job), state.into(), completions.into(), duration.into(), age(job, now)]);
    out.extend(containers(&spec["template"]));
    out.push(selector(&spec["selector"]));
}

fn cron_job(cron_job: &Json, now: Time, out: &mut Vec<Json>) {
    let (spec, status) = (&cron_job["spec"], &cron_job["status"]);
    let last = match status["lastScheduleTime"].str() {
        "" => "<none>".into(),
        moment => since(moment, now),
    };
    let suspended = spec["suspend"].as_bool() == Some(true);
    out.extend([
        name(cron_job),
        spec["schedule"].str().into(),
        or_none(spec["timeZone"].str()),
        if suspended { "True".into() } else { "False".into() },
        status["active"].items().len().into(),
        last,
        age(cron_job, now),
    ]);
    out.extend(containers(&spec["jobTemplate"]["spec"]["template"]));
    out.push(selector(&spec["jobTemplate"]["spec"]["selector"]));
}

fn ready_of(object: &Json) -> Json {
    let ready = object["status"]["readyReplicas"].as_i64().unwrap_or(0);
    format!("{ready}/{}", object["spec"]["replicas"].as_i64().unwrap_or(0)).into()
}

fn deployment(deployment: &Json, now: Time, out: &mut Vec<Json>) {
    let status = &deployment["status"];
    out.extend([
        name(deployment),
        ready_of(deployment),
        count(&status["updatedReplicas"]),
        count(&status["availableReplicas"]),
        age(deployment, now),
    ]);
    out.extend(containers(&deployment["spec"]["template"]));
    out.push(selector(&deployment["spec"]["selector"]));
}

fn replica_set(set: &Json, now: Time, out: &mut Vec<Json>) {
    let status = &set["status"];
    let desired = count(&set["spec"]["replicas"]);
    out.extend([
        name(set),
        desired,
        count(&status["replicas"]),
        count(&status["readyReplicas"]),
        age(set, now),
    ]);
    out.extend(containers(&set["spec"]["template"]));
    out.push(selectors::of_object(set).into());
}

fn stateful_set(set: &Json, now: Time, out: &mut Vec<Json>) {
    out.extend([name(set), ready_of(set), age(set, now)]);
    out.extend(containers(&set["spec"]["template"]));
}

fn daemon_set(set: &Json, now: Time, out: &mut Vec<Json>) {
    let status = &set["status"];
    out.push(name(set));
    for field in [
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    ] {
        out.push(count(&status[field]));
    }
    let nodes = set.at(&["spec", "template", "spec", "nodeSelector"]).entries().iter();
    let nodes: Vec<String> = nodes.map(|(k, v)| format!("{k}={}", v.str())).collect();
    out.extend([or_none(&nodes.join(",")), age(set, now)]);
    out.extend(containers(&set["spec"]["template"]));
    out.push(selector(&set["spec"]["selector"]));
}
