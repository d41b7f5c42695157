//! What a process does with its controllers, whichever process it is: deliveries to their handlers, syncs of their keys.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, Resource};
use crate::client::{Context, Delta, Reflector, Timer};
use crate::json::{Json, Str};
use crate::sim::Time;

/// Lets one informer make one move (the list and the watch, or one event), and the handlers hear of it.
pub fn deliver(
    cx: &mut Context,
    caches: &mut Caches,
    controllers: &mut [&mut dyn Controller],
    resource: &Resource,
) {
    let deltas = caches.deliver(cx, resource);
    tell(cx, caches, controllers, resource, &deltas);
}

/// Lets the handlers hear of changes that the caches hold already.
pub fn tell(
    cx: &mut Context,
    caches: &Caches,
    controllers: &mut [&mut dyn Controller],
    resource: &Resource,
    deltas: &[Delta],
) {
    for controller in controllers {
        if controller.monitors()
            || controller.watches().iter().any(|watched| *resource == Resource::from(*watched))
        {
            for delta in deltas {
                controller.handle(caches, resource, delta, cx.now);
                tell_handled(cx, &mut **controller, delta);
            }
        }
    }
}

/// What could be synced now: the queue's name and the key, found one by one.
pub fn ready<'q>(
    queues: impl Iterator<Item = &'q Queue> + 'q,
    now: Time,
) -> impl Iterator<Item = (Str, ObjectKey)> + 'q {
    queues
        .filter(|queue| queue.workers > 0)
        .flat_map(move |queue| queue.keys.ready(now).map(|key| (Str::fixed(queue.name), key.clone())))
}

/// Takes a key out of a queue, syncs it, and posts the events of that. Does nothing where the key is not ready.
pub fn sync(
    cx: &mut Context,
    caches: &Caches,
    controllers: &mut [&mut dyn Controller],
    queue: &str,
    key: &ObjectKey,
) {
    let mut found = controllers.iter_mut().flat_map(|controller| {
        let i = controller.queues().iter().position(|q| q.name == queue);
        i.map(|i| (controller, i))
    });
    let Some((controller, i)) = found.next() else { return };
    if !controller.queues_mut()[i].keys.take(key, cx.now) {
        return;
    }
    let outcome = controller.sync(cx, caches, i, key);
    let keys = &mut controller.queues_mut()[i].keys;
    match outcome {
        Ok(()) => keys.forget(key),
        Err(error) => {
            keys.add_rate_limited(key.clone(), cx.now);
            let failures = Json::Int(keys.num_requeues(key).into());
            cx.note("retry", [("error", Json::Str(error.message)), ("failures", failures)]);
        }
    }
    let keys = &mut controller.queues_mut()[i].keys;
    keys.done(key);
    keys.take_added();
    if let Some(recorder) = controller.recorder() {
        recorder.flush(cx);
    }
}

/// The moments at which a key has waited long enough, or a relist is due.
pub fn timers<'q>(
    queues: impl Iterator<Item = &'q Queue> + 'q,
    reflectors: impl Iterator<Item = &'q Reflector> + 'q,
) -> impl Iterator<Item = Timer> + 'q {
    let relists = reflectors.filter_map(Reflector::retry_at).map(|at| Timer { at, background: false });
    queues.filter(|queue| queue.workers > 0).flat_map(Queue::timers).chain(relists)
}

/// The keys that were given a time since this was last asked, with their queues' names.
pub fn timers_set(controllers: &mut [&mut dyn Controller]) -> Vec<(&'static str, ObjectKey)> {
    let mut set = Vec::new();
    for controller in controllers {
        for queue in controller.queues_mut() {
            set.extend(queue.keys.take_timers_set().into_iter().map(|key| (queue.name, key)));
        }
    }
    set
}

/// Takes a key out of a queue and no more: the moment after which a worker has it in hand.
pub fn take(controllers: &mut [&mut dyn Controller], queue: &str, key: &ObjectKey, now: Time) {
    for controller in controllers {
        for queue in controller.queues_mut().iter_mut().filter(|q| q.name == queue) {
            queue.keys.take(key, now);
        }
    }
}

/// Says which of a controller's handlers heard of a change, and what it put on the queue because of it.
fn tell_handled(cx: &mut Context, controller: &mut dyn Controller, delta: &Delta) {
    let name = controller.name();
    for queue in controller.queues_mut() {
        for (key, wait) in queue.keys.take_added() {
            let verb = match delta {
                Delta::Added(_) => "add",
                Delta::Updated(..) => "update",
                Delta::Deleted(_) => "delete",
            };
            let handler = format!("{verb}{}", delta.object()["kind"].str());
            queue.remember(&handler, &key);
            let seconds = Json::Float(wait.as_secs_f64());
            let (queue, key) = (Json::from(queue.name), Json::from(key.to_string()));
            let mut values = vec![("controller", Json::from(name)), ("handler", handler.into())];
            values.extend([("queue", queue), ("key", key), ("seconds", seconds)]);
            cx.note_all("handler", values);
        }
    }
}
