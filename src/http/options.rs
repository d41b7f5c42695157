//! The query of a request and the options of a deletion, as the server's codec for parameters reads and validates them
//! (`apimachinery/pkg/apis/meta/v1/validation`, `internalversion/validation`).

use super::route::is_true;
use crate::api::field::{Error, Path};
use crate::api::{self, FieldValidation, PatchType, Propagation, Status, Verb};
use crate::json::Json;
use std::time::Duration;

/// What the query says. Where a deletion has a body (`with_body`), that speaks for it.
pub fn read(
    query: Vec<(String, String)>,
    request: &mut api::Request,
    timeout: &mut Option<Duration>,
    with_body: bool,
) -> Result<(), Status> {
    let verb = request.verb;
    let options = &mut request.options;
    let mut dry: Vec<String> = Vec::new();
    let (mut forces, mut strictness) = (false, String::new());
    let (mut policy, mut orphan, mut matched, mut initial) = (None, None, String::new(), false);
    let mut seen: Vec<String> = Vec::new();
    let lists = matches!(verb, Verb::List | Verb::Watch | Verb::DeleteCollection);
    let deletes = matches!(verb, Verb::Delete | Verb::DeleteCollection) && !with_body;
    let writes = matches!(verb, Verb::Create | Verb::Update | Verb::Patch(_));
    for (key, value) in query {
        // Of a parameter that is given twice the first counts, but for those that are lists.
        if key != "dryRun" && key != "command" && seen.contains(&key) {
            continue;
        }
        seen.push(key.clone());
        match key.as_str() {
            "labelSelector" => options.label_selector = value.into(),
            "fieldSelector" => options.field_selector = value.into(),
            "resourceVersion" => options.resource_version = value.into(),
            "limit" if lists => options.limit = usize::try_from(number(&value)?).unwrap_or(0),
            "continue" if lists => options.continue_token = value.into(),
            "timeoutSeconds" if lists => {
                let seconds = number(&value)?;
                *timeout = u64::try_from(seconds).ok().filter(|s| *s > 0).map(Duration::from_secs);
            }
            "dryRun" if writes || deletes => dry.push(value),
            "fieldManager" if writes => {
                if !value.is_empty() {
                    options.field_manager = value.into();
                }
            }
            "force" => {
                options.force = is_true(&value);
                forces = true;
            }
            "gracePeriodSeconds" if deletes => options.grace_period = Some(number(&value)?),
            "propagationPolicy" if deletes => policy = Some(value),
            "orphanDependents" if deletes => orphan = Some(is_true(&value)),
            "fieldValidation" if writes => strictness = value,
            _ => {
                match key.as_str() {
                    "resourceVersionMatch" => matched.clone_from(&value),
                    "sendInitialEvents" => initial = true,
                    _ => {}
                }
                options.query.push((key.into(), value.into()));
            }
        }
    }
    if writes {
        return writing(verb, options, forces, &dry, &strictness);
    }
    if lists {
        let token = !options.continue_token.is_empty();
        let version = options.resource_version.as_str();
        let errors = listing(verb == Verb::Watch, &matched, version, token, initial);
        Status::options("ListOptions", &errors)?;
    }
    if deletes {
        propagate(options, policy.as_deref(), orphan, &dry)?;
    }
    Ok(())
}

/// The options of a write, in the order in which upstream looks at them.
fn writing(
    verb: Verb,
    options: &mut api::Options,
    forces: bool,
    dry: &[String],
    strictness: &str,
) -> Result<(), Status> {
    let mut errors = Vec::new();
    match verb {
        Verb::Patch(PatchType::Apply) if options.field_manager.is_empty() => {
            errors.push(Error::required(&Path::new("fieldManager"), "is required for apply patch"));
        }
        Verb::Patch(kind) if kind != PatchType::Apply && forces => {
            errors.push(Error::forbidden(&Path::new("force"), "may not be specified for non-apply patch"));
        }
        _ => {}
    }
    api::manager_errors(&options.field_manager, &mut errors);
    dry_run(options, dry, &mut errors);
    match strictness {
        "Strict" => options.field_validation = FieldValidation::Strict,
        "Ignore" => options.field_validation = FieldValidation::Ignore,
        "Warn" | "" => options.field_validation = FieldValidation::Warn,
        other => {
            let path = Path::new("fieldValidation");
            errors.push(Error::not_supported(&path, other, &["", "Ignore", "Strict", "Warn"]));
        }
    }
    let kind = match verb {
        Verb::Create => "CreateOptions",
        Verb::Update => "UpdateOptions",
        _ => "PatchOptions",
    };
    Status::options(kind, &errors)
}

/// What of the objects stands in the rows of a table.
pub fn table(request: &api::Request) -> Result<(), Status> {
    let asked = request.options.query.iter().find(|(key, _)| *key == "includeObject");
    let Some((_, asked)) = asked else { return Ok(()) };
    if matches!(asked.as_str(), "" | "None" | "Metadata" | "Object") {
        return Ok(());
    }
    let why = "must be 'Metadata', 'Object', 'None', or empty";
    let error = Error::invalid(&Path::new("includeObject"), asked.as_str(), why);
    Err(Status::bad_request(format!("Unable to convert to Table as requested: {error}")))
}

/// `DeleteOptions` in a body.
pub fn deletion(options: &mut api::Options, body: &Json) -> Result<(), Status> {
    if body.is_null() {
        return Ok(());
    }
    if !matches!(body, Json::Object(_)) {
        return Err(Status::bad_request(format!(
            "couldn't get version/kind; json parse error: json: cannot unmarshal {} into Go value of type struct {{ APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
            body.go_kind()
        )));
    }
    let wrong = |key: &str, field: &str, ty: &str| {
        Status::bad_request(format!(
            "json: cannot unmarshal {} into Go struct field {field} of type {ty}",
            body[key].go_kind()
        ))
    };
    match &body["gracePeriodSeconds"] {
        Json::Null => {}
        Json::Int(seconds) => options.grace_period = Some(*seconds),
        _ => return Err(wrong("gracePeriodSeconds", "DeleteOptions.gracePeriodSeconds", "int64")),
    }
    let policy = match &body["propagationPolicy"] {
        Json::Null => None,
        Json::Str(policy) => Some(policy.as_str()),
        _ => {
            return Err(wrong(
                "propagationPolicy",
                "DeleteOptions.propagationPolicy",
                "v1.DeletionPropagation",
            ));
        }
    };
    let preconditions = &body["preconditions"];
    if let Some(uid) = preconditions["uid"].as_str() {
        options.uid = Some(uid.into());
    }
    if let Some(version) = preconditions["resourceVersion"].as_str() {
        options.resource_version = version.into();
    }
    let dry: Vec<String> = body["dryRun"].items().iter().map(|word| word.str().to_owned()).collect();
    propagate(options, policy, body["orphanDependents"].as_bool(), &dry)
}

/// What becomes of the dependents; an empty policy is none that there is.
fn propagate(
    options: &mut api::Options,
    policy: Option<&str>,
    orphan: Option<bool>,
    dry: &[String],
) -> Result<(), Status> {
    let mut errors = Vec::new();
    let path = Path::new("propagationPolicy");
    if let (Some(policy), Some(_)) = (policy, orphan) {
        let why = "orphanDependents and deletionPropagation cannot be both set";
        errors.push(Error::invalid(&path, policy, why));
    }
    match policy {
        None => {}
        Some("Background") => options.propagation = Some(Propagation::Background),
        Some("Foreground") => options.propagation = Some(Propagation::Foreground),
        Some("Orphan") => options.propagation = Some(Propagation::Orphan),
        Some(other) => {
            let known = ["Foreground", "Background", "Orphan", "nil"];
            errors.push(Error::not_supported(&path, other, &known));
        }
    }
    match orphan {
        Some(true) => options.propagation = Some(Propagation::Orphan),
        Some(false) => options.propagation = Some(Propagation::Background),
        None => {}
    }
    dry_run(options, dry, &mut errors);
    Status::options("DeleteOptions", &errors)
}

fn dry_run(options: &mut api::Options, values: &[String], errors: &mut Vec<Error>) {
    if values.iter().any(|value| value != "All") {
        let shown: Json = values.iter().map(|value| Json::from(value.as_str())).collect();
        errors.push(Error::not_supported(&Path::new("dryRun"), shown, &["All"]));
    }
    options.dry_run |= !values.is_empty();
}

/// What a list or a watch may not ask for together.
fn listing(watches: bool, matched: &str, version: &str, token: bool, initial: bool) -> Vec<Error> {
    const NOT_OLDER: &str = "NotOlderThan";
    let mut errors = Vec::new();
    let path = Path::new("resourceVersionMatch");
    let mut forbid = |why: &str| errors.push(Error::forbidden(&path, why.to_owned()));
    let continued = "resourceVersionMatch is forbidden when continue is provided";
    if watches {
        if initial && matched != NOT_OLDER {
            forbid("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
        if !matched.is_empty() && !initial {
            forbid("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }
        if !matched.is_empty() && matched != NOT_OLDER {
            errors.push(Error::not_supported(&path, matched, &[NOT_OLDER]));
        }
        if !matched.is_empty() && token {
            errors.push(Error::forbidden(&path, continued));
        }
        return errors;
    }
    if !matched.is_empty() {
        if version.is_empty() {
            forbid("resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        if token {
            forbid(continued);
        }
        if !matches!(matched, "Exact" | NOT_OLDER) {
            errors.push(Error::not_supported(&path, matched, &["Exact", NOT_OLDER, ""]));
        }
        if matched == "Exact" && version == "0" {
            let why = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
            errors.push(Error::forbidden(&path, why));
        }
    }
    if initial {
        let path = Path::new("sendInitialEvents");
        errors.push(Error::forbidden(&path, "sendInitialEvents is forbidden for list"));
    }
    errors
}

/// A number, or what Go says of one that is none.
fn number(text: &str) -> Result<i64, Status> {
    text.parse().map_err(|_| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let whole = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
        let why = if whole { "value out of range" } else { "invalid syntax" };
        Status::bad_request(format!("strconv.ParseInt: parsing {text:?}: {why}"))
    })
}
