//! The levels, and the labels of a namespace that say them (`pod-security-admission/api`).

use crate::api::field::{Error, Path};
use crate::json::Json;
use std::fmt;

/// How harmless pods must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Anything goes.
    #[default]
    Privileged,
    /// Nothing that is known to lead out of the container.
    Baseline,
    /// As little as is good practice.
    Restricted,
}

/// A level as some version of Kubernetes understood it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelVersion {
    /// The level.
    pub level: Level,
    /// The minor version; `None`: the latest.
    pub version: Option<u32>,
}

impl fmt::Display for LevelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Privileged => "privileged",
            Level::Baseline => "baseline",
            Level::Restricted => "restricted",
        };
        match self.version {
            Some(minor) => write!(f, "{level}:v1.{minor}"),
            None => write!(f, "{level}:latest"),
        }
    }
}

/// What a namespace's labels say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policy {
    /// What is refused.
    pub enforce: LevelVersion,
    /// What is logged.
    pub audit: LevelVersion,
    /// What the author hears of.
    pub warn: LevelVersion,
}

impl Policy {
    /// Whether there is nothing to check.
    pub fn is_open(&self) -> bool {
        [self.enforce, self.audit, self.warn].iter().all(|mode| mode.level == Level::Privileged)
    }
}

const PREFIX: &str = "pod-security.kubernetes.io/";

/// Reads the labels. What cannot be read is refused as strictly as possible, but warned of not at all.
pub fn read(labels: &Json) -> (Policy, Vec<Error>) {
    let (mut policy, mut errors) = (Policy::default(), Vec::new());
    let Policy { enforce, audit, warn } = &mut policy;
    for (word, mode, strict) in [("enforce", enforce, true), ("audit", audit, false), ("warn", warn, false)] {
        let mut wrong = |key: &str, value: &str, why: &str| {
            errors.push(Error::invalid(
                &Path::new("metadata").child("labels").key(key),
                value,
                why.to_string(),
            ));
        };
        let key = format!("{PREFIX}{word}");
        if let Some(label) = labels.get(&key) {
            mode.level = match label.str() {
                "privileged" => Level::Privileged,
                "baseline" => Level::Baseline,
                "restricted" => Level::Restricted,
                other => {
                    wrong(&key, other, "must be one of privileged, baseline, restricted");
                    if strict { Level::Restricted } else { Level::Privileged }
                }
            };
        }
        let key = format!("{key}-version");
        if let Some(label) = labels.get(&key) {
            mode.version = minor(label.str());
            if mode.version.is_none() && label.str() != "latest" {
                wrong(&key, label.str(), "must be \"latest\" or \"v1.x\"");
            }
        }
    }
    (policy, errors)
}

fn minor(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("v1.")?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| plain)
}
