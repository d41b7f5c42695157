//! Tables: how the server prints objects for `kubectl get` (`meta.k8s.io/v1` `Table`).

use super::custom;
use crate::api::{Options, Resource};
use crate::json;
use crate::json::Json;
use crate::sim::Time;

/// Whether the rows are to carry whole objects (`includeObject=Object`), and not their metadata alone: who sorts by a field asks for it.
pub fn wants_objects(options: &Options) -> bool {
    options.table && options.query.iter().any(|(key, value)| *key == "includeObject" && *value == "Object")
}

/// The table with whole objects in its rows.
pub fn with_objects<'a>(mut table: Json, objects: impl IntoIterator<Item = &'a Json>) -> Json {
    let rows = table["rows"].items().iter().zip(objects).map(|(row, object)| {
        let mut row = row.clone();
        row.set("object", object);
        row
    });
    let rows: Json = rows.collect();
    table.set("rows", rows);
    table
}

/// Renders objects of one resource, ages relative to `now`.
pub fn render<'a>(
    resource: &Resource,
    objects: impl IntoIterator<Item = &'a Json>,
    meta: Json,
    now: Time,
    columns: bool,
) -> Json {
    let printer = super::columns::of(resource);
    let row = |object: &Json| {
        let mut cells = Vec::with_capacity(printer.columns.len());
        match resource.is_custom() {
            true => cells = custom::columns::cells(resource, &custom::read(resource, object), now),
            false => (printer.cells)(object, now, &mut cells),
        }
        json!({
            "cells": cells,
            "object": {
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": &object["metadata"],
            },
        })
    };
    let rows: Vec<Json> = objects.into_iter().map(row).collect();
    let mut table =
        json!({ "apiVersion": "meta.k8s.io/v1", "kind": "Table", "metadata": meta, "rows": rows });
    let definitions = printer.columns.iter().map(|c| {
        json!({
            "name": c.name, "type": c.kind, "format": if c.name == "Name" { "name" } else { "" },
            "description": "", "priority": i64::from(c.priority),
        })
    });
    let definitions: Json = match columns {
        true if resource.is_custom() => custom::columns::definitions(resource).into(),
        true => definitions.collect(),
        false => json!([]),
    };
    table.set("columnDefinitions", definitions);
    table
}
