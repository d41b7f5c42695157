//! [`Request`] and [`Response`]: everything that can be asked of the API server, and what comes back.

use super::field::{Error, Path};
use super::rbac::Attributes;
use super::{Resource, Status, User, WatchId};
use crate::json::{Json, Str};
use std::sync::Arc;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read one object.
    Get,
    /// Read a collection.
    List,
    /// Open a stream of changes; the response carries its [`WatchId`].
    Watch,
    /// Write a new object (POST).
    Create,
    /// Replace an object (PUT).
    Update,
    /// Change an object.
    Patch(PatchType),
    /// Delete one object.
    Delete,
    /// Delete all objects that the selectors match.
    DeleteCollection,
}

impl Verb {
    /// The HTTP method.
    pub fn method(self) -> &'static str {
        match self {
            Verb::Get | Verb::List | Verb::Watch => "GET",
            Verb::Create => "POST",
            Verb::Update => "PUT",
            Verb::Patch(_) => "PATCH",
            Verb::Delete | Verb::DeleteCollection => "DELETE",
        }
    }

    /// Whether it can change anything.
    pub fn writes(self) -> bool {
        !matches!(self, Verb::Get | Verb::List | Verb::Watch)
    }

    /// The name that discovery, RBAC and error messages use.
    pub fn name(self) -> &'static str {
        match self {
            Verb::Get => "get",
            Verb::List => "list",
            Verb::Watch => "watch",
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Patch(_) => "patch",
            Verb::Delete => "delete",
            Verb::DeleteCollection => "deletecollection",
        }
    }
}

/// The four ways to write a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchType {
    /// RFC 6902.
    Json,
    /// RFC 7396.
    Merge,
    /// Merges lists by the schema's keys.
    Strategic,
    /// Server-side apply.
    Apply,
}

/// What happens to an object's dependents when it is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// The object goes at once, the garbage collector deletes its dependents.
    Background,
    /// The object waits until its dependents are gone.
    Foreground,
    /// The dependents stay and lose their owner reference.
    Orphan,
}

/// What unknown and duplicate fields lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// They are dropped.
    Ignore,
    /// They are dropped with a warning: the server's default.
    #[default]
    Warn,
    /// The request is refused: what `kubectl` asks for.
    Strict,
}

/// The query and the delete options.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// `labelSelector`, unparsed; `""`: all.
    pub label_selector: Str,
    /// `fieldSelector`, unparsed; `""`: all.
    pub field_selector: Str,
    /// `resourceVersion`: where a watch starts.
    pub resource_version: Str,
    /// `limit`: the page size of a list; 0: no pages.
    pub limit: usize,
    /// `continue`: the next page's token.
    pub continue_token: Str,
    /// `dryRun=All`
    pub dry_run: bool,
    /// `fieldManager`
    pub field_manager: Str,
    /// `fieldValidation`
    pub field_validation: FieldValidation,
    /// The paths of the body's fields that stand there more than once, where the client sent text.
    pub repeated: Vec<Str>,
    /// Why the request cannot be understood, where it comes from outside: told once it is known that who asks may.
    pub misread: Option<Box<Status>>,
    /// `force`: server-side apply takes fields over.
    pub force: bool,
    /// `propagationPolicy`
    pub propagation: Option<Propagation>,
    /// `gracePeriodSeconds`
    pub grace_period: Option<i64>,
    /// `preconditions.uid`
    pub uid: Option<Str>,
    /// Answer as a `meta.k8s.io/v1` `Table` (the `Accept` header of `kubectl get`).
    pub table: bool,
    /// Of a watch: only what concerns who owns whom ([`concerns_ownership`](super::meta::concerns_ownership)). No parameter
    /// of the API: upstream's garbage collector is told of every change of everything, and drops the others unread.
    pub ownership: bool,
    /// Of pod logs: `container`, `follow`, `previous`, `tailLines`, …
    pub query: Vec<(Str, Str)>,
}

/// A request to the API server.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What to do.
    pub verb: Verb,
    /// With objects of which resource.
    pub resource: Resource,
    /// `status`, `scale`, `log`, …; `""`: the object itself.
    pub subresource: Str,
    /// In which namespace; `""`: all, or the resource has none.
    pub namespace: Str,
    /// The object's name; `""` for collections and creates.
    pub name: Str,
    /// The object, or the patch.
    pub body: Json,
    /// The query.
    pub options: Options,
    /// Who asks, as the audit log would name it: `kubectl`, `job-controller`, `kubelet/node-1`.
    pub agent: Str,
    /// As whom; `None`: as a part of the cluster or as its administrator, of whom no rule is asked.
    pub user: Option<Arc<User>>,
}

impl Request {
    /// A request without body; set what else it needs with the `with_` methods.
    pub fn new(
        verb: Verb,
        resource: impl Into<Resource>,
        namespace: impl Into<Str>,
        name: impl Into<Str>,
    ) -> Request {
        Request {
            verb,
            resource: resource.into(),
            subresource: Str::default(),
            namespace: namespace.into(),
            name: name.into(),
            body: Json::Null,
            options: Options::default(),
            agent: Str::default(),
            user: None,
        }
    }

    /// GET one object.
    pub fn get(resource: impl Into<Resource>, namespace: impl Into<Str>, name: impl Into<Str>) -> Request {
        Request::new(Verb::Get, resource, namespace, name)
    }

    /// GET a collection; namespace `""`: of all namespaces.
    pub fn list(resource: impl Into<Resource>, namespace: impl Into<Str>) -> Request {
        Request::new(Verb::List, resource, namespace, "")
    }

    /// POST an object to its namespace.
    pub fn create(resource: impl Into<Resource>, body: impl Into<Json>) -> Request {
        let body = body.into();
        let namespace = Str::from(body["metadata"]["namespace"].str());
        Request::new(Verb::Create, resource, namespace, "").with_body(body)
    }

    /// PUT an object; its metadata says which.
    pub fn update(resource: impl Into<Resource>, body: impl Into<Json>) -> Request {
        let body = body.into();
        let meta = &body["metadata"];
        let (namespace, name) = (Str::from(meta["namespace"].str()), Str::from(meta["name"].str()));
        Request::new(Verb::Update, resource, namespace, name).with_body(body)
    }

    /// PUT an object's status.
    pub fn update_status(resource: impl Into<Resource>, body: impl Into<Json>) -> Request {
        Request::update(resource, body).with_subresource("status")
    }

    /// PATCH an object.
    pub fn patch(
        kind: PatchType,
        resource: impl Into<Resource>,
        namespace: impl Into<Str>,
        name: impl Into<Str>,
        body: impl Into<Json>,
    ) -> Request {
        Request::new(Verb::Patch(kind), resource, namespace, name).with_body(body)
    }

    /// DELETE one object.
    pub fn delete(resource: impl Into<Resource>, namespace: impl Into<Str>, name: impl Into<Str>) -> Request {
        Request::new(Verb::Delete, resource, namespace, name)
    }

    /// With a body.
    pub fn with_body(mut self, body: impl Into<Json>) -> Request {
        self.body = body.into();
        self
    }

    /// On a subresource.
    pub fn with_subresource(mut self, subresource: impl Into<Str>) -> Request {
        self.subresource = subresource.into();
        self
    }

    /// With changed options.
    pub fn with(mut self, change: impl FnOnce(&mut Options)) -> Request {
        change(&mut self.options);
        self
    }

    /// Asked as somebody of whom the rules are asked.
    pub fn as_user(mut self, user: Option<Arc<User>>) -> Request {
        self.user = user;
        self
    }

    /// Whether it can change anything. Reviews are created and leave nothing behind.
    pub fn writes(&self) -> bool {
        let review = matches!(&*self.resource.group, "authorization.k8s.io" | "authentication.k8s.io");
        self.verb.writes() && !self.options.dry_run && !review
    }

    /// What rules are asked about it (`apiserver/pkg/endpoints/request/requestinfo.go`). A list or a watch that a field selector
    /// holds to one name is about that object; a Namespace lies in itself.
    pub fn attributes(&self) -> Attributes<'_> {
        let mut name = self.name.as_str();
        if matches!(self.verb, Verb::List | Verb::Watch | Verb::DeleteCollection) && name.is_empty() {
            name = exact_name(&self.options.field_selector);
        }
        let in_itself = self.resource.kind == "Namespace" && !self.name.is_empty();
        Attributes {
            verb: self.verb.name(),
            namespace: if in_itself { &self.name } else { &self.namespace },
            group: &self.resource.group,
            resource: &self.resource.plural,
            subresource: &self.subresource,
            name,
            path: "",
        }
    }

    /// Asked by.
    pub fn by(mut self, agent: impl Into<Str>) -> Request {
        self.agent = agent.into();
        self
    }
}

/// The one name that a field selector leaves; `""` where there is none.
fn exact_name(selector: &str) -> &str {
    let found = selector.split(',').find_map(|part| part.strip_prefix("metadata.name="));
    found.map_or("", |value| value.strip_prefix('=').unwrap_or(value))
}

/// What is wrong with the name of a manager of fields (`ValidateFieldManager`).
pub fn manager_errors(name: &str, errors: &mut Vec<Error>) {
    const MOST: usize = 128;
    let path = Path::new("fieldManager");
    if name.len() > MOST {
        errors.push(Error::too_long(&path, MOST));
    }
    for (at, c) in name.char_indices().filter(|(_, c)| !is_print(*c)) {
        let why = format!("invalid character U+{:04X} (at position {at})", u32::from(c));
        errors.push(Error::invalid(&path, name, why));
    }
}

/// Go's `unicode.IsPrint`: of the blanks only U+0020, and nothing that controls, formats or is private.
pub fn is_print(c: char) -> bool {
    c == ' '
        || !(c.is_control()
            || c.is_whitespace()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{fff9}'..='\u{fffb}' | '\u{f0000}'..))
}

/// A successful answer. (An unsuccessful one is a [`Status`](super::Status).)
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// 200, or 201 where something was created.
    pub code: u16,
    /// The object, the list, the table, or the `Status` of a deletion.
    pub body: Json,
    /// `Warning` headers.
    pub warnings: Vec<Str>,
    /// The stream that a watch opened.
    pub watch: Option<WatchId>,
}
