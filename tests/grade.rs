//! `kubestep grade` and `kubestep lesson` as a teacher runs them: files and links in, reports out, exit codes.

use expect_test::expect_file;
use kubestep::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("grade").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}

fn kubestep(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kubestep")).args(arguments).output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What the solution of the first lesson hands in; or another script.
fn handed_in(script: Option<&Path>, name: &str) -> String {
    let lesson = root("lessons/first-job").display().to_string();
    let mut arguments = vec!["lesson", "submit", &lesson, "--name", name];
    let path = script.map(|path| path.display().to_string());
    path.iter().for_each(|path| arguments.extend(["--script", path]));
    let output = kubestep(&arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn link(text: &str) -> String {
    let bytes = miniz_oxide::deflate::compress_to_vec(text.as_bytes(), 9);
    let base64 = kubestep::api::base64::encode(&bytes);
    format!("https://example.com/#v1:{}", base64.replace('+', "-").replace('/', "_").trim_end_matches('='))
}

/// One who passes, one who gets half way, one who cheats, one whose file is broken.
fn class() -> PathBuf {
    let class = folder("class");
    let script = class.join("half.txt");
    fs::write(&script, "kubectl apply -f job.yaml\n@answer who-deletes kubectl\n").expect("written");
    let whole = handed_in(None, "Ada");
    for (file, text) in [
        ("ada.json", whole.clone()),
        ("bob.json", handed_in(Some(&script), "=Bob, <b>\"B\"</b>")),
        ("cyd.json", whole.replacen("kubectl logs job/hello", "kubectl get job/hello", 1)),
        ("dan.json", "{\"submission\": 1, \"lesson\": [".into()),
        ("eve.json", link(&whole)),
    ] {
        fs::write(class.join(file), text).expect("written");
    }
    fs::remove_file(script).expect("it was there");
    class
}

#[test]
fn reports_have_the_forms_that_classrooms_take() {
    let class = class().display().to_string();
    let lesson = root("lessons/first-job").display().to_string();
    for (format, language, out, files) in [
        ("csv", "en", "csv", ["report.csv"].as_slice()),
        ("junit", "zh-CN", "junit", &["report.xml"]),
        ("gradescope", "en", "gradescope", &["bob.json", "cyd.json", "dan.json"]),
        ("exercism", "en", "exercism", &["ada.json", "bob.json", "cyd.json"]),
        ("json", "en", "native", &["bob.json", "cyd.json", "dan.json"]),
    ] {
        let out = folder(out);
        let place = out.display().to_string();
        let output =
            kubestep(&["grade", &lesson, &class, "--format", format, "--lang", language, "--out", &place]);
        assert_eq!(output.status.code(), Some(2), "dan's file cannot be read");
        assert_eq!(
            text(&output.stderr),
            "kubestep grade: dan.json: it is no JSON: unexpected end of JSON input\n"
        );
        for file in files {
            let report = fs::read_to_string(out.join(file)).expect("a report");
            let report = if file.ends_with(".json") { pretty(&report) } else { report.replace("\r\n", "\n") };
            expect_file![root(&format!("tests/grade/{format}-{file}"))].assert_eq(&report);
        }
    }
}

/// JSON by lines, so that a change shows where it is.
fn pretty(report: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(report).expect("JSON");
    format!("{value:#}\n")
}

#[test]
fn what_cannot_be_a_submission_is_refused_with_its_reason() {
    let lesson = root("lessons/first-job").display().to_string();
    let bomb = link(&"0".repeat(9 << 20));
    assert!(bomb.len() < 20_000, "{}", bomb.len());
    let good = handed_in(None, "");
    let cut = link(&good);
    let cases = [
        (
            "no JSON",
            "hello".to_owned(),
            "it is no JSON: invalid character 'h' looking for beginning of value",
        ),
        ("deep", format!("{}1", "[".repeat(100_000)), "it is no JSON: exceeded max depth"),
        ("bomb", bomb, "the link inflates to more than 8388608 bytes"),
        ("cut", cut[..cut.len() - 40].into(), "the link is broken: it was cut off or changed"),
        (
            "newer link",
            cut.replacen("#v1:", "#v2:", 1),
            "the link was made by a newer version of this program",
        ),
        (
            "newer",
            good.replacen("\"submission\":1", "\"submission\":9", 1),
            "it was written by a newer version of this program (form 9)",
        ),
        (
            "newer run",
            good.replacen("\"kubestep\":1", "\"kubestep\":9", 1),
            "its run was written by a newer version of this program (form 9)",
        ),
        (
            "no run",
            "{\"submission\":1,\"run\":{}}".into(),
            "it holds no run: kubestep is not as it should be",
        ),
        (
            "odd answers",
            good.replacen("\"step\":2", "\"step\":\"2\"", 1),
            "it is no submission: answers.step is not as it should be",
        ),
        ("endless", good.replacen(",33,", ",4999999,", 1), "its run is too large"),
        ("large", " ".repeat((4 << 20) + 1), "it is too large: 4194305 bytes, and the limit is 4194304"),
    ];
    let place = folder("refused");
    for (name, text_of_it, reason) in cases {
        let path = place.join(name);
        fs::write(&path, text_of_it).expect("written");
        let output = kubestep(&["grade", &lesson, &path.display().to_string(), "--most-steps", "2000"]);
        assert_eq!(text(&output.stderr), format!("kubestep grade: {name}: {reason}\n"));
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
    fs::write(place.join("bytes"), [0xff, 0xfe, 0]).expect("written");
    let output = kubestep(&["grade", &lesson, &place.join("bytes").display().to_string()]);
    assert_eq!(text(&output.stderr), "kubestep grade: bytes: it is not text (UTF-8)\n");
}

#[test]
fn exit_codes_say_what_came_of_it() {
    let place = folder("codes");
    let lesson = root("lessons/first-job").display().to_string();
    let at = |name: &str| place.join(name).display().to_string();
    fs::write(place.join("empty.txt"), "@type ls\n").expect("written");
    fs::write(place.join("good"), handed_in(None, "")).expect("written");
    fs::write(place.join("bad"), handed_in(Some(&place.join("empty.txt")), "")).expect("written");
    let broken = at("broken");
    for (arguments, code) in [
        (vec!["grade", &lesson, &at("good"), "--strict"], 0),
        (vec!["grade", &lesson, &at("bad")], 0),
        (vec!["grade", &lesson, &at("bad"), "--strict"], 1),
        (vec!["grade", &lesson, &at("good"), &at("bad"), "--format", "gradescope"], 2),
        (vec!["grade", &lesson, &at("nothing")], 2),
        (vec!["grade", &broken, &at("good")], 2),
        (vec!["lesson", "new", "broken", "--within", &place.display().to_string()], 0),
        (vec!["lesson", "test", &broken], 0),
        (vec!["lesson", "new", "broken", "--within", &place.display().to_string()], 2),
        (vec!["lesson", "new", "../Up"], 2),
        (vec!["lesson", "check", &at("nothing")], 2),
        (vec!["lesson", "scorm", &lesson, "--page", &at("nothing"), "-o", &at("x.zip")], 2),
        (vec!["lesson", "page", &at("nothing"), "-o", &at("x.html")], 2),
    ] {
        let output = kubestep(&arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
    }
    let yaml = place.join("broken/lesson.yaml");
    let text_of_it = fs::read_to_string(&yaml).expect("it was made").replace("points:", "pionts:");
    fs::write(&yaml, text_of_it).expect("written");
    let output = kubestep(&["lesson", "check", &broken]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("lesson.yaml:14:3: unknown key \"pionts\"; did you mean \"points\"?")
    );
}

/// Ways to hand in what was not done: what is replaced in an honest submission, and what that is called.
const CHEATS: [(&str, &str, &str); 5] = [
    ("},33,", "},32,", "other-trace"),
    ("\"lesson\":\"first-job\"", "\"lesson\":\"expectations\"", "other-lesson"),
    ("\"hash\":\"4", "\"hash\":\"5", "other-version"),
    ("\"nodes\":2", "\"nodes\":3", "other-start"),
    ("},33,", "},-90,", "impossible"),
];

#[test]
fn a_whole_class_is_graded_at_once_and_whoever_cheats_is_named() {
    let class = folder("whole");
    let honest = handed_in(None, "student");
    let mut wanted = Vec::new();
    for i in 0..200 {
        let file = format!("s{i:03}.json");
        let mut text = honest.clone();
        if i % 20 == 7 {
            let (from, to, kind) = CHEATS[i / 20 % CHEATS.len()];
            text = honest.replacen(from, to, 1);
            assert_ne!(text, honest, "{kind}");
            wanted.push(format!("{file} {kind}"));
        }
        fs::write(class.join(file), text).expect("written");
    }
    let lesson = root("lessons/first-job").display().to_string();
    let output = kubestep(&["grade", &lesson, &class.display().to_string()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let reports = json::parse(&text(&output.stdout)).expect("JSON");
    // Another trace may take an answer's step with it; that is said too.
    let told = reports.items().iter().filter_map(|report| {
        let last = report["offences"].items().last()?["kind"].str();
        Some(format!("{} {last}", report["file"].str()))
    });
    assert_eq!(told.collect::<Vec<_>>(), wanted);
    assert_eq!(reports.items().iter().filter(|report| report["passed"].as_bool() == Some(true)).count(), 190);
}
