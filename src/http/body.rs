//! Bodies: in the forms that clients write, and answers in the forms that they ask for.

use super::{Answer, Body, Request, discovery};
use crate::api::{PatchType, Reason, Status, Verb};
use crate::json;
use crate::json::{Json, Str, yaml};
use crate::manifest;

/// The most bytes of a body: what the API server takes in one request.
pub const MOST: usize = manifest::MAX_BYTES;
const TYPES: &str = "application/json, application/yaml";
const PATCHES: &[(&str, PatchType)] = &[
    ("application/json-patch+json", PatchType::Json),
    ("application/merge-patch+json", PatchType::Merge),
    ("application/strategic-merge-patch+json", PatchType::Strategic),
    ("application/apply-patch+yaml", PatchType::Apply),
];

/// In which form an answer goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The object.
    Json,
    /// The object as YAML.
    Yaml,
    /// A `Table` with rows for people.
    Table,
    /// Only the metadata.
    Metadata,
    /// All of discovery in one document.
    Aggregated,
}

impl Form {
    /// The first form of an `Accept` header that is served; whether discovery may be aggregated depends on the path.
    pub fn accepted(accept: &str, discovery: bool) -> Result<Form, Status> {
        if accept.trim().is_empty() {
            return Ok(Form::Json);
        }
        for clause in accept.split(',') {
            let mut words = clause.split(';').map(str::trim);
            let media = words.next().unwrap_or("");
            let shape = words.find_map(|word| word.strip_prefix("as="));
            match (media, shape) {
                ("application/json" | "application/*" | "*/*" | "text/html", None) => return Ok(Form::Json),
                ("application/yaml", None) => return Ok(Form::Yaml),
                ("application/json", Some("Table")) => return Ok(Form::Table),
                ("application/json", Some("PartialObjectMetadata" | "PartialObjectMetadataList")) => {
                    return Ok(Form::Metadata);
                }
                ("application/json", Some("APIGroupDiscoveryList"))
                    if discovery && clause.contains("v=v2;") | clause.ends_with("v=v2") =>
                {
                    return Ok(Form::Aggregated);
                }
                _ => {}
            }
        }
        let message = format!("only the following media types are accepted: {TYPES}");
        Err(Status::new(Reason::NotAcceptable, message))
    }

    /// An object in this form.
    pub fn shape(self, object: &Json) -> Json {
        let of_system = object["kind"].str() == "Status";
        if self != Form::Metadata || of_system {
            return object.clone();
        }
        let partial = |object: &Json| {
            json!({
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": &object["metadata"],
            })
        };
        match object.get("items") {
            Some(items) => json!({
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadataList", "metadata": &object["metadata"],
                "items": items.items().iter().map(partial).collect::<Json>(),
            }),
            None => partial(object),
        }
    }
}

/// Which way a patch is written.
pub fn patch_type(content_type: &str) -> Result<PatchType, Status> {
    let media = media(content_type);
    let found = PATCHES.iter().find(|(name, _)| *name == media);
    let served = || PATCHES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    found.map(|(_, kind)| *kind).ok_or_else(|| unknown_format(&served()))
}

/// A request's body as a tree, with the paths of the fields that it has twice. `kind`: what it should be.
pub fn read(request: &Request, verb: Verb, kind: &str) -> Result<(Json, Vec<Str>), Status> {
    let text = request.body.as_str();
    if text.len() > MOST {
        let message = format!("Request entity too large: limit is {MOST}");
        return Err(Status::new(Reason::RequestEntityTooLarge, message));
    }
    let deletes = matches!(verb, Verb::Delete | Verb::DeleteCollection);
    if text.is_empty() && deletes {
        return Ok((Json::Null, Vec::new()));
    }
    let media = media(&request.content_type);
    let patch = matches!(verb, Verb::Patch(_));
    let parsed = match media {
        "application/yaml" | "application/apply-patch+yaml" => match manifest::document(text) {
            Ok(document) => Ok((document.value, Vec::new())),
            // Where kubectl says what it was doing, the server does not.
            Err(e) => Err(e.message.trim_start_matches("error converting YAML to JSON: ").to_owned()),
        },
        "" | "application/json" => json::parse_strictly(text).map_err(|e| e.message),
        _ if patch => json::parse_strictly(text).map_err(|e| e.message),
        _ => return Err(unknown_format(TYPES)),
    };
    parsed.map_err(|why| match verb {
        Verb::Patch(PatchType::Apply) => Status::bad_request(format!("error encoding patch: {why}")),
        Verb::Patch(_) => Status::bad_request("invalid JSON patch"),
        _ => {
            let why = match media {
                "application/yaml" => why,
                _ => format!("couldn't get version/kind; json parse error: {why}"),
            };
            if deletes { Status::bad_request(why) } else { Status::unrecognized(kind, &why, text) }
        }
    })
}

fn media(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or("").trim()
}

/// The media type is none of those that are served.
fn unknown_format(served: &str) -> Status {
    let message =
        format!("the body of the request was in an unknown format - accepted media types include: {served}");
    Status::new(Reason::UnsupportedMediaType, message)
}

/// An answer that carries a tree.
pub fn answer(code: u16, body: &Json, form: Form, warnings: &[Str]) -> Answer {
    let (media, text) = match form {
        Form::Yaml => ("application/yaml", yaml::to_yaml(body)),
        _ => ("application/json", format!("{}\n", discovery::text(&form.shape(body)))),
    };
    let mut headers: Vec<(Str, Str)> = vec![("content-type".into(), media.into())];
    for warning in warnings {
        let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
        headers.push(("warning".into(), format!("299 - \"{quoted}\"").into()));
    }
    Answer { code, headers, body: Body::Text(text) }
}
