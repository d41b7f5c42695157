//! The API server's door for clients in the page.

use serde::Serialize;

outward! {
    /// What a client's request was answered.
    pub struct HttpAnswer {
        /// The HTTP status.
        pub code: u16,
        /// The headers: names in lower case, and values.
        pub headers: Vec<(String, String)>,
        /// The body; empty for a watch.
        pub body: String,
        /// The number of the watch that it opened.
        pub watch: Option<u32>,
    }
}

outward! {
    /// What a watch had to tell.
    pub struct HttpEvents {
        /// Lines of JSON.
        pub lines: String,
        /// Whether it has ended.
        pub over: bool,
    }
}
