//! Reports in the forms of others: Gradescope's `results.json`, Exercism's test runner interface (version 3), JUnit XML, CSV.

use super::Graded;
use kubestep::json;
use kubestep::json::{Json, Str};
use kubestep::lessons::judge::TaskReport;
use kubestep::lessons::lesson::Lesson;
use kubestep::lessons::sheet::{self, offences};
use kubestep::lessons::words;

/// Exercism shows no more of a test's output and message.
const MOST_MESSAGE: usize = 65_535;

/// The native report of one.
pub fn native(graded: &Graded, languages: &[Str]) -> Json {
    let mut json = match &graded.result {
        Ok(report) => report.to_json(languages),
        Err(message) => json!({ "report": 1, "refused": message.as_str(), "passed": false }),
    };
    json.set("file", graded.file.as_str());
    json
}

/// What is wrong with a task, in lines.
fn explained(task: &TaskReport, language: &str) -> String {
    let checks = task.checks.iter().map(|check| {
        let mark = if check.holds { "✓" } else { "✗" };
        format!("{mark} {}\n", words::why(check, language))
    });
    let questions = task.questions.iter().map(|question| {
        let mark = if question.right { "✓" } else { "✗" };
        let given = question.given.as_ref().map_or("—".into(), |given| match given.value.as_str() {
            Some(text) => text.to_owned(),
            None => given.value.to_string(),
        });
        format!("{mark} {}: {given}\n", question.id)
    });
    checks.chain(questions).collect()
}

/// The task's heading in the prose; its name, where there is none.
fn title(lesson: &Lesson, task: &TaskReport, language: &str) -> String {
    let prose = lesson.prose.iter().find(|prose| prose.language == *language).or(lesson.prose.first());
    let sections = prose.into_iter().flat_map(|prose| &prose.sections);
    let mut found = sections.filter(|section| section.task.as_ref() == Some(&task.id));
    found.next().map_or_else(|| task.id.to_string(), |section| section.title.to_string())
}

/// Gradescope's `results.json`.
pub fn gradescope(graded: &Graded, lesson: &Lesson, language: &str) -> Json {
    let visible = "visible";
    let report = match &graded.result {
        Ok(report) => report,
        Err(message) => {
            return json!({
                "score": 0, "output": message.as_str(), "visibility": visible, "stdout_visibility": "hidden", "tests": [],
            });
        }
    };
    let valid = report.offences.is_empty();
    let tests = report.tasks.iter().enumerate().map(|(i, task)| {
        let passed = task.passed.is_some() && valid;
        json!({
            "score": if passed { task.of } else { 0 }, "max_score": task.of,
            "status": if passed { "passed" } else { "failed" }, "name": title(lesson, task, language),
            "number": (i + 1).to_string(), "output": explained(task, language), "visibility": visible,
        })
    });
    json!({
        "score": report.points().0, "output": offences(report, language), "output_format": "text",
        "visibility": visible, "stdout_visibility": "hidden", "tests": tests.collect::<Vec<Json>>(),
        "extra_data": { "lesson": &report.lesson, "hash": &report.hash },
    })
}

/// Exercism's `results.json`, version 3.
pub fn exercism(graded: &Graded, lesson: &Lesson, language: &str) -> Json {
    let error = |message: &str| json!({ "version": 3, "status": "error", "message": cut(message) });
    let report = match &graded.result {
        Ok(report) if report.offences.is_empty() => report,
        Ok(report) => return error(&offences(report, language)),
        Err(message) => return error(message),
    };
    let tests = report.tasks.iter().enumerate().map(|(i, task)| {
        let code = asked(lesson, task, language);
        let mut test = json!({ "name": title(lesson, task, language), "test_code": code, "task_id": i + 1 });
        if task.passed.is_some() {
            test.set("status", "pass");
        } else {
            test.set("status", "fail");
            test.set("message", cut(&explained(task, language)));
        }
        test
    });
    let status = if report.passed() { "pass" } else { "fail" };
    json!({ "version": 3, "status": status, "message": null, "tests": tests.collect::<Vec<Json>>() })
}

/// What a task asks, in lines.
fn asked(lesson: &Lesson, task: &TaskReport, language: &str) -> String {
    let checks = task.checks.iter().map(|check| format!("{}\n", words::claim(check, language)));
    let questions = lesson.questions().filter(|(of, _)| of.id == task.id);
    let questions = questions.map(|(_, question)| format!("{}\n", question.text.in_language(language)));
    checks.chain(questions).collect()
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MOST_MESSAGE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// JUnit XML: a suite for each submission, a case for each task.
pub fn junit(all: &[Graded], lesson: &Lesson, language: &str) -> String {
    let mut suites = String::new();
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    for graded in all {
        let name = attribute(&graded.file);
        let wrong = match &graded.result {
            Ok(report) if report.offences.is_empty() => None,
            Ok(report) => Some(offences(report, language)),
            Err(message) => Some(message.clone()),
        };
        if let Some(message) = wrong {
            (tests, errors) = (tests + 1, errors + 1);
            let message = attribute(message.trim());
            suites.push_str(&format!(
                "  <testsuite name=\"{name}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\">\n    \
                 <testcase name=\"submission\" classname=\"{}\" time=\"0\">\n      <error message=\"{message}\"/>\n    \
                 </testcase>\n  </testsuite>\n",
                attribute(&lesson.id)
            ));
            continue;
        }
        let Ok(report) = &graded.result else { continue };
        let failed = report.tasks.iter().filter(|task| task.passed.is_none()).count();
        let seconds = report.seconds;
        suites.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\" time=\"{seconds}\">\n",
            report.tasks.len()
        ));
        for task in &report.tasks {
            let (title, class) = (attribute(&title(lesson, task, language)), attribute(&lesson.id));
            suites.push_str(&format!("    <testcase name=\"{title}\" classname=\"{class}\" time=\"0\""));
            if task.passed.is_some() {
                suites.push_str("/>\n");
            } else {
                let text = attribute(&explained(task, language));
                suites.push_str(&format!(
                    ">\n      <failure message=\"not passed\">{text}</failure>\n    </testcase>\n"
                ));
            }
        }
        suites.push_str("  </testsuite>\n");
        (tests, failures) = (tests + report.tasks.len(), failures + failed);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" \
         errors=\"{errors}\" time=\"0\">\n{suites}</testsuites>\n",
        attribute(&lesson.id)
    )
}

/// Text for an XML attribute or element. What XML cannot hold is left out.
fn attribute(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// The class as a table.
pub fn csv(all: &[Graded], lesson: &Lesson, language: &str) -> String {
    let lines = all.iter().map(|graded| match &graded.result {
        Ok(report) => sheet::line(&graded.file, report, language),
        Err(message) => sheet::refused(&graded.file, message, lesson),
    });
    std::iter::once(sheet::head(lesson)).chain(lines).collect()
}
