//! [`Log`]: a container's log that somebody follows (`GET pods/x/log?follow=true`), to the container's end.

use crate::api::{Request, Status};
use crate::client::Api;
use crate::json::{Json, Str};

/// The parts of a log's query that choose where it begins: they count for what is there when it is opened.
const BEGINS: [&str; 4] = ["tailLines", "sinceSeconds", "sinceTime", "limitBytes"];

/// A followed log.
#[derive(Clone, Debug)]
pub struct Log {
    request: Request,
    /// How much of the whole log was told, in bytes; `None`: its beginning is still to come.
    told: Option<usize>,
}

impl Log {
    /// Opens it, or says why there is none.
    pub fn open(api: &mut dyn Api, mut request: Request) -> Result<Log, Status> {
        request.options.query.retain(|(key, _)| *key != "follow");
        api.call(request.clone())?;
        Ok(Log { request, told: None })
    }

    /// Only what comes from now on.
    pub fn only_new(mut self) -> Log {
        self.request.options.query.push(("tailLines".into(), "0".into()));
        self
    }

    /// Adds what is new; true: its container has ended, or is gone.
    pub fn read(&mut self, api: &mut dyn Api, text: &mut String) -> bool {
        // First the state, then the log: what a container writes with its last breath is still told.
        let ended = self.has_ended(api);
        let mut whole = self.request.clone();
        whole.options.query.retain(|(key, _)| !BEGINS.contains(&key.as_str()));
        let Ok(answer) = api.call(whole) else { return true };
        let all = answer.body.str();
        match self.told {
            None => match api.call(self.request.clone()) {
                Ok(answer) => text.push_str(answer.body.str()),
                Err(_) => return true,
            },
            // A log that became shorter is another one, or was cut: what remains of it counts as told.
            Some(told) => text.push_str(all.get(told.min(all.len())..).unwrap_or("")),
        }
        self.told = Some(all.len());
        ended
    }

    fn has_ended(&self, api: &mut dyn Api) -> bool {
        let mut get = self.request.clone();
        (get.subresource, get.options) = (Str::default(), Default::default());
        let Ok(pod) = api.call(get) else { return true };
        let asked = self.request.options.query.iter().find(|(key, _)| *key == "container");
        let asked = asked.map_or("", |(_, name)| name.as_str());
        let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
        let is_it = |status: &&Json| asked.is_empty() || status["name"].str() == asked;
        let found = lists.iter().find_map(|list| pod.body["status"][*list].items().iter().find(is_it));
        found.is_some_and(|status| status["state"]["running"].is_null())
    }
}
