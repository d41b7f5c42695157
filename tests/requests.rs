//! What the API server answers to requests as they go over the wire, through the front door: each file of `tests/requests` is a
//! document of one cluster's life. A case is a request (`> METHOD PATH`, headers as `> Name: value`, then the body), what of
//! the answer it looks at (`? path`), and the answer: its code, and of an error the reason, the message, and the details.
//! `UPDATE_EXPECT=1` writes the answers anew.

use expect_test::expect_file;
use kubestep::cluster::{Config, World};
use kubestep::http::{Body, Request, answer};
use kubestep::json::{Json, parse};
use std::fmt::Write;

/// Plays a file's cases and writes them down again.
fn played(text: &str) -> String {
    let mut world = World::booted(&Config::new(1, 1));
    let (head, cases) = text.split_once("\n## ").expect("a case");
    let mut out = format!("{}\n", head.trim_end());
    for case in cases.split("\n## ") {
        let asked: Vec<&str> = case.trim_end().lines().filter(|line| !line.starts_with("< ")).collect();
        let _ = write!(out, "\n## {}\n", asked.join("\n"));
        let said = |mark: &'static str| asked.iter().filter_map(move |line| line.strip_prefix(mark));
        let mut lines = said("> ");
        let (method, target) = lines.next().and_then(|l| l.split_once(' ')).expect("METHOD PATH");
        let mut headers: Vec<(&str, &str)> =
            lines.map(|line| line.split_once(": ").expect("Name: value")).collect();
        headers.insert(0, ("User-Agent", "test/1.0"));
        let body = asked[1..].iter().filter(|line| !line.starts_with("> ") && !line.starts_with("? "));
        let body = body.copied().collect::<Vec<_>>().join("\n");
        let request = Request::new(method, target, headers.into_iter(), &body);
        let answer = world.user(|api| answer(api, &request)).0;
        let Body::Text(text) = &answer.body else {
            let _ = writeln!(out, "< {} (a stream)", answer.code);
            continue;
        };
        let json = parse(text).unwrap_or_default();
        let _ = writeln!(out, "< {}{}", answer.code, told(&json, text, answer.code));
        for warning in answer.headers.iter().filter(|(name, _)| *name == "warning") {
            let _ = writeln!(out, "< Warning: {}", warning.1);
        }
        for path in said("? ") {
            let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
            let found = steps.iter().fold(&json, |json, step| match step.parse::<usize>() {
                Ok(i) => &json[i],
                Err(_) => &json[*step],
            });
            let _ = writeln!(out, "< {path}: {found}");
        }
    }
    out
}

fn told(json: &Json, text: &str, code: u16) -> String {
    if code < 400 {
        return String::new();
    }
    if json["kind"].str() != "Status" {
        return format!(" {}", text.trim_end());
    }
    let message = json["message"].str().replace('\n', "\\n");
    let mut out = format!(" {}: {message}", json["reason"].str());
    if let Some(details) = json.get("details") {
        let mut details = details.clone();
        // The causes of what is invalid are its message once more.
        if json["reason"].str() == "Invalid" {
            details.remove("causes");
        }
        let _ = write!(out, "\n< {details}");
    }
    out
}

macro_rules! files {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            let file = concat!("requests/", stringify!($name), ".txt");
            let text = include_str!(concat!("requests/", stringify!($name), ".txt"));
            expect_file![format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"))].assert_eq(&played(text));
        }
    )* };
}

files! { bodies options patches apply objects }
