//! What the expressions of policies and webhooks know, and what they may cost (`admission/plugin/cel`).

use super::{Attributes, Operation};
use crate::api::rbac;
use crate::api::{ObjectKey, Resource, User, kinds};
use crate::apiserver::validation::names;
use crate::apiserver::{ApiServer, authorizer, custom};
use crate::cel::admission::{Names, compile, namespace_type, request_type};
use crate::cel::{self, AUTHORIZER, Activation, RESOURCE, Type, Value, Variable};
use crate::json;
use crate::json::Json;
use std::cell::Cell;

/// What all expressions of one kind may cost while one request is decided (`RuntimeCELCostBudget`).
const BUDGET: u64 = 10_000_000;
/// The same for the conditions under which something is asked at all.
const CONDITIONS_BUDGET: u64 = 2_500_000;
pub const OUT_OF_BUDGET: &str =
    "validation failed due to running out of cost budget, no further validation rules will be run";

/// The request that is decided on, as expressions see it.
pub struct Evaluation<'a> {
    server: &'a ApiServer,
    user: User,
    values: Vec<(&'static str, Value)>,
    variables: Vec<Variable>,
    names: Names,
}

impl<'a> Evaluation<'a> {
    /// For a policy whose spec has variables and parameters; a webhook's has neither.
    pub fn new(
        server: &'a ApiServer,
        spec: &Json,
        params: &Json,
        attributes: &Attributes,
        matched: &Resource,
        patches: bool,
    ) -> Evaluation<'a> {
        let user = attributes.user();
        let request = &attributes.request;
        let key = ObjectKey::new("", if attributes.is_namespace() { "" } else { attributes.namespace() });
        let namespace = server.store.get(&kinds::NAMESPACES.into(), &key).map(|namespace| {
            let mut shown = namespace.clone();
            if let Some(meta) = shown.get_mut("metadata") {
                meta.remove("managedFields");
                meta.remove("ownerReferences");
            }
            cel::typed(&shown, &namespace_type())
        });
        let as_matched = |object: &Json| cel::dynamic(&super::matching::converted(object, matched));
        let asked = json!({
            "group": &request.resource.group, "resource": &request.resource.plural,
            "subresource": &request.subresource, "namespace": attributes.namespace(), "name": attributes.name,
        });
        let values = vec![
            ("object", as_matched(attributes.object)),
            ("oldObject", as_matched(attributes.old)),
            ("request", cel::typed(&described(attributes, matched, &user), &request_type())),
            ("params", cel::dynamic(params)),
            ("namespaceObject", namespace.unwrap_or(Value::Null)),
            ("authorizer", Value::Opaque(AUTHORIZER, Json::object())),
            ("authorizer.requestResource", Value::Opaque(RESOURCE, asked)),
        ];
        let params = (!spec["paramKind"].is_null()).then_some(Type::Dyn);
        let mut names =
            Names { params, authorizer: true, variables: Some(Vec::new()), patches, ..Names::default() };
        let mut variables = Vec::new();
        for variable in spec["variables"].items() {
            let name = variable["name"].str();
            let program = compile(variable["expression"].str(), &names, &[]);
            let ty = program.as_ref().map_or(Type::Dyn, |program| program.result().clone());
            variables.push(Variable::new(name, program));
            names.variables.get_or_insert_default().push((name.into(), ty));
        }
        Evaluation { server, user, values, variables, names }
    }

    /// Evaluates an expression on a budget; `Err(None)`: the budget is spent.
    pub fn run(&self, expression: &str, results: &[Type], budget: &mut u64) -> Result<Value, Option<String>> {
        let program = compile(expression, &self.names, results)
            .map_err(|why| Some(format!("compilation error: {why}")))?;
        let authorize = |asked: &Json| self.authorize(asked);
        let activation = Activation {
            values: &self.values,
            variables: &self.variables,
            authorize: Some(&authorize),
            format: problems,
            depth: Cell::default(),
        };
        let (value, cost) = program.run(&activation);
        *budget = budget.checked_sub(cost).ok_or(None)?;
        value.map_err(|why| Some(format!("expression '{expression}' resulted in error: {why}")))
    }

    /// All that the expressions of one kind may cost.
    pub fn budget() -> u64 {
        BUDGET
    }

    /// Whether all conditions hold (`webhook/matchconditions`). One that does not hold counts more than one that fails.
    pub fn matches(&self, conditions: &Json) -> Result<bool, String> {
        let (mut budget, mut failures) = (CONDITIONS_BUDGET, Vec::new());
        let mut holds = true;
        for condition in conditions.items() {
            match self.run(condition["expression"].str(), &[Type::Bool], &mut budget) {
                Ok(value) => holds &= value.as_bool() != Some(false),
                Err(Some(why)) => failures.push(why),
                Err(None) => return Err(OUT_OF_BUDGET.into()),
            }
        }
        match failures.as_slice() {
            _ if !holds => Ok(false),
            [] => Ok(true),
            [one] => Err(one.clone()),
            all => Err(format!("[{}]", all.join(", "))),
        }
    }

    fn authorize(&self, asked: &Json) -> Json {
        let other = &asked["user"];
        let user = match other["username"].str() {
            "" => self.user.clone(),
            name => {
                let groups = other["groups"].items().iter().map(|group| group.str().into()).collect();
                User { name: name.into(), groups, ..User::default() }
            }
        };
        let attributes = rbac::Attributes {
            verb: asked["verb"].str(),
            namespace: asked["namespace"].str(),
            group: asked["group"].str(),
            resource: asked["resource"].str(),
            subresource: asked["subresource"].str(),
            name: asked["name"].str(),
            path: asked["path"].str(),
        };
        let decision = authorizer::authorize(self.server, &user, &attributes);
        json!({ "allowed": decision.allowed, "reason": decision.reason, "error": "" })
    }
}

/// What is wrong with a text by a format of the library (`library/format.go`).
fn problems(format: &str, text: &str) -> Vec<String> {
    // The beginning of a name may end in a dash, since more comes.
    let (kind, text) = match format.strip_suffix("Prefix") {
        Some(kind) => (kind, text.strip_suffix('-').map_or(text.to_string(), |start| format!("{start}a"))),
        None => (format, text.to_string()),
    };
    let text = text.as_str();
    let one = |valid: bool, why: &str| if valid { Vec::new() } else { vec![why.to_string()] };
    let is = |format: &str| custom::is_valid_format(format, text);
    match kind {
        "dns1123Label" => names::label(text),
        "dns1123Subdomain" => names::subdomain(text),
        "dns1035Label" => names::label_1035(text),
        "qualifiedName" => names::qualified(text),
        "labelValue" => names::label_value(text),
        "uri" => one(is("uri"), &format!("parse {text:?}: invalid URI for request")),
        "uuid" => one(is("uuid"), "does not match the UUID format"),
        "byte" => one(is("byte"), "invalid base64"),
        "date" => one(is("date"), "invalid date"),
        "datetime" => one(is("datetime"), "invalid datetime"),
        _ => Vec::new(),
    }
}

/// The request as expressions see it (`admission/v1` `AdmissionRequest`): what is empty is left out.
fn described(attributes: &Attributes, matched: &Resource, user: &User) -> Json {
    let request = attributes.request;
    let version_of = |resource: &Resource, last: &'static str, name: &str| {
        let mut out = json!({ "group": &resource.group, "version": &resource.version });
        out.set(last, name);
        out
    };
    let own = &request.resource;
    let mut out = json!({
        "kind": version_of(matched, "kind", &matched.kind),
        "resource": version_of(matched, "resource", &matched.plural),
        "requestKind": version_of(own, "kind", &own.kind),
        "requestResource": version_of(own, "resource", &own.plural),
        "operation": attributes.operation.name(),
        "userInfo": user.to_json(),
        "dryRun": request.options.dry_run,
    });
    let optional = [
        ("subResource", request.subresource.as_str()),
        ("requestSubResource", request.subresource.as_str()),
        ("name", attributes.name),
        ("namespace", attributes.namespace()),
    ];
    for (key, value) in optional.into_iter().filter(|(_, value)| !value.is_empty()) {
        out.set(key, value);
    }
    let kind = match attributes.operation {
        Operation::Create => "CreateOptions",
        Operation::Update => "UpdateOptions",
        Operation::Delete => "DeleteOptions",
    };
    let mut options = json!({ "apiVersion": "meta.k8s.io/v1", "kind": kind });
    if !request.options.field_manager.is_empty() {
        options.set("fieldManager", &request.options.field_manager);
    }
    if request.options.dry_run {
        options.set("dryRun", json!(["All"]));
    }
    out.set("options", options);
    out
}
