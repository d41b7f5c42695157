//! The sentences of checks: what one asks, and why it does not hold, in each language.
//!
//! They stand here and not among the page's own words because the native report says them too, and a learner must read the
//! same in both. A sentence is a pattern with holes; a language is a table of them.

use super::compare::{self, Op};
use super::finding::Finding;
use super::rules::{Offence, OffenceKind};
use super::submission::Refusal;
use crate::json::Json;
use crate::playground::RunError;

/// A language's patterns. Holes: `{what}` the thing, `{path}` the field's last name, `{field}` the whole path, `{is}`,
/// `{wanted}`, `{n}` a step, `{a}` and `{b}` other sentences, `{list}` names.
struct Words {
    /// Operators with their value, in the order of [`super::tables::OPERATORS`].
    ops: [&'static str; 11],
    field: &'static str,
    exists: &'static str,
    absent: &'static str,
    is: &'static str,
    whole: &'static str,
    condition: &'static str,
    each: &'static str,
    count: &'static str,
    some: &'static str,
    no: &'static str,
    things: &'static str,
    always: &'static str,
    eventually: &'static str,
    never: &'static str,
    before: &'static str,
    steps: &'static str,
    seconds: &'static str,
    after: &'static str,
    and: &'static str,
    or: &'static str,
    not: &'static str,
    should: &'static str,
    should_set: &'static str,
    should_not_set: &'static str,
    no_object: &'static str,
    unwanted: &'static str,
    no_condition: &'static str,
    none: &'static str,
    counted: &'static str,
    each_wrong: &'static str,
    running: &'static str,
    these: &'static str,
    since: &'static str,
    came: &'static str,
    not_yet: &'static str,
    late: &'static str,
    nothing: &'static str,
    comma: &'static str,
}

const ENGLISH: Words = Words {
    ops: [
        "{wanted}",
        "other than {wanted}",
        "less than {wanted}",
        "at most {wanted}",
        "more than {wanted}",
        "at least {wanted}",
        "one of {wanted}",
        "something with {wanted} in it",
        "of the form {wanted}",
        "set",
        "not set",
    ],
    field: "{field} of {what} is {op}",
    exists: "{what} exists",
    absent: "{what} does not exist",
    is: "{what} is {op}",
    whole: "{what} is {is}, should be {op}",
    condition: "the condition {path} of {what} is {wanted}",
    each: "{field} of each of the {what} is {op}",
    count: "the number of {what} is {op}",
    some: "there are {what}",
    no: "there are no {what}",
    things: "{what} ({narrowed})",
    always: "at every step: {a}",
    eventually: "at some step: {a}",
    never: "at no step: {a}",
    before: "first {a}, and only then {b}",
    steps: "within {wanted} steps{after}: {a}",
    seconds: "within {wanted} seconds{after}: {a}",
    after: " after {b}",
    and: " and ",
    or: ", or ",
    not: "not so: {a}",
    should: "{path} is {is}, should be {op}",
    should_set: "{path} of {what} should be set, and is not",
    should_not_set: "{path} is {is}, should not be set",
    no_object: "{what} does not exist",
    unwanted: "{what} should not exist, and does",
    no_condition: "the condition {path} of {what} is {is}, should be {wanted}",
    none: "there are no {what}",
    counted: "the number of {what} is {is}, should be {op}",
    each_wrong: "{path} is {is}, should be {op}: {list}",
    running: "; still running: {list}",
    these: ": {list}",
    since: "not so since step {n}: {a}",
    came: "it came at step {n}: {a}",
    not_yet: "not yet: {a}",
    late: "not in time: {a}",
    nothing: "not set",
    comma: ", ",
};

const CHINESE: Words = Words {
    ops: [
        " {wanted}",
        " {wanted} 以外的值",
        "小于 {wanted} 的值",
        "不大于 {wanted} 的值",
        "大于 {wanted} 的值",
        "不小于 {wanted} 的值",
        " {wanted} 之一",
        "包含 {wanted} 的值",
        "符合 {wanted} 的值",
        "已设置",
        "未设置",
    ],
    field: "{what} 的 {field} 为{op}",
    exists: "{what} 存在",
    absent: "{what} 不存在",
    is: "{what} 为{op}",
    whole: "{what} 现在是 {is}，应为{op}",
    condition: "{what} 的状况 {path} 为 {wanted}",
    each: "每个 {what} 的 {field} 都为{op}",
    count: "{what} 的数量为{op}",
    some: "有 {what}",
    no: "没有 {what}",
    things: "{what}（{narrowed}）",
    always: "在每一步：{a}",
    eventually: "在某一步：{a}",
    never: "没有任何一步：{a}",
    before: "先要{a}，然后才{b}",
    steps: "{after}在 {wanted} 步之内：{a}",
    seconds: "{after}在 {wanted} 秒之内：{a}",
    after: "从“{b}”起，",
    and: "，并且",
    or: "，或者",
    not: "并非：{a}",
    should: "{path} 现在是 {is}，应为{op}",
    should_set: "{what} 的 {path} 应该有值，但还没有",
    should_not_set: "{path} 现在是 {is}，不应有值",
    no_object: "{what} 不存在",
    unwanted: "{what} 不应存在，但它在",
    no_condition: "{what} 的状况 {path} 现在是 {is}，应为 {wanted}",
    none: "没有 {what}",
    counted: "{what} 现在有 {is} 个，应为{op}",
    each_wrong: "{path} 现在是 {is}，应为{op}：{list}",
    running: "；仍在运行：{list}",
    these: "：{list}",
    since: "从第 {n} 步起不再成立：{a}",
    came: "在第 {n} 步出现了：{a}",
    not_yet: "尚未成立：{a}",
    late: "没有及时成立：{a}",
    nothing: "未设置",
    comma: "、",
};

fn words(language: &str) -> &'static Words {
    if language == "zh-CN" { &CHINESE } else { &ENGLISH }
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Puts texts into a pattern's holes. Chinese has no blank between its own characters.
fn fill(pattern: &str, holes: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (hole, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        let value = holes.iter().find(|(name, _)| *name == hole).map_or("", |(_, value)| *value);
        if value.starts_with(is_chinese) && text.trim_end().ends_with(is_chinese) {
            text.truncate(text.trim_end().len());
        }
        text.push_str(value);
        rest = after;
    }
    text + rest
}

/// What a check asks.
pub fn claim(finding: &Finding, language: &str) -> String {
    let w = words(language);
    if let Some(says) = &finding.says {
        return says.in_language(language).into();
    }
    let what = subject(finding, w);
    let part = |i: usize| finding.parts.get(i).map(|part| claim(part, language)).unwrap_or_default();
    let (a, b) = (part(0), part(1));
    let wanted = shown(&finding.wanted, w);
    let op = operator(finding, w);
    let after = if b.is_empty() { String::new() } else { fill(w.after, &[("b", &b)]) };
    let pattern = match (finding.kind, finding.op) {
        ("one", Some(Op::Exists)) if finding.path.is_empty() => w.exists,
        ("one", Some(Op::Absent)) if finding.path.is_empty() => w.absent,
        ("one", _) if finding.path.is_empty() => w.is,
        ("one", _) => w.field,
        ("condition", _) => w.condition,
        ("each", _) => w.each,
        ("count", Some(Op::Ge)) if finding.wanted == Json::Int(1) => w.some,
        ("count", Some(Op::Eq)) if finding.wanted == Json::Int(0) => w.no,
        ("count", _) => w.count,
        ("always", _) => w.always,
        ("eventually", _) => w.eventually,
        ("never", _) => w.never,
        ("before", _) => w.before,
        ("steps", _) => w.steps,
        ("seconds", _) => w.seconds,
        ("not", _) => w.not,
        (kind, _) => {
            let parts: Vec<String> = finding.parts.iter().map(|part| claim(part, language)).collect();
            return parts.join(if kind == "any" { w.or } else { w.and });
        }
    };
    let path = compare::last_name(&finding.path);
    let holes = [("what", what.as_str()), ("field", &finding.path), ("path", path), ("op", &op)];
    let more = [("wanted", wanted.as_str()), ("a", &a), ("b", &b), ("after", &after)];
    fill(pattern, &[&holes[..], &more[..]].concat())
}

/// Why a check does not hold; what it asks, where it does.
pub fn why(finding: &Finding, language: &str) -> String {
    let w = words(language);
    let claimed = claim(finding, language);
    if finding.holds {
        return claimed;
    }
    // The author's words say better what is missing than a field and its value, unless when it went wrong is to be told.
    if finding.says.is_some() && !matches!(finding.kind, "always" | "never" | "steps" | "seconds") {
        return fill(w.not_yet, &[("a", &claimed)]);
    }
    let what = subject(finding, w);
    let (is, wanted) = (shown(&finding.is, w), shown(&finding.wanted, w));
    let (op, list) = (operator(finding, w), finding.objects.join(w.comma));
    let path = compare::last_name(&finding.path);
    let part = finding.parts.first();
    let a = part.map(|part| claim(part, language)).unwrap_or_default();
    let n = |step: Option<usize>| step.map(|n| n.to_string()).unwrap_or_default();
    let (pattern, n) = match (finding.kind, finding.op) {
        ("one" | "condition", Some(op)) if finding.missing && op != Op::Absent => {
            (w.no_object, String::new())
        }
        ("one", Some(Op::Absent)) if finding.path.is_empty() => (w.unwanted, String::new()),
        ("one", Some(Op::Absent)) => (w.should_not_set, String::new()),
        ("one", Some(Op::Exists)) => (w.should_set, String::new()),
        ("one", _) if finding.path.is_empty() => (w.whole, String::new()),
        ("one", _) => (w.should, String::new()),
        ("condition", _) => (w.no_condition, String::new()),
        ("each", _) if finding.missing => (w.none, String::new()),
        ("each", _) => (w.each_wrong, String::new()),
        ("count", Some(Op::Ge)) if finding.wanted == Json::Int(1) => (w.none, String::new()),
        ("count", _) => (w.counted, String::new()),
        ("always", _) => (w.since, n(part.and_then(|p| p.failed))),
        ("never", _) => (w.came, n(part.and_then(|p| p.first))),
        ("steps" | "seconds", _) if part.is_some_and(|p| p.first.is_some()) => {
            return fill(w.late, &[("a", &claimed)]);
        }
        ("all", _) => {
            let wrong = finding.parts.iter().filter(|part| !part.holds);
            return wrong.map(|part| why(part, language)).collect::<Vec<_>>().join(w.and);
        }
        ("any", _) => {
            let parts: Vec<String> = finding.parts.iter().map(|part| why(part, language)).collect();
            return parts.join(w.or);
        }
        _ => return fill(w.not_yet, &[("a", &claimed)]),
    };
    let holes = [("what", what.as_str()), ("path", path), ("is", &is), ("op", &op), ("wanted", &wanted)];
    let mut text = fill(pattern, &[&holes[..], &[("a", &a), ("n", &n), ("list", &list)]].concat());
    if !list.is_empty() && finding.kind != "each" {
        text.push_str(&fill(if finding.running { w.running } else { w.these }, &[("list", &list)]));
    }
    text
}

fn subject(finding: &Finding, w: &Words) -> String {
    let what = finding.subject.as_str();
    if finding.narrowed.is_empty() {
        return what.into();
    }
    fill(w.things, &[("what", what), ("narrowed", &finding.narrowed)])
}

fn operator(finding: &Finding, w: &Words) -> String {
    let Some(op) = finding.op else { return String::new() };
    let name = op.name();
    let at = super::tables::OPERATORS.iter().position(|word| *word == name).unwrap_or(0);
    fill(w.ops[at], &[("wanted", &shown(&finding.wanted, w))])
}

fn shown(value: &Json, w: &Words) -> String {
    match value {
        Json::Null => w.nothing.into(),
        Json::Str(text) if text.is_empty() => "\"\"".into(),
        Json::Array(items) => items.iter().map(compare::plain).collect::<Vec<_>>().join(w.comma),
        other => compare::plain(other),
    }
}

/// What makes a submission worthless.
pub fn offence(offence: &Offence, language: &str) -> String {
    let at = OFFENCES.iter().find(|(kind, ..)| *kind == offence.kind);
    let (_, english, chinese) = at.copied().unwrap_or((offence.kind, "", ""));
    let (pattern, place) = if language == "zh-CN" {
        (chinese, "（{branch} 第 {n} 步）")
    } else {
        (english, " (step {n} of {branch})")
    };
    let n = offence.step.map(|n| n.to_string()).unwrap_or_default();
    let mut text = fill(pattern, &[("what", &offence.detail)]);
    if offence.step.is_some() && !offence.branch.is_empty() {
        text.push_str(&fill(place, &[("n", &n), ("branch", &offence.branch)]));
    }
    text
}

/// Why a text is no submission.
pub fn refusal(refusal: &Refusal, language: &str) -> String {
    let (english, chinese, what) = match refusal {
        Refusal::Newer(version) => (
            "it was written by a newer version of this program (form {what})",
            "它由本程序的更新版本写成（格式 {what}）",
            version.to_string(),
        ),
        Refusal::Malformed(place) => (
            "it is no submission: {what} is not as it should be",
            "这不是提交的文件：{what} 不对",
            (*place).to_owned(),
        ),
        Refusal::Run(RunError::NotJson(message)) => {
            ("it is no JSON: {what}", "这不是 JSON：{what}", message.clone())
        }
        Refusal::Run(RunError::Newer(version)) => (
            "its run was written by a newer version of this program (form {what})",
            "其中的运行由本程序的更新版本写成（格式 {what}）",
            version.to_string(),
        ),
        Refusal::Run(RunError::Malformed(place)) => (
            "it holds no run: {what} is not as it should be",
            "其中没有运行：{what} 不对",
            (*place).to_owned(),
        ),
        Refusal::Run(RunError::TooLarge) => ("its run is too large", "其中的运行太大", String::new()),
        Refusal::Run(RunError::Impossible { branch, input }) => (
            "its run is impossible: {what}",
            "其中的运行不可能发生：{what}",
            format!("{branch}, input {input}"),
        ),
    };
    fill(if language == "zh-CN" { chinese } else { english }, &[("what", &what)])
}

const OFFENCES: [(OffenceKind, &str, &str); 12] = [
    (OffenceKind::OtherLesson, "it is for another lesson: {what}", "这是另一课的提交：{what}"),
    (
        OffenceKind::OtherVersion,
        "it was made with another version of this lesson (lesson.yaml or start/ differ)",
        "它是用这一课的另一个版本做的（lesson.yaml 或 start/ 不同）",
    ),
    (OffenceKind::OtherStart, "it does not begin as the lesson does", "它的开头与这一课不同"),
    (OffenceKind::Impossible, "this could not be done then", "当时不可能这样做"),
    (
        OffenceKind::OtherTrace,
        "its steps are not those that it says: the log was changed, or made by another version of the program",
        "步骤与它声明的不同：日志被改动过，或由程序的另一个版本生成",
    ),
    (OffenceKind::Command, "this command is not allowed: {what}", "不允许使用这条命令：{what}"),
    (OffenceKind::File, "this file may not be changed: {what}", "不允许修改这个文件：{what}"),
    (OffenceKind::Fault, "this may not be broken: {what}", "不允许制造这个故障：{what}"),
    (OffenceKind::Switch, "this may not be switched: {what}", "不允许拨动这个开关：{what}"),
    (OffenceKind::Choice, "what happens next may not be chosen", "不允许选择接下来发生什么"),
    (OffenceKind::Back, "the past may not be changed", "不允许改变过去"),
    (
        OffenceKind::Answer,
        "the question {what} was answered at a step that is not there",
        "问题 {what} 的回答所在的步骤不存在",
    ),
];
