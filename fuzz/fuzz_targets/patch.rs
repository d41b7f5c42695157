//! Any patch of any object: the first byte says which object, the second which kind of patch; the rest is the patch.
#![no_main]

use kubestep::http::Request;
use kubestep_fuzz::{ask, objects, world};
use libfuzzer_sys::fuzz_target;

const MEDIA: [&str; 4] = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
];

fuzz_target!(|data: &[u8]| {
    let [object, kind, patch @ ..] = data else { return };
    let Ok(patch) = std::str::from_utf8(patch) else { return };
    let all = objects();
    let (path, object) = &all[usize::from(*object) % all.len()];
    let media = MEDIA[usize::from(*kind) % MEDIA.len()];
    let path = format!("{path}/{}?fieldManager=f", object["metadata"]["name"].str());
    let request = Request::new("PATCH", &path, [("Content-Type", media)].into_iter(), patch);
    let mut world = world();
    let (code, made) = ask(&mut world, &request);
    if code == 200 && made["metadata"]["deletionTimestamp"].is_null() {
        // What is merged or applied twice is there once; a strategic merge takes a new list as it comes, and its repeated values
        // once only when it comes again.
        let before = world.server().revision();
        let (code, again) = ask(&mut world, &request);
        let free = media.contains("json-patch") || media.contains("strategic");
        let same = free || world.server().revision() == before;
        assert!(code != 200 || same, "{made} then {again}");
    }
});
