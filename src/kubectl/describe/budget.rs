//! `kubectl describe poddisruptionbudget`.

use super::{Columns, Describer, names, or};
use crate::api::selector as selectors;
use crate::json::Json;

pub(super) fn describe(d: &mut Describer<'_>, budget: &Json, out: &mut Columns) {
    let (spec, status) = (&budget["spec"], &budget["status"]);
    names(budget, out);
    for (title, field) in [("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")] {
        if !spec[field].is_null() {
            out.add(&format!("{title}:\t{}\n", or(&spec[field], "")));
            break;
        }
    }
    let selector = if spec["selector"].is_null() { "<unset>".into() } else { selectors::of_object(budget) };
    out.add(&format!("Selector:\t{selector}\nStatus:\n"));
    for (title, field) in [
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ] {
        out.add(&format!("    {title}:\t{}\n", or(&status[field], "0")));
    }
    d.events(budget, out);
}
