//! Steps as the page shows them: who did what, why, with which calls, and what that changed.

use super::model::{ActionView, CallView, Change, Choice, Listed, NoteView, StepLine, StepView, Value};
use super::names;
use crate::api::{ObjectKey, kinds};
use crate::cluster::{Action, Call, StepRecord, World, resource_of};
use crate::controllers::Stage;
use crate::json::{Json, Str, diff, yaml};
use crate::kubelet::Work;
use crate::playground::{self, Playground, Record};
use crate::sim::Time;

/// A call's diff is cut after this many lines.
const MOST_CHANGES: usize = 200;
/// A changed value's YAML is cut after this many bytes.
const MOST_VALUE: usize = 4_000;

/// An action, for display.
fn action(world: &World, action: &Action) -> ActionView {
    let view = |kind: &str, objects, values| ActionView { kind: kind.into(), objects, values };
    let pod = |key: &ObjectKey| vec![names::object(&kinds::PODS.into(), key)];
    match action {
        Action::Deliver { resource, .. } => {
            let value = Value::Text(resource.qualified());
            view("deliver", vec![], vec![names::named("resource", value)])
        }
        Action::Sync { controller, key } => {
            let object = resource_of(controller).map(|r| names::object(&r, key));
            view(
                "reconcile",
                object.into_iter().collect(),
                vec![names::named("key", Value::Text(key.to_string()))],
            )
        }
        Action::Schedule { key } => view("schedule", pod(key), vec![]),
        Action::Kubelet { work: Work::PodWorker(key), .. } => view("syncPod", pod(key), vec![]),
        Action::Kubelet { work: Work::Process { pod: key, container }, .. } => {
            view("process", pod(key), vec![names::named("container", Value::Text(container.to_string()))])
        }
        Action::Kubelet { work: Work::Probe { pod: key, container, probe }, .. } => view(
            "probe",
            pod(key),
            vec![
                names::named("container", Value::Text(container.to_string())),
                names::named("probe", Value::Text(probe.name().to_lowercase())),
            ],
        ),
        Action::Kubelet { work: Work::Register, .. } => view("register", vec![], vec![]),
        Action::Kubelet { work: Work::Heartbeat, .. } => view("heartbeat", vec![], vec![]),
        Action::Fault(fault) => {
            let object = fault.object().map(|(resource, key)| names::object(&resource, &key));
            let text = Value::Text(fault.to_string());
            view("fault", object.into_iter().collect(), vec![names::named("fault", text)])
        }
        Action::Start => {
            let stage = match world.manager().stage() {
                Stage::WaitForApiServer => "api",
                Stage::NewControllers => "controllers",
                Stage::WaitForCacheSync | Stage::Running => "workers",
            };
            view("start", vec![], vec![names::named("stage", Value::Text(stage.into()))])
        }
        Action::Advance { to, .. } => {
            let duration = Value::Duration(to.since(world.now()).as_millis() as u64);
            view("timer", vec![], vec![names::named("duration", duration)])
        }
    }
}

/// Something that may happen next.
pub fn choice(world: &World, index: usize, choice: &playground::Choice) -> Choice {
    let (actor, action) = match choice {
        playground::Choice::World(a) => {
            let controller = if let Action::Sync { controller, .. } = a { controller.as_str() } else { "" };
            (names::actor(world, a.actor(), controller), action(world, a))
        }
        playground::Choice::Resume => (
            names::actor(world, crate::cluster::Actor::User, ""),
            ActionView { kind: "resume".into(), ..ActionView::default() },
        ),
    };
    Choice { index: index as u32, actor, action }
}

/// One line about a step.
pub fn line(world: &World, start: Time, position: usize, record: &Record) -> StepLine {
    let step = &record.step;
    let controller = match &step.action {
        Some(Action::Sync { controller, .. }) => controller.clone(),
        _ => Str::default(),
    };
    StepLine {
        step: position as u32,
        at_ms: names::millis(start, step.time),
        actor: names::actor(world, step.actor, &controller),
        action: done(world, record),
        writes: step.writes().count() as u32,
    }
}

/// What was done; a record knows more than the action did: which event was delivered.
fn done(world: &World, record: &Record) -> ActionView {
    let step = &record.step;
    let mut view = match (&step.action, &record.line) {
        (Some(a), _) => action(world, a),
        (None, Some(line)) => ActionView {
            kind: "command".into(),
            objects: vec![],
            values: vec![names::named("line", Value::Text(line.to_string()))],
        },
        (None, None) => {
            let kind = if record.resumed { "resume" } else { "interrupt" };
            ActionView { kind: kind.into(), ..ActionView::default() }
        }
    };
    if let Some(Action::Advance { to, .. }) = &step.action {
        let duration = Value::Duration(to.since(step.time).as_millis() as u64);
        view.values = vec![names::named("duration", duration)];
    }
    if matches!(step.action, Some(Action::Deliver { .. })) {
        if step.event == "LIST" {
            view.kind = "list".into();
        } else {
            view.values.push(names::named("type", Value::Text(step.event.to_string())));
        }
        view.objects = step.object.iter().map(|(r, k)| names::object(r, k)).collect();
    }
    view
}

/// Everything about the step that led to a position.
pub fn step(playground: &mut Playground, position: usize) -> Option<StepView> {
    let start = playground.config().start;
    let record = playground.timeline_mut().record(position)?;
    let mut causes = Vec::new();
    for at in record.step.causes.iter().map(|step| *step as usize) {
        if let Some(record) = playground.timeline_mut().record(at) {
            causes.push(line(playground.desk().world(), start, at, &record));
        }
    }
    Some(StepView {
        line: line(playground.desk().world(), start, position, &record),
        notes: notes(&record.step),
        calls: record.step.calls.iter().map(call).collect(),
        causes,
        effects: Listed { total: 0, items: Vec::new() },
    })
}

/// Lines about the steps that led to the positions `from..from + count`.
pub fn history(playground: &mut Playground, from: usize, count: usize) -> Vec<StepLine> {
    let start = playground.config().start;
    let mut lines = Vec::new();
    for at in from.max(1)..from.max(1) + count {
        match playground.timeline_mut().record(at) {
            Some(record) => lines.push(line(playground.desk().world(), start, at, &record)),
            None => break,
        }
    }
    lines
}

fn notes(step: &StepRecord) -> Vec<NoteView> {
    let calls_before = |i: usize| step.calls.iter().filter(|c| c.notes_before <= i).count() as u32;
    let view = |(i, note): (usize, &crate::client::Note)| NoteView {
        phase: note.phase.to_string(),
        values: note.values.iter().map(|(name, v)| names::named(name, names::value(v))).collect(),
        calls_before: calls_before(i),
    };
    step.notes.iter().enumerate().map(view).collect()
}

fn call(call: &Call) -> CallView {
    let (code, reason, message) = match &call.result {
        Ok(code) => (*code, String::new(), String::new()),
        Err(status) => {
            (status.code, status.reason.map_or("", |r| r.name()).into(), status.message.to_string())
        }
    };
    CallView {
        verb: call.verb.name().into(),
        object: names::object(&call.resource, &call.key),
        subresource: call.subresource.to_string(),
        code,
        reason,
        message,
        revision_before: call.revision_before,
        revision_after: call.revision_after,
        diff: changes(&call.before, &call.after),
    }
}

/// What changed between two states of an object, without the bookkeeping that changes with every write.
pub fn changes(before: &Json, after: &Json) -> Vec<Change> {
    let shown = |value: &Option<Json>| {
        value.as_ref().map(|v| {
            let mut text = yaml::to_yaml(v).trim_end().to_string();
            if text.len() > MOST_VALUE {
                let end = (0..=MOST_VALUE).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
                text.truncate(end);
                text.push('…');
            }
            text
        })
    };
    let interesting = |path: &str| {
        !path.starts_with("metadata.resourceVersion") && !path.starts_with("metadata.managedFields")
    };
    diff(before, after)
        .iter()
        .map(|c| Change {
            path: c.path_text().trim_start_matches('.').into(),
            before: shown(&c.old).filter(|_| !before.is_null()),
            after: shown(&c.new).filter(|_| !after.is_null()),
        })
        .filter(|c| interesting(&c.path))
        .take(MOST_CHANGES)
        .collect()
}
