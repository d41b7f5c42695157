//! A regular expression and a text, with a zero byte between them.
#![no_main]

use kubestep::regex::Regex;
use kubestep_fuzz::parts;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [pattern, text] = parts::<2>(data);
    if let Ok(regex) = Regex::new(&pattern) {
        let found = regex.find(&text, 0);
        assert_eq!(regex.is_match(&text), found.is_some(), "{pattern:?} in {text:?}");
        if let Some((from, to)) = found {
            assert!(from <= to && text.is_char_boundary(from) && text.is_char_boundary(to));
        }
    }
});
