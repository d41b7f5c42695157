//! Any request: a method, a path, headers of which each is a name and a value, and a body, with a zero byte between them.
#![no_main]

use kubestep::http::Request;
use kubestep_fuzz::{ask, parts, world};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [method, target, headers, body] = parts::<4>(data);
    let headers = headers.lines().filter_map(|line| line.split_once(": "));
    ask(&mut world(), &Request::new(&method, &target, headers, &body));
});
