//! The normaliser: takes out of an output what differs from run to run, by the rules under which the transcripts were
//! recorded. Both sides go through it.

use fancy_regex::Regex;
use std::sync::LazyLock;

/// The letters of generated names.
const S: &str = "[bcdfghjklmnpqrstvwxz2456789]";

struct Rule {
    pattern: Regex,
    replacement: &'static str,
}

fn rule(pattern: &str, replacement: &'static str) -> Rule {
    Rule { pattern: Regex::new(&pattern.replace("{S}", S)).expect("a rule of ours"), replacement }
}

/// Rules 2 to 5, in order.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    vec![
        rule(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
        rule(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "<time>"),
        rule(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uid>"),
        rule(r#"(resourceVersion\\?"?: ?\\?"?)\d+(\\?"?)"#, "${1}<rv>${2}"),
        rule(r"(Resource Version:\s+)\d+$", "${1}<rv>"),
        rule(r"(?<![\d.])10\.(9[6-9]|10\d|11[01])\.\d{1,3}\.\d{1,3}(?![\d.]*\d)", "<ip>"),
        rule(r"(?<![\d.])10\.244\.\d{1,3}\.\d{1,3}(?![\d.]*\d)", "<ip>"),
        rule(r"(?<![\d.])10\.0\.0\.[123](?!\d)", "<nodeip>"),
        rule(r"node-[123](?![0-9a-z-])", "<node>"),
        rule(r"-\d{8}(?![0-9a-z])", "-<minute>"),
        rule(r"-{S}{5}(?![a-z0-9-])", "-<id>"),
        rule(r"-{S}{8,10}(?![a-zA-Z0-9])", "-<hash>"),
        rule(r"((?:pod-template-hash|controller-revision-hash)[=:]\s*)[0-9a-z]+", "${1}<hash>"),
    ]
});

static QUOTED_VERSION: LazyLock<Rule> = LazyLock::new(|| rule(r#"(resourceVersion"?: )"<rv>""#, "${1}<rv>"));
static DURATION: LazyLock<Rule> =
    LazyLock::new(|| rule(r"(?<![\w=.<-])(?:\d+[smhdy]){2,}(?![\w.-])|(?<![\w=.<-])\d+s(?![\w.-])", "<age>"));
static BARE_DURATION: LazyLock<Rule> = LazyLock::new(|| rule(r"(?<![\w=.<-])\d+[mhdy](?![\w.-])", "<age>"));
static BLANKS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?<=\S)[ \t]{2,}|(?<=^)\t{2,}").expect("a rule of ours"));

/// Whether a command line asks for YAML or JSON, whose blanks mean something.
fn is_data(command: &str) -> bool {
    let mut words = command.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let format = match word {
            "-o" | "--output" => words.peek().copied().unwrap_or(""),
            _ => word.strip_prefix("--output=").or_else(|| word.strip_prefix("-o")).unwrap_or(""),
        };
        if matches!(format.trim_start_matches('='), "yaml" | "json") {
            return true;
        }
    }
    false
}

/// An output of a command, normalised.
pub fn normalise(command: &str, text: &str) -> String {
    let data = is_data(command);
    let lines = text.lines().filter(|line| !line.contains("openshift"));
    let mut out = String::new();
    for line in lines {
        let mut line = line.to_string();
        let more = [&*QUOTED_VERSION, &*DURATION];
        for rule in RULES.iter().chain(more).chain((!data).then_some(&*BARE_DURATION)) {
            line = rule.pattern.replace_all(&line, rule.replacement).into_owned();
        }
        if !data {
            line = BLANKS.replace_all(&line, "  ").trim_end().to_string();
        }
        out.push_str(&line);
        out.push('\n');
    }
    // The recordings have no blank lines at the end of an output.
    out.truncate(out.trim_end_matches('\n').len());
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_out_what_differs_from_run_to_run() {
        let cases = [
            ("get pods", "pi-x7k2p   0/1   Completed   0     12s", "pi-<id>  0/1  Completed  0  <age>"),
            ("get job", "pi   Complete   1/1   5s   3m4s", "pi  Complete  1/1  <age>  <age>"),
            ("get x -o yaml", "  resourceVersion: \"123\"", "  resourceVersion: <rv>"),
            (
                "get x -o yaml",
                "  creationTimestamp: \"2026-01-05T09:00:00Z\"",
                "  creationTimestamp: \"<time>\"",
            ),
            ("get x", "hello-29383840-abcde", "hello-<minute>-abcde"),
            ("get x", "hello-29383840   x", "hello-<minute>  x"),
            ("get pods -o wide", "10.244.1.7   node-2   <none>", "<ip>  <node>  <none>"),
            (
                "describe",
                "  Normal  Pulled  5m (x3 over 6m)  kubelet",
                "  Normal  Pulled  <age> (x3 over <age>)  kubelet",
            ),
            ("get x -o yaml", "  cpu: 5m", "  cpu: 5m"),
        ];
        for (command, text, expected) in cases {
            assert_eq!(normalise(command, text), format!("{expected}\n"));
        }
    }
}
