//! What is wrong with the options of a request, whatever it asks of (`apimachinery/pkg/apis/meta/v1/validation`,
//! `…/meta/internalversion/validation`).

use crate::api::field::{Error, Path};
use crate::api::{Status, Verb};
use crate::json::Json;

const GROUP: &str = "meta.k8s.io";
const EXACT: &str = "Exact";
const NOT_OLDER: &str = "NotOlderThan";
const PROPAGATION: [&str; 4] = ["Foreground", "Background", "Orphan", "nil"];

/// Checks the options of a request: its query, and of a deletion its body.
pub fn check(verb: Verb, query: &[(String, String)], body: &Json) -> Result<(), Status> {
    let find = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let text = |name: &str| find(name).unwrap_or("");
    let at = Path::new;
    let mut errors = Vec::new();
    let kind = match verb {
        Verb::List | Verb::Watch => {
            versions(verb == Verb::Watch, find("sendInitialEvents").is_some(), &text, &mut errors);
            "ListOptions"
        }
        Verb::Create => "CreateOptions",
        Verb::Update => "UpdateOptions",
        Verb::Patch(_) => "PatchOptions",
        Verb::Delete | Verb::DeleteCollection => "DeleteOptions",
        Verb::Get => return Ok(()),
    };
    if verb.writes() {
        if kind == "DeleteOptions" {
            let policy = body["propagationPolicy"].as_str().unwrap_or(text("propagationPolicy"));
            let orphans = !body["orphanDependents"].is_null() || find("orphanDependents").is_some();
            if !policy.is_empty() && orphans {
                let both = "orphanDependents and deletionPropagation cannot be both set";
                errors.push(Error::invalid(&at("propagationPolicy"), policy, both));
            }
            if !policy.is_empty() && !PROPAGATION[..3].contains(&policy) {
                errors.push(Error::not_supported(&at("propagationPolicy"), policy, &PROPAGATION));
            }
        }
        let own = body["dryRun"].items().iter().map(Json::str);
        let asked = query.iter().filter(|(key, _)| key == "dryRun").map(|(_, value)| value.as_str());
        let dry: Vec<&str> = own.chain(asked).filter(|value| !value.is_empty()).collect();
        if dry.iter().any(|value| *value != "All") {
            let shown: Json = dry.iter().map(|value| Json::from(*value)).collect();
            errors.push(Error::not_supported(&at("dryRun"), shown, &["All"]));
        }
        let validation = text("fieldValidation");
        if !matches!(validation, "" | "Ignore" | "Warn" | "Strict") && kind != "DeleteOptions" {
            let all = ["", "Ignore", "Strict", "Warn"];
            errors.push(Error::not_supported(&at("fieldValidation"), validation, &all));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Status::invalid_kind(GROUP, kind, "", &errors)) }
}

/// `resourceVersion`, `resourceVersionMatch`, `continue` and `sendInitialEvents` have to fit each other.
fn versions<'q>(watch: bool, initial: bool, text: &dyn Fn(&str) -> &'q str, errors: &mut Vec<Error>) {
    let at = Path::new("resourceVersionMatch");
    let (matching, version) = (text("resourceVersionMatch"), text("resourceVersion"));
    let mut forbid = |why: &str| errors.push(Error::forbidden(&at, why));
    if watch && initial && matching != NOT_OLDER {
        forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if !matching.is_empty() {
        if watch && !initial {
            forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }
        if !watch && version.is_empty() {
            forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        let unknown = matching != NOT_OLDER && (watch || matching != EXACT);
        if watch && unknown {
            errors.push(Error::not_supported(&at, matching, &[NOT_OLDER]));
        }
        if !text("continue").is_empty() {
            errors.push(Error::forbidden(&at, "resourceVersionMatch is forbidden when continue is provided"));
        }
        if !watch && unknown {
            errors.push(Error::not_supported(&at, matching, &[EXACT, NOT_OLDER, ""]));
        }
        if !watch && matching == EXACT && version == "0" {
            let why = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            errors.push(Error::forbidden(&at, why));
        }
    }
    if !watch && initial {
        let why = "sendInitialEvents is forbidden for list";
        errors.push(Error::forbidden(&Path::new("sendInitialEvents"), why));
    }
}
