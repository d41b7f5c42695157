//! The roles and bindings that every cluster has (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy`), and the two built-in
//! priority classes (`pkg/registry/scheduling/rest`).
//!
//! `bootstrap.txt` has them in this form. A role: its name, `>edit` where it is part of what `edit` gathers, `<edit` where it is
//! what gathers that; `:x` is the role of the controller x, and `namespace/x` a Role. Below it its rules: groups (`-` for the core
//! group, or `URL`), resources, verbs, and perhaps names. A binding: `=` and the role's name, and its users, groups and service
//! accounts of `kube-system`. The controllers' bindings follow from their roles.
//!
//! They are in the storage from before the first revision on, as if an earlier run of the cluster had left them there: so nothing
//! that happens in a run depends on how many there are.

use super::ApiServer;
use crate::api::rbac::{self, GROUP};
use crate::api::{ObjectKey, Resource, kinds, sha256};
use crate::json;
use crate::json::{Json, Str};
use crate::sim::Time;

const TABLE: &str = include_str!("bootstrap.txt");
const CONTROLLER: &str = "system:controller:";
const WELL_KNOWN: &str = "system:openshift:public-info-viewer";
const SYSTEM: &str = "kube-system";
/// Sets of verbs by their short names.
const VERBS: [(&str, &str); 3] = [
    ("R", "get,list,watch"),
    ("W", "create,delete,deletecollection,patch,update"),
    ("RW", "create,delete,deletecollection,get,list,patch,update,watch"),
];
const CRITICAL: [(&str, i64, &str); 2] = [
    (
        "system-cluster-critical",
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    ),
    (
        "system-node-critical",
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.",
    ),
];

impl ApiServer {
    /// Puts into the storage what every cluster has.
    pub(in crate::apiserver) fn seed(&mut self, now: Time) {
        let mut roles: Vec<Role> = Vec::new();
        for line in TABLE.lines() {
            if let Some(rule) = line.strip_prefix(' ') {
                if let Some(role) = roles.last_mut() {
                    role.rules.push(rule_of(rule));
                }
            } else if let Some(binding) = line.strip_prefix('=') {
                self.seed_binding(now, binding);
            } else {
                roles.push(Role::of(line));
            }
        }
        let controllers = roles.iter().filter_map(|role| role.name.strip_prefix(CONTROLLER));
        controllers.for_each(|name| self.seed_binding(now, &format!("{CONTROLLER}{name} S:{name}")));
        for role in &roles {
            let resource = if role.namespace.is_empty() { kinds::CLUSTERROLES } else { kinds::ROLES };
            self.plant(now, resource.into(), &role.namespace, &role.name, role.object());
        }
        // Each gathers what the one before it has gathered.
        for name in ["view", "edit", "admin"] {
            let (resource, key) = (kinds::CLUSTERROLES.into(), ObjectKey::new("", name));
            let all: Vec<&Json> = self.store.list(&resource, "").map(|(_, role)| role).collect();
            let Some(role) = self.store.get(&resource, &key) else { continue };
            let mut role = role.clone();
            role.set("rules", rbac::aggregated(&role, &all));
            self.store.seed(&resource, &key, role);
        }
        for (name, value, description) in CRITICAL {
            let class = json!({
                "metadata": { "generation": 1 }, "value": value, "description": description,
                "preemptionPolicy": "PreemptLowerPriority",
            });
            self.plant(now, kinds::PRIORITYCLASSES.into(), "", name, class);
        }
    }

    /// Lets everybody read what is below `/.well-known`.
    pub fn open_well_known(&mut self, now: Time) {
        let mut role = Role::of(WELL_KNOWN);
        role.rules.push(rule_of("URL /.well-known,/.well-known/* get"));
        self.plant(now, kinds::CLUSTERROLES.into(), "", WELL_KNOWN, role.object());
        let everybody = "G:system:authenticated G:system:unauthenticated";
        self.seed_binding(now, &format!("{WELL_KNOWN} {everybody}"));
    }

    /// How many objects of a resource every cluster has from the start.
    pub(in crate::apiserver) fn seeded(&self, resource: &Resource) -> usize {
        match &*resource.group {
            GROUP | "scheduling.k8s.io" => {
                self.store.list(resource, "").filter(|(key, _)| self.is_seeded(resource, key)).count()
            }
            _ => 0,
        }
    }

    /// Whether it is one of the roles, bindings and priority classes that every cluster has from the start.
    pub fn is_seeded(&self, resource: &Resource, key: &ObjectKey) -> bool {
        match &*resource.group {
            GROUP => {
                let labels = &self.peek(resource, key)["metadata"]["labels"];
                labels["kubernetes.io/bootstrapping"].str() == "rbac-defaults"
            }
            "scheduling.k8s.io" => CRITICAL.iter().any(|(known, ..)| *known == key.name.as_str()),
            _ => false,
        }
    }

    fn seed_binding(&mut self, now: Time, line: &str) {
        let mut words = line.split(' ');
        let (namespace, name) = place(words.next().unwrap_or_default());
        let (resource, kind) = match namespace {
            "" => (kinds::CLUSTERROLEBINDINGS, "ClusterRole"),
            _ => (kinds::ROLEBINDINGS, "Role"),
        };
        // One binding is called after what it is for, and not after its role.
        let role = name.strip_prefix("system::").filter(|role| role.ends_with("reader")).unwrap_or(name);
        let subjects = words.map(|word| match word.split_at(2) {
            ("S:", account) => json!({ "kind": "ServiceAccount", "name": account, "namespace": SYSTEM }),
            ("G:", group) => json!({ "apiGroup": GROUP, "kind": "Group", "name": group }),
            (_, user) => json!({ "apiGroup": GROUP, "kind": "User", "name": user }),
        });
        let subjects: Json = subjects.collect();
        let mut binding = json!({ "roleRef": { "apiGroup": GROUP, "kind": kind, "name": role } });
        if !subjects.is_empty() {
            binding.set("subjects", subjects);
        }
        mark(&mut binding);
        self.plant(now, resource.into(), namespace, name, binding);
    }

    fn plant(&mut self, now: Time, resource: Resource, namespace: &str, name: &str, mut object: Json) {
        object.set("apiVersion", resource.api_version());
        object.set("kind", &resource.kind);
        object.set_at(&["metadata", "name"], name);
        if !namespace.is_empty() {
            object.set_at(&["metadata", "namespace"], namespace);
        }
        object.set_at(&["metadata", "creationTimestamp"], now.rfc3339());
        object.set_at(&["metadata", "uid"], uid(&format!("{}/{namespace}/{name}", resource.plural)));
        object.set_at(&["metadata", "resourceVersion"], "1");
        self.store.seed(&resource, &ObjectKey::new(namespace, name), object);
    }
}

/// A role of the table.
struct Role<'t> {
    namespace: Str,
    name: Str,
    /// What it is part of, and what it gathers.
    aggregation: Vec<&'t str>,
    rules: Vec<Json>,
}

impl Role<'_> {
    fn of(line: &str) -> Role<'_> {
        let mut words = line.split(' ');
        let (namespace, name) = place(words.next().unwrap_or_default());
        let name = match name.strip_prefix(':') {
            Some(controller) => format!("{CONTROLLER}{controller}").into(),
            None => name.into(),
        };
        Role { namespace: namespace.into(), name, aggregation: words.collect(), rules: Vec::new() }
    }

    fn object(&self) -> Json {
        let mut role = json!({ "rules": self.rules.clone() });
        mark(&mut role);
        for word in &self.aggregation {
            let (direction, name) = word.split_at(1);
            let label = Str::from(format!("{GROUP}/aggregate-to-{name}"));
            if direction == ">" {
                if let Some(labels) = role.get_mut("metadata").and_then(|meta| meta.get_mut("labels")) {
                    labels.set(label, "true");
                }
            } else {
                let mut labels = Json::object();
                labels.set(label, "true");
                role.set("aggregationRule", json!({ "clusterRoleSelectors": [{ "matchLabels": labels }] }));
            }
        }
        role
    }
}

/// `namespace/name`
fn place(word: &str) -> (&str, &str) {
    word.split_once('/').unwrap_or(("", word))
}

fn rule_of(line: &str) -> Json {
    if line == "EVENTS" {
        return json!({
            "apiGroups": ["", "events.k8s.io"], "resources": ["events"], "verbs": ["create", "patch", "update"],
        });
    }
    let mut words = line.split(' ');
    let mut list = || {
        let word = words.next().unwrap_or_default();
        let word = VERBS.iter().find(|(short, _)| *short == word).map_or(word, |(_, all)| all);
        let items = word.split(',').filter(|item| !item.is_empty());
        items.map(|item| Json::from(if item == "-" { "" } else { item })).collect::<Json>()
    };
    let (groups, resources, verbs, names) = (list(), list(), list(), list());
    let mut rule = json!({ "verbs": verbs });
    if groups.items().first().is_some_and(|group| group.str() == "URL") {
        rule.set("nonResourceURLs", resources);
        return rule;
    }
    rule.set("apiGroups", groups);
    rule.set("resources", resources);
    if !names.is_empty() {
        rule.set("resourceNames", names);
    }
    rule
}

/// What the server keeps as it is.
fn mark(object: &mut Json) {
    object.set(
        "metadata",
        json!({
            "annotations": { "rbac.authorization.kubernetes.io/autoupdate": "true" },
            "labels": { "kubernetes.io/bootstrapping": "rbac-defaults" },
        }),
    );
}

/// An identity that follows from what it is of.
fn uid(of: &str) -> String {
    let hex: String = sha256::digest(of.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
