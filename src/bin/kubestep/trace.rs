//! A run's steps as text, one line each, with the component's reasons and its requests below.
//!
//! A person's step, the command itself, is named `user`; the others by what is done: `deliver ADDED pods default/hello` to a component,
//! `sync job-controller`, `schedule`, `pod-worker`, `process`, `probe`, `heartbeat`, `clock`. `<-` are the steps that caused it.

use kubestep::cluster::{Action, Actor, Call, StepRecord};
use kubestep::kubelet::Work;
use std::fmt::Write;

/// The lines of a step, without a line feed at their end.
pub fn describe(step: &StepRecord) -> String {
    let mut words = vec![actor(step.actor)];
    words.extend(step.action.as_ref().map(|action| self::action(action, &step.event)));
    match (&step.object, &step.action) {
        (Some((resource, key)), _) => words.push(format!("{} {key}", resource.qualified())),
        (None, Some(Action::Deliver { resource, .. })) => words.push(resource.qualified()),
        (None, Some(Action::Sync { key, .. })) => words.push(key.to_string()),
        (None, _) => {}
    }
    let causes: Vec<String> = step.causes.iter().map(u64::to_string).collect();
    let mut text = format!("{:5} {} {} <- {}", step.step, step.time, words.join(" "), causes.join(","));
    text.truncate(text.trim_end().len());
    for note in &step.notes {
        let values: String = note.values.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        let _ = write!(text, "\n        · {}{values}", note.phase);
    }
    for call in &step.calls {
        let _ = write!(text, "\n        → {}", request(call));
    }
    text
}

fn actor(actor: Actor) -> String {
    match actor {
        Actor::ApiServer => "kube-apiserver:".into(),
        Actor::Controllers => "controller-manager:".into(),
        Actor::Scheduler => "scheduler:".into(),
        Actor::Kubelet(node) => format!("kubelet {}:", node + 1),
        Actor::User => "user:".into(),
        Actor::Clock => "clock:".into(),
    }
}

fn action(action: &Action, event: &str) -> String {
    match action {
        Action::Deliver { .. } => format!("deliver {}", if event.is_empty() { "nothing" } else { event }),
        Action::Sync { controller, .. } => format!("sync {controller}"),
        Action::Schedule { .. } => "schedule".into(),
        Action::Start => format!("start {event}").trim_end().into(),
        Action::Fault(fault) => fault.to_string(),
        Action::Advance { to, background: true } => format!("to {to}, upkeep"),
        Action::Advance { to, background: false } => format!("to {to}"),
        Action::Kubelet { work, .. } => match work {
            Work::Register => "register".into(),
            Work::Heartbeat => "heartbeat".into(),
            Work::PodWorker(_) => "pod-worker".into(),
            Work::Process { container, .. } => format!("process {container}"),
            Work::Probe { container, probe, .. } => format!("probe {container} {}", probe.name()),
        },
    }
}

fn request(call: &Call) -> String {
    let result = match &call.result {
        Ok(code) => code.to_string(),
        Err(status) => format!("{} {}", status.code, status.message),
    };
    let slash = if call.subresource.is_empty() { "" } else { "/" };
    let what = format!("{}{slash}{}", call.resource.qualified(), call.subresource);
    format!("{} {what} {} = {result}", call.verb.name(), call.key)
}
