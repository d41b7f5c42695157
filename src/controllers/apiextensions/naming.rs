//! The naming controller: accepts the names that a definition asks for, as far as no other definition of its group has them
//! (`pkg/controller/status/naming_controller.go`).

use super::{condition, set_condition, update_status};
use crate::api::{ObjectKey, Resource, ResourceInfo, Status, kinds};
use crate::client::{Context, Delta};
use crate::controllers::{Caches, Controller, Queue};
use crate::json::Json;
use crate::sim::Time;

/// Its name.
pub const NAME: &str = "crd-naming-controller";

/// Accepts names.
#[derive(Clone, Debug)]
pub struct NamingConditionController([Queue; 1]);

impl Default for NamingConditionController {
    fn default() -> Self {
        NamingConditionController([Queue::new(NAME, kinds::CUSTOMRESOURCEDEFINITIONS, 1)])
    }
}

/// The names that other definitions of a group hold.
#[derive(Default)]
struct Taken {
    resources: Vec<String>,
    kinds: Vec<String>,
}

impl Taken {
    fn by_others(caches: &Caches, group: &str) -> Taken {
        let mut taken = Taken::default();
        for (_, crd) in caches.of(kinds::CUSTOMRESOURCEDEFINITIONS).iter() {
            if crd["spec"]["group"].str() != group {
                continue;
            }
            let names = &crd["status"]["acceptedNames"];
            let text = |key: &str| names[key].str().to_string();
            taken.resources.extend([text("plural"), text("singular")]);
            taken.resources.extend(names["shortNames"].items().iter().map(|name| name.str().to_string()));
            taken.kinds.extend([text("kind"), text("listKind")]);
        }
        taken
    }
}

/// The names that can be accepted, and the last conflict.
fn accept(asked: &Json, accepted: &Json, taken: &Taken) -> (Json, Option<(&'static str, String)>) {
    let mut names = accepted.clone();
    let mut conflict = None;
    let used = |name: &str| format!("{name:?} is already in use");
    let single = [
        ("plural", "PluralConflict", &taken.resources),
        ("singular", "SingularConflict", &taken.resources),
        ("", "ShortNamesConflict", &taken.resources),
        ("kind", "KindConflict", &taken.kinds),
        ("listKind", "ListKindConflict", &taken.kinds),
    ];
    for (key, reason, taken) in single {
        if key.is_empty() {
            let known = accepted["shortNames"].items();
            let short = asked["shortNames"].items().iter().filter(|name| !known.contains(name));
            let mut clashes: Vec<String> = short
                .filter(|name| taken.iter().any(|t| t == name.str()))
                .map(|name| used(name.str()))
                .collect();
            match clashes.len() {
                0 if asked["shortNames"].is_empty() => drop(names.remove("shortNames")),
                0 => names.set("shortNames", &asked["shortNames"]),
                1 => conflict = clashes.pop().map(|clash| (reason, clash)),
                _ => conflict = Some((reason, format!("[{}]", clashes.join(", ")))),
            }
            continue;
        }
        let name = asked[key].str();
        if name != accepted[key].str() && taken.iter().any(|t| t == name) {
            conflict = Some((reason, used(name)));
        } else {
            names.set(key, name);
        }
    }
    match asked["categories"].is_empty() {
        true => drop(names.remove("categories")),
        false => names.set("categories", &asked["categories"]),
    }
    (names, conflict)
}

impl NamingConditionController {
    /// Names may have become free: all others of the group are looked at again.
    fn requeue_group(&mut self, caches: &Caches, name: &str) {
        let group = name.split_once('.').map_or("", |(_, group)| group);
        for (key, crd) in caches.of(kinds::CUSTOMRESOURCEDEFINITIONS).iter() {
            if crd["spec"]["group"].str() == group && key.name != name {
                self.0[0].keys.add(key.clone());
            }
        }
    }
}

impl Controller for NamingConditionController {
    fn name(&self) -> &'static str {
        NAME
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::CUSTOMRESOURCEDEFINITIONS]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, _: Time) {
        self.0[0].keys.add(ObjectKey::of(delta.object()));
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let cached = caches.of(kinds::CUSTOMRESOURCEDEFINITIONS).get(key);
        cx.note("read-cache", [("found", Json::Bool(cached.is_some()))]);
        let Some(crd) = cached else {
            self.requeue_group(caches, &key.name);
            return Ok(());
        };
        let (asked, accepted) = (&crd["spec"]["names"], &crd["status"]["acceptedNames"]);
        if asked == accepted {
            return Ok(());
        }
        let taken = Taken::by_others(caches, crd["spec"]["group"].str());
        let (names, conflict) = accept(asked, accepted, &taken);
        let (status, reason, message) = match &conflict {
            Some((reason, message)) => ("False", *reason, message.as_str()),
            None => ("True", "NoConflicts", "no conflicts found"),
        };
        cx.note("names", [("accepted", Json::Bool(conflict.is_none())), ("reason", reason.into())]);
        let old = condition(crd, "NamesAccepted");
        let same =
            old["status"].str() == status && old["reason"].str() == reason && old["message"].str() == message;
        if names == *accepted && same {
            return Ok(());
        }
        let mut new = crd.clone();
        new.set_at(&["status", "acceptedNames"], names);
        set_condition(&mut new, cx.now, "NamesAccepted", status, reason, message);
        if !super::is_true(crd, "Established") && status == "True" {
            let message = "the initial names have been accepted";
            set_condition(&mut new, cx.now, "Established", "False", "Installing", message);
        } else if condition(crd, "Established").is_null() {
            let message = "not all names are accepted";
            set_condition(&mut new, cx.now, "Established", "False", "NotAccepted", message);
        }
        if update_status(cx, new)?.is_some() {
            self.requeue_group(caches, &key.name);
        }
        Ok(())
    }
}
