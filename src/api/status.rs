//! [`Status`]: an API error, as every client sees it.

use super::field;
use super::{Resource, ResourceInfo};
use crate::json;
use crate::json::{Json, Str};

/// Why a request failed (`metav1.StatusReason`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// 400
    BadRequest,
    /// 401
    Unauthorized,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 406
    NotAcceptable,
    /// 409: somebody else changed the object meanwhile.
    Conflict,
    /// 409: the name is taken.
    AlreadyExists,
    /// 410: the history that was asked for is compacted.
    Expired,
    /// 413
    RequestEntityTooLarge,
    /// 415
    UnsupportedMediaType,
    /// 422
    Invalid,
    /// 429
    TooManyRequests,
    /// 500
    InternalError,
    /// 503
    ServiceUnavailable,
    /// 504
    Timeout,
}

const REASONS: [Reason; 16] = [
    Reason::BadRequest,
    Reason::Unauthorized,
    Reason::Forbidden,
    Reason::NotFound,
    Reason::MethodNotAllowed,
    Reason::NotAcceptable,
    Reason::Conflict,
    Reason::AlreadyExists,
    Reason::Expired,
    Reason::RequestEntityTooLarge,
    Reason::UnsupportedMediaType,
    Reason::Invalid,
    Reason::TooManyRequests,
    Reason::InternalError,
    Reason::ServiceUnavailable,
    Reason::Timeout,
];

impl Reason {
    /// The HTTP status code.
    pub fn code(self) -> u16 {
        match self {
            Reason::BadRequest => 400,
            Reason::Unauthorized => 401,
            Reason::Forbidden => 403,
            Reason::NotFound => 404,
            Reason::MethodNotAllowed => 405,
            Reason::NotAcceptable => 406,
            Reason::Conflict | Reason::AlreadyExists => 409,
            Reason::Expired => 410,
            Reason::RequestEntityTooLarge => 413,
            Reason::UnsupportedMediaType => 415,
            Reason::Invalid => 422,
            Reason::TooManyRequests => 429,
            Reason::InternalError => 500,
            Reason::ServiceUnavailable => 503,
            Reason::Timeout => 504,
        }
    }

    /// The wire's word; `kubectl` prints it in brackets.
    pub fn name(self) -> &'static str {
        match self {
            Reason::BadRequest => "BadRequest",
            Reason::Unauthorized => "Unauthorized",
            Reason::Forbidden => "Forbidden",
            Reason::NotFound => "NotFound",
            Reason::MethodNotAllowed => "MethodNotAllowed",
            Reason::NotAcceptable => "NotAcceptable",
            Reason::Conflict => "Conflict",
            Reason::AlreadyExists => "AlreadyExists",
            Reason::Expired => "Expired",
            Reason::RequestEntityTooLarge => "RequestEntityTooLarge",
            Reason::UnsupportedMediaType => "UnsupportedMediaType",
            Reason::Invalid => "Invalid",
            Reason::TooManyRequests => "TooManyRequests",
            Reason::InternalError => "InternalError",
            Reason::ServiceUnavailable => "ServiceUnavailable",
            Reason::Timeout => "Timeout",
        }
    }
}

/// One of the reasons of an invalid object (`metav1.StatusCause`).
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// `FieldValueInvalid`, …
    pub reason: Str,
    /// `Invalid value: …`
    pub message: Str,
    /// `spec.template.spec.containers[0].image`
    pub field: Str,
}

/// What the error is about (`metav1.StatusDetails`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// The object's name.
    pub name: Str,
    /// The resource's group.
    pub group: Str,
    /// The resource (or, for invalid objects, the kind).
    pub kind: Str,
    /// The object's uid.
    pub uid: Str,
    /// All that is wrong.
    pub causes: Vec<Cause>,
}

/// An API error: an HTTP code, a reason for programs, a message for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The HTTP status code.
    pub code: u16,
    /// The reason; `None` only for errors without one (`Unknown`).
    pub reason: Option<Reason>,
    /// The sentence.
    pub message: Str,
    /// What it is about.
    pub details: Option<Box<Details>>,
    /// What the author should know besides; sent beside the error, not in it.
    pub warnings: Vec<Str>,
}

impl Status {
    /// An error without details.
    pub fn new(reason: Reason, message: impl Into<Str>) -> Status {
        Status {
            code: reason.code(),
            reason: Some(reason),
            message: message.into(),
            details: None,
            warnings: Vec::new(),
        }
    }

    /// An error of the server's own (`NewInternalError`).
    pub fn internal(why: impl std::fmt::Display) -> Status {
        let message = format!("Internal error occurred: {why}");
        let mut status = Status::new(Reason::InternalError, message);
        let cause = Cause { reason: Str::default(), message: why.to_string().into(), field: Str::default() };
        status.details = Some(Box::new(Details { causes: vec![cause], ..Details::default() }));
        status
    }

    /// An error of which programs learn no reason (`Unknown`).
    pub fn unknown(message: impl Into<Str>) -> Status {
        Status { reason: None, ..Status::new(Reason::InternalError, message) }
    }

    /// What the server's router says of a path or a method that it does not serve (`serviceErrorHandler`).
    pub fn unrouted(method: bool) -> Status {
        let (reason, message, cause) = match method {
            false => {
                (Reason::NotFound, "the server could not find the requested resource", "404: Page Not Found")
            }
            true => (
                Reason::MethodNotAllowed,
                "the server does not allow this method on the requested resource",
                "405: Method Not Allowed",
            ),
        };
        let cause = Cause {
            reason: Str::fixed("UnexpectedServerResponse"),
            message: Str::fixed(cause),
            field: Str::default(),
        };
        let mut status = Status::new(reason, Str::fixed(message));
        status.details = Some(Box::new(Details { causes: vec![cause], ..Details::default() }));
        status
    }

    fn about(mut self, resource: &ResourceInfo, name: &str) -> Status {
        self.details = Some(Box::new(Details {
            name: name.into(),
            group: resource.group.clone(),
            kind: resource.plural.clone(),
            ..Details::default()
        }));
        self
    }

    /// `jobs.batch "pi" not found`
    pub fn not_found(resource: &Resource, name: &str) -> Status {
        Status::new(Reason::NotFound, format!("{} \"{name}\" not found", resource.qualified()))
            .about(resource, name)
    }

    /// `jobs.batch "pi" already exists`
    pub fn already_exists(resource: &Resource, name: &str) -> Status {
        let message = format!("{} \"{name}\" already exists", resource.qualified());
        Status::new(Reason::AlreadyExists, message).about(resource, name)
    }

    /// `Operation cannot be fulfilled on jobs.batch "pi": …`
    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Status {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", resource.qualified());
        Status::new(Reason::Conflict, message).about(resource, name)
    }

    /// The conflict of a write with a newer one (`OptimisticLockErrorMsg`).
    pub fn modified(resource: &Resource, name: &str) -> Status {
        let why =
            "the object has been modified; please apply your changes to the latest version and try again";
        Status::conflict(resource, name, why)
    }

    /// `jobs.batch "pi" is forbidden: …`
    pub fn forbidden(resource: &Resource, name: &str, why: &str) -> Status {
        Status::forbidden_named((&resource.group, &resource.plural), name, why)
    }

    /// The same of a group and a resource that there need not be.
    pub fn forbidden_named((group, resource): (&str, &str), name: &str, why: &str) -> Status {
        let object = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
        let dot = if group.is_empty() { "" } else { "." };
        let message = format!("{resource}{dot}{group}{object} is forbidden: {why}");
        let mut status = Status::new(Reason::Forbidden, message);
        let (name, group, kind) = (name.into(), group.into(), resource.into());
        status.details = Some(Box::new(Details { name, group, kind, ..Details::default() }));
        status
    }

    /// A body that cannot be read.
    pub fn bad_request(message: impl Into<Str>) -> Status {
        Status::new(Reason::BadRequest, message)
    }

    /// A body of which not even the kind can be read (`transformDecodeError`).
    pub fn unrecognized(kind: &str, why: &str, text: &str) -> Status {
        const SHOWN: usize = 30;
        let bytes = text.as_bytes();
        let start = &bytes[..bytes.len().min(SHOWN)];
        let mut summary = match bytes.first() {
            None => "<empty>".to_owned(),
            Some(b'{') => String::from_utf8_lossy(start).into_owned(),
            Some(_) => start.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        if bytes.len() > SHOWN {
            summary.push_str(" ...");
        }
        Status::bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): {why} ({summary})"
        ))
    }

    /// `Job.batch "pi" is invalid: …`: all errors, joined as `field.ErrorList.ToAggregate` does (duplicates once).
    pub fn invalid(resource: &Resource, name: &str, errors: &[field::Error]) -> Status {
        let mut texts: Vec<String> = Vec::new();
        for error in errors {
            let text = error.to_string();
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let joined = if texts.len() == 1 { texts.concat() } else { format!("[{}]", texts.join(", ")) };
        let message = format!("{} \"{name}\" is invalid: {joined}", resource.qualified_kind());
        let mut status = Status::new(Reason::Invalid, message);
        status.details = Some(Box::new(Details {
            name: name.into(),
            group: resource.group.clone(),
            kind: resource.kind.clone(),
            uid: Str::default(),
            causes: errors.iter().map(field::Error::cause).collect(),
        }));
        status
    }

    /// `CreateOptions.meta.k8s.io "" is invalid: …`
    pub fn options(kind: &str, errors: &[field::Error]) -> Result<(), Status> {
        if errors.is_empty() {
            return Ok(());
        }
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let all = if texts.len() == 1 { texts.concat() } else { format!("[{}]", texts.join(", ")) };
        let mut status = Status::new(Reason::Invalid, format!("{kind}.meta.k8s.io \"\" is invalid: {all}"));
        let causes: Vec<Cause> = errors.iter().map(field::Error::cause).collect();
        let group = Str::fixed("meta.k8s.io");
        status.details = Some(Box::new(Details { group, kind: kind.into(), causes, ..Details::default() }));
        Err(status)
    }

    /// Whether it says that the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.reason == Some(Reason::NotFound)
    }

    /// Whether it says that the object changed meanwhile.
    pub fn is_conflict(&self) -> bool {
        self.reason == Some(Reason::Conflict)
    }

    /// Whether it says that the name is taken.
    pub fn is_already_exists(&self) -> bool {
        self.reason == Some(Reason::AlreadyExists)
    }

    /// From the object that came over the wire. A reason that is not known here is none.
    pub fn of_json(json: &Json) -> Status {
        let details = &json["details"];
        let text = |value: &Json| Str::from(value.str());
        let cause = |cause: &Json| Cause {
            reason: text(&cause["reason"]),
            message: text(&cause["message"]),
            field: text(&cause["field"]),
        };
        let mut status = Status::new(Reason::InternalError, text(&json["message"]));
        status.code = json["code"].as_i64().and_then(|code| code.try_into().ok()).unwrap_or_default();
        status.reason = REASONS.iter().copied().find(|reason| reason.name() == json["reason"].str());
        if !details.is_null() {
            status.details = Some(Box::new(Details {
                name: text(&details["name"]),
                group: text(&details["group"]),
                kind: text(&details["kind"]),
                uid: text(&details["uid"]),
                causes: details["causes"].items().iter().map(cause).collect(),
            }));
        }
        status
    }

    /// The object that goes over the wire.
    pub fn to_json(&self) -> Json {
        let mut json = json!({
            "apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Failure",
            "message": &self.message, "code": i64::from(self.code),
        });
        if let Some(reason) = self.reason {
            json.set("reason", reason.name());
        }
        if let Some(d) = &self.details {
            let mut details = json!({});
            for (key, value) in [("name", &d.name), ("group", &d.group), ("kind", &d.kind), ("uid", &d.uid)] {
                if !value.is_empty() {
                    details.set(Str::fixed(key), value);
                }
            }
            if !d.causes.is_empty() {
                let cause = |c: &Cause| {
                    let mut cause = json!({ "reason": &c.reason, "message": &c.message });
                    if !c.field.is_empty() {
                        cause.set("field", &c.field);
                    }
                    cause
                };
                details.set("causes", d.causes.iter().map(cause).collect::<Json>());
            }
            json.set("details", details);
        }
        json
    }
}
