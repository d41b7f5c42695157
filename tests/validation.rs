//! What the API server says of objects that are not as they should be, through the front door: each file of
//! `tests/validation` is a list of manifests, each with what `kubectl create --dry-run=server` prints (or, where lines with
//! `$` follow, with what these print). `UPDATE_EXPECT=1` writes the answers anew.

mod terminal;

use expect_test::expect_file;
use std::fmt::Write;

/// Plays a file's cases and writes them down again.
fn played(text: &str) -> String {
    let mut out = String::new();
    let (head, cases) = text.split_once("\n## ").expect("a case");
    let _ = writeln!(out, "{}", head.trim_end());
    for case in cases.split("\n## ") {
        let asked = case.split("\n=> ").next().unwrap_or("");
        let (title, rest) = asked.split_once('\n').expect("a title and a manifest");
        let manifest: String =
            rest.lines().filter(|line| !line.starts_with("$ ")).map(|line| format!("{line}\n")).collect();
        let mut lines: Vec<&str> = rest.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
        let own = !lines.is_empty();
        if !own {
            lines.push("kubectl create -f f.yaml --dry-run=server");
        }
        let _ = write!(out, "\n## {title}\n{}", manifest.trim_end());
        let printed = terminal::session(&[("f.yaml", manifest.as_str())], &lines);
        let mut answers = String::new();
        for line in printed.lines() {
            match line.strip_prefix("$ ") {
                Some(command) if own => {
                    let _ = write!(out, "\n$ {command}");
                }
                Some(_) => {}
                None => {
                    let _ = write!(answers, "\n=> {line}");
                }
            }
        }
        let _ = writeln!(out, "{answers}");
    }
    out
}

macro_rules! files {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            let file = concat!("validation/", stringify!($name), ".txt");
            let text = include_str!(concat!("validation/", stringify!($name), ".txt"));
            expect_file![format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"))].assert_eq(&played(text));
        }
    )* };
}

files! { pods workloads storage network policy cluster changes decoding versions }
