//! Steps as the page shows them: who did what, why, with which calls, and what that changed.

use super::model::{
    ActionView, CallView, Change, Choice, Listed, NamedValue, NoteView, StepLine, StepView, Value,
};
use super::names;
use crate::api::meta::without_managed_fields;
use crate::api::{EventType, ObjectKey};
use crate::cluster::{Action, Call, Fault, StepRecord, World};
use crate::json::{Json, diff, yaml};
use crate::kubelet::Work;
use crate::playground::{self, Brief, Playground};

/// A call's diff is cut after this many lines.
const MOST_CHANGES: usize = 200;
/// A changed value's YAML is cut after this many bytes.
const MOST_VALUE: usize = 4_000;

/// An action that may happen next, for display.
fn action(world: &World, action: &Action) -> ActionView {
    let mut view = ActionView { kind: kind(action).into(), ..ActionView::default() };
    let mut about = world.object(action);
    match action {
        Action::Deliver { to, resource } => {
            view.values.push(names::named("resource", Value::Text(resource.qualified())));
            match world.coming(*to, resource) {
                Some(event) if event.event != EventType::Error => {
                    view.values.push(names::named("type", Value::Text(event.event.name().into())));
                    about = Some((resource.clone(), ObjectKey::of(&event.object)));
                }
                _ => view.kind = "list".into(),
            }
        }
        Action::Advance { to, .. } => {
            let duration = Value::Duration(to.since(world.now()).as_millis() as u64);
            view.values.push(names::named("duration", duration));
            about = world.first_due(*to).and_then(|due| world.object(&due));
        }
        Action::Kubelet { work: Work::Probe { container, probe, .. }, .. } => {
            view.values.push(names::named("container", Value::Text(container.to_string())));
            view.values.push(names::named("probe", Value::Text(probe.name().to_lowercase())));
        }
        Action::Kubelet { work: Work::Process { container, .. }, .. } => {
            view.values.push(names::named("container", Value::Text(container.to_string())));
        }
        Action::Fault(fault) => view.values.push(named_fault(fault)),
        Action::Start => view.values.push(named_stage(world.manager().stage().next())),
        _ => {}
    }
    view.objects = about.iter().map(|(resource, key)| names::object(resource, key)).collect();
    view
}

fn kind(action: &Action) -> &'static str {
    match action {
        Action::Deliver { .. } => "deliver",
        Action::Sync { .. } => "reconcile",
        Action::Schedule { .. } => "schedule",
        Action::Kubelet { work, .. } => match work {
            Work::PodWorker(_) => "syncPod",
            Work::Process { .. } => "process",
            Work::Probe { .. } => "probe",
            Work::Register => "register",
            Work::Heartbeat => "heartbeat",
        },
        Action::Fault(_) => "fault",
        Action::Start => "start",
        Action::Advance { .. } => "timer",
    }
}

fn named_fault(fault: &Fault) -> NamedValue {
    names::named("fault", Value::Text(fault.to_string()))
}

fn named_stage(stage: &str) -> NamedValue {
    names::named("stage", Value::Text(stage.into()))
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
pub fn line(playground: &Playground, position: usize) -> Option<StepLine> {
    let (_, brief) = playground.timeline().branch().entries().get(position.checked_sub(1)?)?;
    // After a jump of the clock it is the later time.
    let at = if let Some(Action::Advance { to, .. }) = &brief.action { *to } else { brief.time };
    Some(StepLine {
        step: position as u32,
        at_ms: names::millis(playground.config().start, at),
        actor: names::actor(playground.desk().world(), brief.actor, brief.controller()),
        action: done(brief),
        writes: brief.writes,
    })
}

/// What was done; a step that was made knows more than the action did: which event was delivered, what was due.
fn done(brief: &Brief) -> ActionView {
    let object = brief.object.iter().map(|(resource, key)| names::object(resource, key));
    let mut view = ActionView { objects: object.collect(), ..ActionView::default() };
    let mut value = |name: &str, value: Value| view.values.push(names::named(name, value));
    view.kind = match (&brief.action, &brief.line) {
        (Some(Action::Advance { to, .. }), _) => {
            value("duration", Value::Duration(to.since(brief.time).as_millis() as u64));
            "timer"
        }
        (Some(Action::Deliver { resource, .. }), _) => {
            value("resource", Value::Text(resource.qualified()));
            match brief.event.as_str() {
                "LIST" => "list",
                event => {
                    value("type", Value::Text(event.into()));
                    "deliver"
                }
            }
        }
        (Some(action), _) => {
            match action {
                Action::Kubelet { work: Work::Process { container, .. }, .. } => {
                    value("container", Value::Text(container.to_string()));
                }
                Action::Fault(fault) => view.values.push(named_fault(fault)),
                Action::Start => view.values.push(named_stage(&brief.event)),
                _ => {}
            }
            kind(action)
        }
        (None, Some(line)) => {
            value("line", Value::Text(line.to_string()));
            if brief.requested { "request" } else { "command" }
        }
        (None, None) if brief.resumed => "resume",
        (None, None) => "interrupt",
    }
    .into();
    view
}

/// Everything about the step that led to a position.
pub fn step(playground: &mut Playground, position: usize) -> Option<StepView> {
    let record = playground.timeline_mut().record(position)?;
    let causes = record.step.causes.iter().filter_map(|step| line(playground, *step as usize));
    Some(StepView {
        line: line(playground, position)?,
        notes: notes(&record.step),
        calls: record.step.calls.iter().map(call).collect(),
        causes: causes.collect(),
        effects: Listed { total: 0, items: Vec::new() },
    })
}

/// Lines about the steps that led to the positions `from..from + count`.
pub fn history(playground: &Playground, from: usize, count: usize) -> Vec<StepLine> {
    (from.max(1)..from.max(1) + count).map_while(|at| line(playground, at)).collect()
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
        filled_in: if call.sent.is_null() { Vec::new() } else { changes(&call.sent, &call.after) },
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
    let interesting = |path: &str| !path.starts_with("metadata.resourceVersion");
    let (before, after) = (&without_managed_fields(before), &without_managed_fields(after));
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
