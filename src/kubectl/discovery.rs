//! [`Discovery`]: what a `kubectl` has been told of the kinds that the server has beside its own (client-go's cached discovery).

use crate::api::{Resource, ResourceInfo, kinds};
use crate::client::Api;

/// The custom resources as they were when a `kubectl` of this terminal last asked. A later one believes them, as upstream's
/// believes its files on the disk, until it meets a name that is not among them.
#[derive(Clone, Debug, Default)]
pub struct Discovery(Option<Vec<Resource>>);

impl Discovery {
    /// Asks the server anew.
    pub fn refresh(&mut self, api: &dyn Api) {
        self.0 = Some(api.custom_resources());
    }

    /// All resources that can be read, built-in and custom. Where a kind is served by several versions, the preferred one is
    /// the last.
    pub fn all(&self) -> Vec<Resource> {
        let readable = |r: &&ResourceInfo| r.verbs.contains(&"get") || r.verbs.contains(&"create");
        let built_in = kinds::ALL.iter().copied().filter(readable).map(Resource::from);
        built_in.chain(self.0.iter().flatten().cloned()).collect()
    }

    /// What a search finds in what is known; where that is nothing, in what the server says now.
    pub fn search<T>(&mut self, api: &dyn Api, search: &dyn Fn(&[Resource]) -> Option<T>) -> Option<T> {
        let known = self.0.is_some();
        if !known {
            self.refresh(api);
        }
        search(&self.all()).or_else(|| {
            self.refresh(api);
            if known { search(&self.all()) } else { None }
        })
    }
}
