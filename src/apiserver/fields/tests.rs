//! Applications by several managers, as one would type them.

use crate::api::{PatchType, Request, kinds};
use crate::apiserver::ApiServer;
use crate::json;
use crate::json::Json;
use crate::sim::Time;

fn apply(server: &mut ApiServer, manager: &str, force: bool, data: Json) -> Result<Json, String> {
    let body = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "shared", "namespace": "default" }, "data": data,
    });
    let request = Request::patch(PatchType::Apply, kinds::CONFIGMAPS, "default", "shared", body).with(|o| {
        o.field_manager = manager.into();
        o.force = force;
    });
    server.handle(Time::default(), &request).map(|r| r.body).map_err(|s| s.message.to_string())
}

fn owners(object: &Json) -> String {
    let entries = object.at(&["metadata", "managedFields"]).items().iter();
    let shown = entries.map(|e| format!("{} {} {}", e["manager"].str(), e["operation"].str(), e["fieldsV1"]));
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn fields_have_owners_and_owners_conflict() {
    let mut server = ApiServer::new(1, Time::default());
    let amy = apply(&mut server, "amy", false, json!({ "one": "1", "both": "x" })).expect("created");
    assert_eq!(owners(&amy), r#"amy Apply {"f:data":{"f:both":{},"f:one":{}}}"#);

    let bob = apply(&mut server, "bob", false, json!({ "two": "2", "both": "x" })).expect("shares a field");
    assert_eq!(
        owners(&bob),
        r#"amy Apply {"f:data":{"f:both":{},"f:one":{}}}; bob Apply {"f:data":{"f:both":{},"f:two":{}}}"#
    );
    assert_eq!(bob["data"].to_string(), r#"{"both":"x","one":"1","two":"2"}"#);

    let refused = apply(&mut server, "bob", false, json!({ "one": "uno", "both": "x" }));
    assert_eq!(refused, Err("Apply failed with 1 conflict: conflict with \"amy\": .data.one".into()));

    // What bob no longer says goes, unless somebody else says it; what he takes is his.
    let bob = apply(&mut server, "bob", true, json!({ "one": "uno" })).expect("forced");
    assert_eq!(bob["data"].to_string(), r#"{"both":"x","one":"uno"}"#);
    assert_eq!(owners(&bob), r#"amy Apply {"f:data":{"f:both":{}}}; bob Apply {"f:data":{"f:one":{}}}"#);

    // A write takes without asking.
    let patch = json!({ "data": { "both": "y" } });
    let patch = Request::patch(PatchType::Merge, kinds::CONFIGMAPS, "default", "shared", patch).by("kubectl");
    let patched = server.handle(Time::default(), &patch).expect("patched").body;
    assert_eq!(
        owners(&patched),
        r#"bob Apply {"f:data":{"f:one":{}}}; kubectl Update {"f:data":{"f:both":{}}}"#
    );
    let refused = apply(&mut server, "amy", false, json!({ "one": "1", "both": "x" }));
    let expected = "Apply failed with 2 conflicts: conflicts with \"bob\":\n- .data.one\nconflicts with \"kubectl\" using v1:\n- .data.both";
    assert_eq!(refused, Err(expected.into()));
}
