//! What people call a resource → the resource: plural, singular, short name, with a version and a group, a category.

use super::failure::Failure;
use crate::api::{ObjectKey, Resource, ResourceInfo, kinds};

/// All resources that can be read. Where a kind is served by several versions, the newest is preferred.
pub(super) fn all() -> impl Iterator<Item = &'static ResourceInfo> {
    kinds::ALL.iter().copied().filter(|r| r.verbs.contains(&"get") || r.verbs.contains(&"create"))
}

fn is_called(resource: &ResourceInfo, name: &str) -> bool {
    resource.plural == name
        || resource.singular == name
        || resource.short_names.contains(&name)
        || resource.kind.eq_ignore_ascii_case(name)
}

/// The resource of that name.
pub fn find(word: &str) -> Option<Resource> {
    let lower = word.to_ascii_lowercase();
    let (name, rest) = lower.split_once('.').unwrap_or((&lower, ""));
    let candidates: Vec<&'static ResourceInfo> = all().filter(|r| is_called(r, name)).collect();
    let in_group = |r: &&&'static ResourceInfo| {
        rest.is_empty()
            || r.group == rest
            || rest.split_once('.').is_some_and(|(version, group)| r.version == version && r.group == group)
            || (r.group.is_empty() && rest == r.version)
            || (!r.group.is_empty() && r.group.split('.').next() == Some(rest))
    };
    // autoscaling serves v1 and v2; discovery prefers v2.
    let found = candidates.iter().filter(in_group);
    let mut found: Vec<&'static ResourceInfo> = found.copied().collect();
    if rest.is_empty()
        && let Some(first) = found.first().copied()
    {
        found.retain(|r| r.group == first.group && r.plural == first.plural);
    }
    found.last().copied().map(Resource::from)
}

/// The object that `KIND/NAME` or `KIND/NAMESPACE/NAME` names; the namespace is `default` where it is not said.
pub fn object_named(text: &str) -> Option<(Resource, ObjectKey)> {
    let (kind, name) = text.split_once('/')?;
    let resource = find(kind)?;
    let (namespace, name) = match name.split_once('/') {
        Some(parts) => parts,
        None if resource.namespaced => ("default", name),
        None => ("", name),
    };
    Some((resource, ObjectKey::new(namespace, name)))
}

/// The resources that a word of `get` means: one, or those of a category.
pub(super) fn resolve(word: &str) -> Result<Vec<Resource>, Failure> {
    if let Some(resource) = find(word) {
        return Ok(vec![resource]);
    }
    let category: Vec<Resource> =
        all().filter(|r| r.categories.contains(&word)).map(Resource::from).collect();
    if category.is_empty() { Err(unknown(word)) } else { Ok(category) }
}

/// What is to be said of a short name that several groups' resources have (`restmapper.shortcutExpander`).
pub(super) fn ambiguity(word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    let mut found = all().filter(|r| r.short_names.contains(&lower.as_str()));
    let first = found.next()?;
    let other = found.find(|r| r.group != first.group)?;
    let name = other.qualified();
    Some(format!("Warning: short name {word:?} could also match lower priority resource {name}"))
}

/// `error: the server doesn't have a resource type "x"`
pub(super) fn unknown(word: &str) -> Failure {
    // A group behind a dot is not named.
    let word = word.split('.').next().unwrap_or(word);
    Failure::error(format!("the server doesn't have a resource type {word:?}"))
}

/// Nothing was named to work on.
pub(super) fn required() -> Failure {
    Failure::error(
        "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    )
}

/// What a command works on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// Of which resource.
    pub resource: Resource,
    /// Which object; `""`: all.
    pub name: String,
}

/// `TYPE[,TYPE] [NAME…]` or `TYPE/NAME…`.
pub(super) fn targets(words: &[String]) -> Result<Vec<Target>, Failure> {
    if words.iter().any(|w| w.contains('/')) {
        return words.iter().map(|word| slashed(word)).collect();
    }
    let Some((types, names)) = words.split_first() else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for word in types.split(',') {
        for resource in resolve(word)? {
            if names.is_empty() {
                out.push(Target { resource: resource.clone(), name: String::new() });
            }
            out.extend(names.iter().map(|name| Target { resource: resource.clone(), name: name.clone() }));
        }
    }
    Ok(out)
}

fn slashed(word: &str) -> Result<Target, Failure> {
    match word.split('/').collect::<Vec<_>>().as_slice() {
        [kind, name] if !kind.is_empty() && !name.is_empty() => {
            let resource = find(kind).ok_or_else(|| unknown(kind))?;
            Ok(Target { resource, name: (*name).to_string() })
        }
        [_] => Err(Failure::error(
            "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form \
             (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
        )),
        [_, _] => Err(Failure::error("arguments in resource/name form must have a single resource and name")),
        _ => Err(Failure::error("arguments in resource/name form may not have more than one slash")),
    }
}
