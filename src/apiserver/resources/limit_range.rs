//! LimitRanges (`ValidateLimitRange`, `SetDefaults_LimitRangeItem`).

use super::{PLAIN, Strategy};
use crate::api::field::Error;
use crate::api::quantity::Quantity;
use crate::apiserver::validation::at::At;
use crate::apiserver::validation::{names, resource};
use crate::json::{Json, Str};

/// The strategy of LimitRanges.
pub static LIMIT_RANGE: Strategy = Strategy {
    defaults: |range| {
        let limits = range["spec"]["limits"].items().iter().map(default_limit);
        let limits: Json = limits.collect();
        if !limits.is_empty() {
            range.set_at(&["spec", "limits"], limits);
        }
    },
    validate,
    validate_update: |new, _, errors| validate(new, errors),
    ..PLAIN
};

/// What is not said of containers follows from what is.
fn default_limit(limit: &Json) -> Json {
    let mut limit = limit.clone();
    if limit["type"].str() != "Container" {
        return limit;
    }
    for (field, from) in [("default", "max"), ("defaultRequest", "default"), ("defaultRequest", "min")] {
        let mut amounts = if limit[field].is_null() { Json::object() } else { limit[field].clone() };
        for (name, amount) in limit[from].clone().entries() {
            if amounts.get(name).is_none() {
                amounts.set(name.clone(), amount);
            }
        }
        if !amounts.is_empty() {
            limit.set(Str::fixed(field), amounts);
        }
    }
    limit
}

fn validate(range: &Json, errors: &mut Vec<Error>) {
    let mut types: Vec<&str> = Vec::new();
    for limit in At::top(range, "spec").get("limits").each() {
        let kind = limit.get("type");
        let before = errors.len();
        kind.must(names::qualified, errors);
        let known = ["Pod", "Container", "PersistentVolumeClaim"].contains(&kind.str());
        if errors.len() == before && !known && !kind.str().contains('/') {
            kind.invalid("must be a standard limit type or fully qualified", errors);
        }
        if types.contains(&kind.str()) {
            kind.duplicate(errors);
        }
        types.push(kind.str());
        amounts(&limit, errors);
    }
}

fn amounts(limit: &At, errors: &mut Vec<Error>) {
    let kind = limit.get("type").str();
    let mut named: Vec<&Str> = Vec::new();
    for list in ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] {
        let list = limit.get(list);
        if list.path.to_string().ends_with("Ratio") && kind == "PersistentVolumeClaim" {
            let has = |bound: &str| !limit.json[bound]["storage"].is_null();
            if !has("min") && !has("max") {
                let detail = "either minimum or maximum storage value is required, but neither was provided";
                limit.get("limits").missing(detail, errors);
            }
        }
        let default = list.path.to_string().contains("].default");
        if kind == "Pod" && default {
            if !list.empty() {
                list.forbidden("may not be specified when `type` is 'Pod'", errors);
            }
            continue;
        }
        for (name, at) in list.entries() {
            if matches!(kind, "Pod" | "Container") {
                resource::container_name(name, &at, errors);
            } else {
                resource::any_name(name, &at, errors);
            }
            if !named.contains(&name) {
                named.push(name);
            }
        }
    }
    for name in named {
        bounds(limit, name, errors);
    }
}

/// What is said of one resource must not contradict itself.
fn bounds(limit: &At, name: &str, errors: &mut Vec<Error>) {
    let amount = |list: &str| Quantity::of_json(&limit.json[list][name]);
    let (min, max) = (amount("min"), amount("max"));
    let (default, request) = (amount("default"), amount("defaultRequest"));
    let mut refuse = |list: &str, shown: Quantity, detail: String| {
        errors.push(Error::invalid(&limit.path.child(list).key(name), shown.to_string(), detail));
    };
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        refuse("min", min, format!("min value {min} is greater than max value {max}"));
    }
    if let (Some(request), Some(min)) = (request, min)
        && min > request
    {
        let detail = format!("min value {min} is greater than default request value {request}");
        refuse("defaultRequest", request, detail);
    }
    if let (Some(request), Some(max)) = (request, max)
        && request > max
    {
        let detail = format!("default request value {request} is greater than max value {max}");
        refuse("defaultRequest", request, detail);
    }
    if let (Some(request), Some(default)) = (request, default)
        && request > default
    {
        let detail = format!("default request value {request} is greater than default limit value {default}");
        refuse("defaultRequest", request, detail);
    }
    if let (Some(default), Some(min)) = (default, min)
        && min > default
    {
        refuse("default", min, format!("min value {min} is greater than default value {default}"));
    }
    if let (Some(default), Some(max)) = (default, max)
        && default > max
    {
        refuse("default", max, format!("default value {default} is greater than max value {max}"));
    }
    let ratio = amount("maxLimitRequestRatio");
    if let Some(ratio) = ratio.filter(|ratio| *ratio < Quantity::from_int(1)) {
        refuse("maxLimitRequestRatio", ratio, format!("ratio {ratio} is less than 1"));
    }
    if let (Some(ratio), Some(min), Some(max)) = (ratio, min, max)
        && min.nano() > 0
        && ratio.nano().saturating_mul(min.nano()) > max.nano().saturating_mul(1_000_000_000)
    {
        // Millionths are what upstream shows.
        let most = max.nano().saturating_mul(1_000_000) / min.nano();
        let shown = format!("{}.{:06}", most / 1_000_000, most % 1_000_000);
        refuse("maxLimitRequestRatio", ratio, format!("ratio {ratio} is greater than max/min = {shown}"));
    }
    if let (Some(default), Some(request)) = (default, request)
        && default != request
        && !resource::is_elastic(name)
    {
        let detail =
            format!("default value {default} must equal to defaultRequest value {request} in {name}");
        refuse("defaultRequest", request, detail);
    }
}
