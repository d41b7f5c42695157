//! [`RuntimeConfig`]: which APIs are switched off (`kube-apiserver --runtime-config`, `apiserver/pkg/server/resourceconfig`);
//! [`Served`]: what is left, and the custom resources beside it.

use super::Resource;
use super::kinds::{self, ResourceInfo};
use crate::json::Str;
use std::sync::Arc;

/// Switches for versions of groups (`batch/v1=false`), resources (`batch/v1/cronjobs=false`) and sorts of versions
/// (`api/all=false`), as the flag has them. By default all that this program has is on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuntimeConfig {
    text: Str,
    off: Arc<[&'static ResourceInfo]>,
}

/// Sorts of versions; what is more special overrules what is more general, so the order counts.
const SORTS: [(&str, fn(&str) -> bool); 4] = [
    ("api/all", |_| true),
    ("api/ga", |version| !version.contains("alpha") && !version.contains("beta")),
    ("api/beta", |version| version.contains("beta")),
    ("api/alpha", |version| version.contains("alpha")),
];

/// As Go reads a boolean.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

impl RuntimeConfig {
    /// Reads the flag's value; an error says what upstream's server says before it gives up.
    pub fn parse(text: &str) -> Result<RuntimeConfig, String> {
        let mut settings: Vec<(&str, &str)> = Vec::new();
        for setting in text.split(',').filter(|setting| !setting.is_empty()) {
            let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
            settings.retain(|(other, _)| *other != key.trim());
            settings.push((key.trim(), value.trim()));
        }
        if settings == [("api/all", "false")] {
            return Err("invalid key with only api/all=false".into());
        }
        let special = |key: &str| SORTS.iter().any(|(sort, _)| *sort == key);
        let (mut named, mut unknown) = (Vec::new(), Vec::new());
        for (key, value) in settings.iter().filter(|(key, _)| !special(key)) {
            let (group, version, resource) = match key.split('/').collect::<Vec<_>>().as_slice() {
                [group, version] => (*group, *version, ""),
                [group, version, resource] => (*group, *version, *resource),
                _ => return Err(format!("runtime-config invalid key {key}")),
            };
            if !kinds::ALL.iter().any(|r| r.group == group) {
                unknown.push(group);
            }
            named.push((*key, *value, group, version, resource));
        }
        if !unknown.is_empty() {
            return Err(format!("unknown api groups {}", unknown.join(",")));
        }
        let mut on = vec![true; kinds::ALL.len()];
        let mut switch = |to: bool, of: &dyn Fn(&ResourceInfo) -> bool| {
            let chosen = kinds::ALL.iter().zip(&mut on).filter(|(info, _)| of(info));
            chosen.for_each(|(_, on)| *on = to);
        };
        for (sort, is) in SORTS {
            match settings.iter().find(|(key, _)| *key == sort).map(|(_, value)| *value) {
                None => {}
                Some("true") => switch(true, &|info| is(&info.version)),
                Some("false") => switch(false, &|info| is(&info.version)),
                Some(value) => return Err(format!("invalid value {sort}={value}")),
            }
        }
        // Whole versions first: what is said of one resource overrules what is said of its version.
        for whole in [true, false] {
            for (key, value, group, version, resource) in &named {
                let of_version = |info: &ResourceInfo| info.group == *group && info.version == *version;
                if !kinds::ALL.iter().any(|info| of_version(info)) {
                    let version = key.strip_suffix(resource).map_or(*key, |key| key.trim_end_matches('/'));
                    return Err(format!("group version {version} that has not been registered"));
                }
                let to = if value.is_empty() { Some(true) } else { boolean(value) };
                let to = to.ok_or_else(|| {
                    let why = format!("strconv.ParseBool: parsing {value:?}: invalid syntax");
                    format!("invalid value of {key}: {value}, err: {why}")
                })?;
                if resource.to_lowercase() != *resource {
                    let rule = "group/version/resource and resource is always lowercase plural, not";
                    return Err(format!("invalid key {key}: {rule} {resource:?}"));
                }
                if whole == resource.is_empty() {
                    switch(to, &|info| of_version(info) && (resource.is_empty() || info.plural == *resource));
                }
            }
        }
        let off = kinds::ALL.iter().zip(on).filter(|(_, on)| !on).map(|(info, _)| *info);
        Ok(RuntimeConfig { text: text.into(), off: off.collect() })
    }

    /// As it was written; `""`: nothing was said.
    pub fn text(&self) -> &Str {
        &self.text
    }

    /// Whether a resource is served. What is custom is no affair of this.
    pub fn serves(&self, resource: &ResourceInfo) -> bool {
        !self.off.iter().any(|off| std::ptr::eq(*off, resource))
    }
}

/// The resources that a server has.
#[derive(Clone, Debug, Default)]
pub struct Served {
    /// What of the program's own is off.
    pub config: RuntimeConfig,
    /// The custom ones: each version that is served, the preferred one of several last.
    pub custom: Vec<Resource>,
}

impl Served {
    /// The built-in ones.
    pub fn built_in(&self) -> impl Iterator<Item = &'static ResourceInfo> {
        kinds::ALL.iter().copied().filter(|info| self.config.serves(info))
    }

    /// All of them, the custom ones last.
    pub fn all(&self) -> impl Iterator<Item = &ResourceInfo> {
        let built_in = self.built_in().map(|info| info as &ResourceInfo);
        built_in.chain(self.custom.iter().map(|resource| &**resource))
    }

    /// The resource for an `apiVersion` and a `kind`.
    pub fn of_kind(&self, api_version: &str, kind: &str) -> Option<Resource> {
        kinds::of_kind(&self.custom, api_version, kind).filter(|resource| self.config.serves(resource))
    }
}
