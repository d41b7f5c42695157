//! [`Tracker`]: which generation of which slices this controller has written, so that it neither answers its own changes
//! nor works on a cache that does not have them yet (`EndpointSliceTracker`).

use crate::api::endpoints::SERVICE_NAME;
use crate::api::{ObjectKey, meta};
use crate::collections::Map;
use crate::json::{Json, Str};

/// In place of a generation: the slice is expected to go.
const DELETION: i64 = -1;

/// For each Service, the generations of its slices by uid.
#[derive(Clone, Debug, Default)]
pub struct Tracker(Map<ObjectKey, Json>);

/// The Service of a slice.
pub fn service_of(slice: &Json) -> Option<ObjectKey> {
    let name = slice["metadata"]["labels"][SERVICE_NAME].str();
    (!name.is_empty()).then(|| ObjectKey::new(slice["metadata"]["namespace"].str(), name))
}

fn generation(slice: &Json) -> i64 {
    slice["metadata"]["generation"].as_i64().unwrap_or(0)
}

impl Tracker {
    fn known(&self, slice: &Json) -> Option<i64> {
        self.0.get(&service_of(slice)?)?.get(meta::uid(slice))?.as_i64()
    }

    fn set(&mut self, slice: &Json, generation: i64) {
        let Some(service) = service_of(slice) else { return };
        let generations = self.0.slot(service);
        if generations.is_null() {
            *generations = Json::object();
        }
        generations.set(Str::from(meta::uid(slice)), generation);
    }

    /// It was written.
    pub fn update(&mut self, slice: &Json) {
        self.set(slice, generation(slice));
    }

    /// It was deleted.
    pub fn expect_deletion(&mut self, slice: &Json) {
        self.set(slice, DELETION);
    }

    /// Whether a slice is other than this controller left it.
    pub fn is_news(&self, slice: &Json) -> bool {
        self.known(slice).is_none_or(|known| generation(slice) > known)
    }

    /// It is gone. Whether that is other than expected.
    pub fn gone_unexpectedly(&mut self, slice: &Json) -> bool {
        let Some(known) = self.known(slice) else { return false };
        if let Some(generations) = service_of(slice).and_then(|service| self.0.get_mut(&service)) {
            generations.remove(meta::uid(slice));
        }
        known != DELETION
    }

    /// Whether a cache does not show yet what this controller has written.
    pub fn is_ahead_of(&self, service: &ObjectKey, cached: &[Json]) -> bool {
        let Some(generations) = self.0.get(service) else { return false };
        generations.entries().iter().any(|(uid, known)| {
            let known = known.as_i64().unwrap_or(0);
            match cached.iter().find(|slice| meta::uid(slice) == uid.as_str()) {
                Some(slice) => known == DELETION || known > generation(slice),
                None => known != DELETION,
            }
        })
    }

    /// The Service is gone.
    pub fn forget(&mut self, service: &ObjectKey) {
        self.0.remove(service);
    }
}
