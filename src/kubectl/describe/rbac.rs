//! Roles and their bindings in words.

use super::{Columns, annotations, labels};
use crate::api::rbac;
use crate::json::Json;

fn head(object: &Json, out: &mut Columns) {
    let meta = &object["metadata"];
    out.add(&format!("Name:\t{}\n", meta["name"].str()));
    labels("Labels", &meta["labels"], out);
    annotations("Annotations", &meta["annotations"], out);
}

pub(super) fn role(role: &Json, out: &mut Columns) {
    head(role, out);
    out.add("PolicyRule:\n  Resources\tNon-Resource URLs\tResource Names\tVerbs\n");
    out.add("  ---------\t-----------------\t--------------\t-----\n");
    for rule in rbac::shown(role["rules"].items()) {
        out.add(&format!("  {}", rbac::line(&rule)));
    }
}

pub(super) fn binding(binding: &Json, out: &mut Columns) {
    head(binding, out);
    let role = &binding["roleRef"];
    out.add(&format!("Role:\n  Kind:\t{}\n  Name:\t{}\n", role["kind"].str(), role["name"].str()));
    out.add("Subjects:\n  Kind\tName\tNamespace\n  ----\t----\t---------\n");
    for subject in binding["subjects"].items() {
        let [kind, name, namespace] = ["kind", "name", "namespace"].map(|field| subject[field].str());
        out.add(&format!("  {kind}\t{name}\t{namespace}\n"));
    }
}
