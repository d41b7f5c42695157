//! Requests of clients in the page, and the watches that they opened.

use super::door::{Playground, to_js};
use super::model::{HttpAnswer, HttpEvents};
use crate::http::{Answer, Body, Follow, Request};
use wasm_bindgen::prelude::*;

/// The watches that somebody in the page listens to.
#[derive(Default)]
pub struct Follows {
    open: Vec<(u32, Follow)>,
    last: u32,
}

#[wasm_bindgen]
impl Playground {
    /// Answers a request to the API server. `headers` are names and values in turn.
    #[wasm_bindgen(unchecked_return_type = "HttpAnswer")]
    pub fn request(&mut self, method: &str, target: &str, headers: Vec<String>, body: &str) -> JsValue {
        let headers = headers.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str()));
        let request = Request::new(method, target, headers, body);
        let Answer { code, headers, body } = self.engine.request(request);
        let headers = headers.into_iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let mut answer = HttpAnswer { code, headers: headers.collect(), ..HttpAnswer::default() };
        match body {
            Body::Text(text) => answer.body = text,
            Body::Stream(follow) => {
                self.follows.last += 1;
                self.follows.open.push((self.follows.last, *follow));
                answer.watch = Some(self.follows.last);
            }
        }
        to_js(&answer)
    }

    /// What a watch has to tell since it was asked last.
    #[wasm_bindgen(unchecked_return_type = "HttpEvents")]
    pub fn watched(&mut self, watch: u32) -> JsValue {
        let Some((_, follow)) = self.follows.open.iter_mut().find(|(id, _)| *id == watch) else {
            return to_js(&HttpEvents { lines: String::new(), over: true });
        };
        let lines = self.engine.watched(follow);
        let over = follow.is_over();
        if over {
            self.unwatch(watch);
        }
        to_js(&HttpEvents { lines, over })
    }

    /// Nobody listens to the watch any more.
    pub fn unwatch(&mut self, watch: u32) {
        self.follows.open.retain(|(id, _)| *id != watch);
    }
}
