//! The validatingadmissionpolicy-status controller: checks the expressions of each policy against the types of the objects that
//! the policy is about, which the server does not when it takes the policy (`pkg/controller/validatingadmissionpolicystatus`,
//! `admission/plugin/policy/validating/typechecking.go`). What it finds are warnings in the policy's status.

use super::{Caches, Controller, Queue};
use crate::api::{ObjectKey, PatchType, Request, Resource, ResourceInfo, Status, kinds};
use crate::cel::Type;
use crate::cel::admission::{self, Names};
use crate::client::{Context, Delta};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

const AGENT: &str = "validatingadmissionpolicy-status-controller";
/// No more types than these are looked at for one rule.
const MOST_TYPES: usize = 10;

/// Checks types.
#[derive(Clone, Debug)]
pub struct ValidatingAdmissionPolicyStatusController([Queue; 1]);

impl Default for ValidatingAdmissionPolicyStatusController {
    fn default() -> Self {
        ValidatingAdmissionPolicyStatusController([Queue::new(AGENT, kinds::VALIDATINGADMISSIONPOLICIES, 5)])
    }
}

/// The resources that the rules of a policy name, without any `*`, by group, version and kind.
fn types_to_check(cx: &Context, policy: &Json) -> Vec<Resource> {
    let served = cx.api.served();
    let mut found: Vec<Resource> = Vec::new();
    for rule in policy.at(&["spec", "matchConstraints", "resourceRules"]).items() {
        let names =
            |key: &str| -> Vec<Str> { rule[key].items().iter().map(|name| name.str().into()).collect() };
        let (groups, versions, resources) = (names("apiGroups"), names("apiVersions"), names("resources"));
        if groups.iter().chain(&versions).any(|name| name.contains('*')) {
            continue;
        }
        let named = |r: &Resource| {
            groups.contains(&r.group) && versions.contains(&r.version) && resources.contains(&r.plural)
        };
        let built_in = served.built_in().map(Resource::from);
        let all: Vec<Resource> =
            built_in.chain(served.custom.iter().cloned()).filter(named).take(MOST_TYPES).collect();
        found.extend(all.into_iter().filter(|r| !found.contains(r)).collect::<Vec<_>>());
    }
    let order = |r: &Resource| (r.group.clone(), r.version.clone(), r.kind.clone());
    crate::collections::sort_by(&mut found, |a, b| order(a).cmp(&order(b)));
    found
}

/// The type of a resource's objects.
fn type_of(resource: &Resource) -> Option<Type> {
    match resource.ty {
        Some(ty) => Some(Type::Native(ty)),
        None if resource.is_custom() => Some(Type::Resource(resource.definition["schema"].clone())),
        None => None,
    }
}

/// What is wrong with an expression where `object` is of one type, as the status tells it.
fn check(spec: &Json, expression: &str, resource: &Resource, params: Option<Type>) -> Option<String> {
    let mut names = Names {
        object: type_of(resource)?,
        params,
        authorizer: true,
        variables: Some(Vec::new()),
        ..Names::default()
    };
    for variable in spec["variables"].items() {
        let program = admission::compile(variable["expression"].str(), &names, &[]);
        let ty = program.map_or(Type::Dyn, |program| program.result().clone());
        names.variables.get_or_insert_default().push((variable["name"].str().into(), ty));
    }
    let why = admission::compile(expression, &names, &[]).err()?;
    let why = why.strip_prefix("compilation failed: ").unwrap_or(&why);
    Some(format!("{}/{}, Kind={}: {why}\n", resource.group, resource.version, resource.kind))
}

/// The warnings, each with the field that it is about.
fn warnings(cx: &Context, policy: &Json) -> Vec<Json> {
    let spec = &policy["spec"];
    let types = types_to_check(cx, policy);
    let kind = &spec["paramKind"];
    let params = match cx.api.served().of_kind(kind["apiVersion"].str(), kind["kind"].str()) {
        _ if kind.is_null() => None,
        found => Some(found.as_ref().and_then(type_of).unwrap_or(Type::Dyn)),
    };
    let mut out = Vec::new();
    for (i, validation) in spec["validations"].items().iter().enumerate() {
        for key in ["expression", "messageExpression"] {
            let expression = validation[key].str();
            let found = types.iter().filter_map(|ty| check(spec, expression, ty, params.clone()));
            let found: Vec<String> = if expression.is_empty() { Vec::new() } else { found.collect() };
            if !found.is_empty() {
                let field = format!("spec.validations[{i}].{key}");
                out.push(json!({ "fieldRef": field, "warning": found.join("\n") }));
            }
        }
    }
    out
}

impl Controller for ValidatingAdmissionPolicyStatusController {
    fn name(&self) -> &'static str {
        AGENT
    }

    fn watches(&self) -> Vec<&'static ResourceInfo> {
        vec![kinds::VALIDATINGADMISSIONPOLICIES]
    }

    fn handle(&mut self, _: &Caches, _: &Resource, delta: &Delta, _: Time) {
        if let Delta::Added(policy) | Delta::Updated(_, policy) = delta {
            self.0[0].keys.add(ObjectKey::of(policy));
        }
    }

    fn queues(&self) -> &[Queue] {
        &self.0
    }

    fn queues_mut(&mut self) -> &mut [Queue] {
        &mut self.0
    }

    fn sync(&mut self, cx: &mut Context, caches: &Caches, _: usize, key: &ObjectKey) -> Result<(), Status> {
        let policy = caches.of(kinds::VALIDATINGADMISSIONPOLICIES).get(key);
        cx.note("read-cache", [("found", Json::Bool(policy.is_some()))]);
        let Some(policy) = policy else { return Ok(()) };
        let generation = policy["metadata"]["generation"].as_i64().unwrap_or(0);
        if generation <= policy["status"]["observedGeneration"].as_i64().unwrap_or(0) {
            return Ok(());
        }
        let warnings = warnings(cx, policy);
        cx.note("check-types", [("warnings", Json::from(warnings.len()))]);
        let mut checked = Json::object();
        if !warnings.is_empty() {
            checked.set("expressionWarnings", warnings);
        }
        let config = json!({
            "apiVersion": kinds::VALIDATINGADMISSIONPOLICIES.api_version(), "kind": "ValidatingAdmissionPolicy",
            "metadata": { "name": &key.name },
            "status": { "observedGeneration": generation, "typeChecking": checked },
        });
        let resource = kinds::VALIDATINGADMISSIONPOLICIES;
        let mut apply = Request::patch(PatchType::Apply, resource, "", key.name.clone(), config);
        apply.subresource = Str::fixed("status");
        let apply = apply.by(AGENT).with(|options| {
            options.field_manager = Str::fixed(AGENT);
            options.force = true;
        });
        cx.api.call(apply).map(|_| ())
    }
}
