//! What people call a resource → the resource: plural, singular, short name, with a version and a group, a category.

use super::cli::Cli;
use super::discovery::Discovery;
use super::failure::Failure;
use crate::api::{ObjectKey, Resource, ResourceInfo};

fn is_called(resource: &ResourceInfo, name: &str) -> bool {
    resource.plural == name
        || resource.singular == name
        || resource.short_names.iter().any(|own| own == name)
        || resource.kind.eq_ignore_ascii_case(name)
}

/// The resource of that name, where no cluster is there to be asked: a built-in one, or a custom one that is named in full,
/// `backups.v1.example.com`.
pub fn find(word: &str) -> Option<Resource> {
    among(&Discovery::default().all(), word).or_else(|| custom(word))
}

/// What can be known of a custom resource by its plural, version and group.
fn custom(word: &str) -> Option<Resource> {
    let (plural, rest) = word.split_once('.')?;
    let (version, group) = rest.split_once('.')?;
    let is_version =
        version.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if plural.is_empty() || !is_version || !group.contains('.') {
        return None;
    }
    let singular = format!("{plural}.{group}");
    Some(Resource::named(group, version, plural, &singular, true))
}

/// The resource of that name, among those that discovery tells of.
pub(super) fn found(cli: &mut Cli, word: &str) -> Option<Resource> {
    // `plural.version.group` is tried before `plural.group`, and a version that nobody knows makes the client ask again.
    let written = word.split('.').skip(1).collect::<Vec<_>>();
    if written.len() > 1 {
        cli.env.discovery.refresh(cli.env.api);
    }
    cli.env.discovery.search(cli.env.api, &|all| among(all, word))
}

fn among(all: &[Resource], word: &str) -> Option<Resource> {
    let lower = word.to_ascii_lowercase();
    let (name, rest) = lower.split_once('.').unwrap_or((&lower, ""));
    let in_group = |r: &&Resource| {
        rest.is_empty()
            || r.group == rest
            || rest.split_once('.').is_some_and(|(version, group)| r.version == version && r.group == group)
            || (r.group.is_empty() && r.version == rest)
            || (!r.group.is_empty() && r.group.split('.').next() == Some(rest))
    };
    // Of several versions (autoscaling serves v1 and v2) discovery prefers the last.
    let mut found: Vec<&Resource> = all.iter().filter(|r| is_called(r, name)).filter(in_group).collect();
    if rest.is_empty()
        && let Some(first) = found.first().copied()
    {
        found.retain(|r| r.group == first.group && r.plural == first.plural);
    }
    found.last().copied().cloned()
}

/// The object that `KIND/NAME` or `KIND/NAMESPACE/NAME` names; the namespace is `default` where it is not said. `KIND//NAME`
/// is in none, for a custom resource of the cluster's.
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
pub(super) fn resolve(cli: &mut Cli, word: &str) -> Result<Vec<Resource>, Failure> {
    if let Some(resource) = found(cli, word) {
        return Ok(vec![resource]);
    }
    let all = preferred(cli.env.discovery.all());
    let category: Vec<Resource> =
        all.into_iter().filter(|r| r.categories.iter().any(|own| own == word)).collect();
    if category.is_empty() { Err(unknown(word)) } else { Ok(category) }
}

/// Each kind in the version that discovery prefers.
pub(super) fn preferred(all: Vec<Resource>) -> Vec<Resource> {
    let same = |a: &Resource, b: &Resource| a.plural == b.plural && a.group == b.group;
    let later = |i: usize, r: &Resource| all[i + 1..].iter().any(|other| same(r, other));
    all.iter().enumerate().filter(|(i, r)| !later(*i, r)).map(|(_, r)| r.clone()).collect()
}

/// What is to be said of a short name that several groups' resources have (`restmapper.shortcutExpander`).
pub(super) fn ambiguity(cli: &mut Cli, word: &str) -> Option<String> {
    let lower = word.to_ascii_lowercase();
    let all = cli.env.discovery.all();
    let mut found = all.iter().filter(|r| r.short_names.iter().any(|own| own == lower.as_str()));
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
pub(super) fn targets(cli: &mut Cli, words: &[String]) -> Result<Vec<Target>, Failure> {
    if words.iter().any(|w| w.contains('/')) {
        return words.iter().map(|word| slashed(cli, word)).collect();
    }
    let Some((types, names)) = words.split_first() else { return Ok(Vec::new()) };
    let mut out = Vec::new();
    for word in types.split(',') {
        for resource in resolve(cli, word)? {
            if names.is_empty() {
                out.push(Target { resource: resource.clone(), name: String::new() });
            }
            out.extend(names.iter().map(|name| Target { resource: resource.clone(), name: name.clone() }));
        }
    }
    Ok(out)
}

fn slashed(cli: &mut Cli, word: &str) -> Result<Target, Failure> {
    match word.split('/').collect::<Vec<_>>().as_slice() {
        [kind, name] if !kind.is_empty() && !name.is_empty() => {
            let resource = found(cli, kind).ok_or_else(|| unknown(kind))?;
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
