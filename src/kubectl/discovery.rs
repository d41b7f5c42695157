//! [`Discovery`]: what a `kubectl` has been told of the kinds that the server has (client-go's cached discovery).

use crate::api::{Resource, ResourceInfo, Served};
use crate::client::Api;

/// What was served when a `kubectl` of this terminal last asked. A later one believes them, as upstream's
/// believes its files on the disk, until it meets a name that is not among them.
#[derive(Clone, Debug, Default)]
pub struct Discovery(Option<Served>);

impl Discovery {
    /// Asks the server anew.
    pub fn refresh(&mut self, api: &dyn Api) {
        self.0 = Some(api.served());
    }

    /// All resources that can be read, built-in and custom. Where a kind is served by several versions, the preferred one is
    /// the last.
    pub fn all(&self) -> Vec<Resource> {
        let readable = |r: &&ResourceInfo| r.verbs.contains(&"get") || r.verbs.contains(&"create");
        let nothing_asked = Served::default();
        let served = self.0.as_ref().unwrap_or(&nothing_asked);
        let built_in = served.built_in().filter(readable).map(Resource::from);
        built_in.chain(served.custom.iter().cloned()).collect()
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
