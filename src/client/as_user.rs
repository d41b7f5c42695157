//! [`AsUser`]: all that is asked is asked as somebody else (`client-go/transport`, `ImpersonationConfig`).

use super::Api;
use crate::api::{Request, Response, Served, Status, User, WatchEvent, WatchId};
use crate::sim::Time;
use std::sync::Arc;

/// The way to the API server for somebody.
pub struct AsUser<'a> {
    /// The way.
    pub api: &'a mut dyn Api,
    /// Who takes it.
    pub user: Option<Arc<User>>,
}

impl Api for AsUser<'_> {
    fn call(&mut self, request: Request) -> Result<Response, Status> {
        let user = User::acting(self.user.clone(), request.user.clone());
        self.api.call(request.as_user(user))
    }

    fn next_event(&mut self, watch: WatchId) -> Option<WatchEvent> {
        self.api.next_event(watch)
    }

    fn stop_watch(&mut self, watch: WatchId) {
        self.api.stop_watch(watch);
    }

    fn served(&self) -> Served {
        self.api.served()
    }

    fn now(&self) -> Time {
        self.api.now()
    }

    fn noted(&mut self, count: usize) {
        self.api.noted(count);
    }

    fn crashed(&self) -> bool {
        self.api.crashed()
    }
}
