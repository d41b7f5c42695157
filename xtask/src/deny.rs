//! Licences, banned crates, duplicates and sources, as deny.toml says.
//!
//! cargo-deny does this where it is installed. It takes a quarter of an hour to compile on a small machine, so where
//! it is missing, this check of the same tables over `cargo metadata` stands in. It knows no advisories and no
//! clarifications, and looks at the same crates: what the kubestep package links or builds with.

use crate::run;
use anyhow::{Context, Result, bail};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Runs cargo-deny, or else the check of our own.
pub fn check() -> Result<()> {
    if run::succeeds(run::cargo(&["deny", "--version"])) {
        run::ok(run::cargo(&["deny", "check", "licenses", "sources"]))?;
        return run::ok(run::cargo(&["deny", "--target", PAGE, "check", "bans"]));
    }
    let rules = Rules::read(&fs::read_to_string(run::root().join("deny.toml"))?)?;
    let metadata = |more: &[&str]| -> Result<Json> {
        let usual = ["metadata", "--format-version=1", "--locked", "--all-features"];
        Ok(serde_json::from_str(&run::output(run::cargo(&[&usual, more].concat()))?)?)
    };
    let all = shipped(&metadata(&[])?)?;
    let page = shipped(&metadata(&["--filter-platform", PAGE])?)?;
    let faults = [rules.origins(&all), rules.bans(&page)].concat();
    if !faults.is_empty() {
        bail!("deny.toml:\n{}", faults.join("\n"));
    }
    println!(
        "{} crates, {} of them the page's: licences and sources, bans and duplicates are as deny.toml allows (own check)",
        all.len(),
        page.len()
    );
    Ok(())
}

/// The target of the page's module.
const PAGE: &str = "wasm32-unknown-unknown";

struct Crate {
    name: String,
    version: String,
    license: String,
    source: String,
    /// Names of the crates that depend on it.
    parents: BTreeSet<String>,
}

/// Everything the root package needs outside its tests, following normal and build dependencies.
fn shipped(metadata: &Json) -> Result<Vec<Crate>> {
    let list = |value: &Json, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Json, key: &str| value[key].as_str().unwrap_or("").to_owned();
    let packages: BTreeMap<String, Json> =
        list(metadata, "packages").into_iter().map(|package| (text(&package, "id"), package)).collect();
    let nodes: BTreeMap<String, Json> =
        list(&metadata["resolve"], "nodes").into_iter().map(|node| (text(&node, "id"), node)).collect();
    let root = metadata["resolve"]["root"].as_str().context("cargo metadata names no root package")?;

    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut queue = vec![root.to_owned()];
    while let Some(id) = queue.pop() {
        for dependency in list(&nodes[&id], "deps") {
            if list(&dependency, "dep_kinds").iter().all(|kind| kind["kind"] == "dev") {
                continue;
            }
            let child = text(&dependency, "pkg");
            if !found.contains_key(&child) {
                queue.push(child.clone());
            }
            found.entry(child).or_default().insert(text(&packages[&id], "name"));
        }
    }
    Ok(found
        .into_iter()
        .map(|(id, parents)| {
            let package = &packages[&id];
            Crate {
                name: text(package, "name"),
                version: text(package, "version"),
                license: text(package, "license"),
                source: text(package, "source"),
                parents,
            }
        })
        .collect())
}

struct Rules {
    licenses: BTreeSet<String>,
    /// Crate name, and what it alone may be licensed under besides.
    exceptions: BTreeMap<String, BTreeSet<String>>,
    /// Crates that may come in several versions.
    skip: BTreeSet<String>,
    /// Crate name, and the parents through which it may come all the same.
    banned: BTreeMap<String, BTreeSet<String>>,
}

impl Rules {
    fn read(text: &str) -> Result<Rules> {
        let table: toml::Table = toml::from_str(text).context("deny.toml")?;
        let strings = |value: Option<&toml::Value>| -> BTreeSet<String> {
            let items = value.and_then(toml::Value::as_array).into_iter().flatten();
            items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let section = |section: &str, key: &str| table.get(section).and_then(|section| section.get(key));
        // `[{ crate = "name", KEY = ["…"] }]`, as cargo-deny spells its lists.
        let by_crate = |rows: Option<&toml::Value>, key: &str| -> BTreeMap<String, BTreeSet<String>> {
            let rows = rows.and_then(toml::Value::as_array).into_iter().flatten();
            rows.filter_map(|row| Some((row.get("crate")?.as_str()?.to_owned(), strings(row.get(key)))))
                .collect()
        };
        Ok(Rules {
            licenses: strings(section("licenses", "allow")),
            exceptions: by_crate(section("licenses", "exceptions"), "allow"),
            skip: by_crate(section("bans", "skip"), "reason").into_keys().collect(),
            banned: by_crate(section("bans", "deny"), "wrappers"),
        })
    }

    /// What is wrong with licences and sources.
    fn origins(&self, crates: &[Crate]) -> Vec<String> {
        let mut faults = Vec::new();
        for found in crates {
            let at = format!("{} {}", found.name, found.version);
            let excepted = self.exceptions.get(&found.name).into_iter().flatten();
            let allowed = self.licenses.iter().chain(excepted).cloned().collect();
            if !allows(&allowed, &found.license) {
                faults.push(format!("{at}: licence {:?} is not allowed", found.license));
            }
            if !found.source.starts_with("registry+") {
                faults.push(format!("{at}: comes from {:?}, not from the registry", found.source));
            }
        }
        faults
    }

    /// Which crates are banned, or come twice.
    fn bans(&self, crates: &[Crate]) -> Vec<String> {
        let mut faults = Vec::new();
        let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for found in crates {
            let at = format!("{} {}", found.name, found.version);
            versions.entry(&found.name).or_default().push(&found.version);
            if let Some(wrappers) = self.banned.get(&found.name) {
                for parent in found.parents.difference(wrappers) {
                    faults.push(format!("{at}: banned, and needed by {parent}"));
                }
            }
        }
        for (name, versions) in versions {
            if versions.len() > 1 && !self.skip.contains(name) {
                faults.push(format!("{name}: {} versions: {}", versions.len(), versions.join(", ")));
            }
        }
        faults
    }
}

/// Whether an SPDX expression can be met with the allowed licences. `/` is the old spelling of `OR`, and `NAME+` (this
/// version or a later one) is met by NAME.
fn allows(allowed: &BTreeSet<String>, expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut position = 0;
    let met = any(allowed, &tokens, &mut position);
    met && position == tokens.len()
}

fn any(allowed: &BTreeSet<String>, tokens: &[&str], position: &mut usize) -> bool {
    let mut met = all(allowed, tokens, position);
    while tokens.get(*position) == Some(&"OR") {
        *position += 1;
        met |= all(allowed, tokens, position);
    }
    met
}

fn all(allowed: &BTreeSet<String>, tokens: &[&str], position: &mut usize) -> bool {
    let mut met = one(allowed, tokens, position);
    while tokens.get(*position) == Some(&"AND") {
        *position += 1;
        met &= one(allowed, tokens, position);
    }
    met
}

fn one(allowed: &BTreeSet<String>, tokens: &[&str], position: &mut usize) -> bool {
    let Some(token) = tokens.get(*position) else { return false };
    *position += 1;
    if *token == "(" {
        let met = any(allowed, tokens, position);
        *position += 1;
        return met;
    }
    if tokens.get(*position) == Some(&"WITH") {
        let exception = tokens.get(*position + 1).unwrap_or(&"");
        *position += 2;
        return allowed.contains(&format!("{token} WITH {exception}")) || allowed.contains(*token);
    }
    allowed.contains(token.trim_end_matches('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_met_by_its_alternatives() {
        let allowed: BTreeSet<String> = ["MIT", "Unicode-3.0"].map(str::to_owned).into();
        let met = |expression| allows(&allowed, expression);
        assert!(met("MIT"));
        assert!(met("MIT/Apache-2.0"));
        assert!(met("MIT+"));
        assert!(met("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!met("Apache-2.0"));
        assert!(!met("MIT AND GPL-3.0"));
        assert!(!met(""));
    }

    #[test]
    fn a_fault_names_the_crate_and_the_rule() {
        let rules = Rules::read(
            "[licenses]\nallow = ['MIT']\nexceptions = [{ crate = 'b', allow = ['MPL-2.0'] }]\n\
             [bans]\nskip = [{ crate = 'syn' }]\ndeny = [{ crate = 'getrandom', wrappers = ['uuid'] }]",
        )
        .unwrap();
        let found = |name: &str, version: &str, license: &str, parents: &[&str]| Crate {
            name: name.to_owned(),
            version: version.to_owned(),
            license: license.to_owned(),
            source: "registry+somewhere".to_owned(),
            parents: parents.iter().map(|parent| (*parent).to_owned()).collect(),
        };
        let crates = [
            found("a", "1.0.0", "MIT", &["kubestep"]),
            found("a", "2.0.0", "GPL-3.0", &["b"]),
            found("b", "1.0.0", "MPL-2.0", &["kubestep"]),
            found("syn", "2.0.0", "MIT", &["kubestep"]),
            found("syn", "3.0.0", "MIT", &["kubestep"]),
            found("getrandom", "0.3.0", "MIT", &["rand", "uuid"]),
        ];
        assert_eq!(rules.origins(&crates), ["a 2.0.0: licence \"GPL-3.0\" is not allowed"]);
        assert_eq!(
            rules.bans(&crates),
            ["getrandom 0.3.0: banned, and needed by rand", "a: 2 versions: 1.0.0, 2.0.0"]
        );
    }
}
