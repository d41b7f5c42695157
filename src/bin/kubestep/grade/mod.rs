//! `kubestep grade`: replays what was handed in on the teacher's own copy of a lesson, or looks at a cluster, and says what it is worth.

mod formats;
mod input;
mod remote;

use crate::lesson;
use crate::source::{self, told};
use kubestep::json::{Json, Str};
use kubestep::lessons::judge::grade;
use kubestep::lessons::submission::{Refusal, Submission};
use kubestep::lessons::{Lesson, Report};
use kubestep::playground::{Files, Playground};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What `kubestep grade` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of the lesson.
    exercise: PathBuf,
    /// What was handed in: files, folders of files, links.
    #[arg(required_unless_present = "kubeconfig", conflicts_with = "kubeconfig")]
    submissions: Vec<PathBuf>,
    /// Look at a cluster instead: the one that this kubeconfig names.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Which context of the kubeconfig; by default its current one.
    #[arg(long, requires = "kubeconfig")]
    context: Option<String>,
    /// The namespace that stands for the lesson's `default`.
    #[arg(long, requires = "kubeconfig", default_value = "default")]
    namespace: String,
    /// Look for so many seconds: checks of history are about these.
    #[arg(long = "for", value_name = "SECONDS", requires = "kubeconfig", default_value_t = 0)]
    seconds: u64,
    /// The form of the report.
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// Write a file for each submission (a single one for junit and csv) into this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The language of sentences in the forms of others; the native report has all of the lesson's.
    #[arg(long, default_value = "en")]
    lang: String,
    /// Exit with 1 when a submission does not pass.
    #[arg(long)]
    strict: bool,
    /// A submission may have so many steps.
    #[arg(long, default_value_t = 200_000)]
    most_steps: usize,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    /// The native report.
    Json,
    /// Gradescope's results.json.
    Gradescope,
    /// Exercism's results.json, version 3.
    Exercism,
    /// JUnit XML.
    Junit,
    /// A table.
    Csv,
}

/// What came of one submission.
pub struct Graded {
    /// What it is called.
    pub file: String,
    /// Its report, or why it cannot be read.
    pub result: Result<Report, String>,
}

/// Runs it. 0: it ran; 1: with --strict, not all passed; 2: something cannot be read.
pub fn run(arguments: &Arguments) -> ExitCode {
    let refuse = |message: String| {
        eprintln!("kubestep grade: {message}");
        ExitCode::from(2)
    };
    let files = match lesson::read(&arguments.exercise) {
        Ok(files) => files,
        Err(message) => return refuse(message),
    };
    let exercise = match lesson::lesson(&arguments.exercise, &files) {
        Ok(exercise) => exercise,
        Err(mistakes) => {
            lesson::tell(&arguments.exercise, &mistakes);
            return ExitCode::from(2);
        }
    };
    if let Some(kubeconfig) = &arguments.kubeconfig {
        let graded = match remote::grade(&exercise, kubeconfig, arguments) {
            Ok(graded) => graded,
            Err(message) => return refuse(message),
        };
        let passed = graded.result.as_ref().is_ok_and(Report::passed);
        return match write(arguments, &exercise, &[graded]) {
            Err(message) => refuse(message),
            Ok(()) => ExitCode::from(u8::from(arguments.strict && !passed)),
        };
    }
    let begun = match exercise.begin() {
        Ok(begun) => begun,
        Err(message) => return refuse(format!("the lesson's start cannot be run: {message}")),
    };
    let submissions = match input::list(&arguments.submissions) {
        Ok(submissions) => submissions,
        Err(message) => return refuse(message),
    };
    let booted = Playground::new(exercise.config.clone(), Files::new());
    let one = |path: &Path| Graded {
        file: source::name(path),
        result: source::read(path).and_then(|text| {
            let handed = Submission::parse(&text).map_err(|refusal| told(&refusal))?;
            grade(&exercise, &booted, &begun, &handed, arguments.most_steps)
                .map_err(|error| told(&Refusal::Run(error)))
        }),
    };
    let all = in_parallel(&submissions, &one);
    if let Err(message) = write(arguments, &exercise, &all) {
        return refuse(message);
    }
    for graded in &all {
        if let Err(message) = &graded.result {
            eprintln!("kubestep grade: {}: {message}", graded.file);
        }
    }
    let passed = |graded: &Graded| graded.result.as_ref().is_ok_and(Report::passed);
    if all.iter().any(|graded| graded.result.is_err()) {
        ExitCode::from(2)
    } else if arguments.strict && !all.iter().all(passed) {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

/// All at once, on every core; in the order in which they were given.
fn in_parallel(paths: &[PathBuf], one: &(dyn Fn(&Path) -> Graded + Sync)) -> Vec<Graded> {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(paths.len());
    let work = || {
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(i) else { break done };
            // Whatever one submission does to the program, the others are graded.
            let graded = catch_unwind(AssertUnwindSafe(|| one(path)));
            let failed =
                |_| Graded { file: source::name(path), result: Err("the program failed on it".into()) };
            done.push((i, graded.unwrap_or_else(failed)));
        }
    };
    let mut all: Vec<(usize, Graded)> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).flatten().collect()
    });
    all.sort_by_key(|(i, _)| *i);
    all.into_iter().map(|(_, graded)| graded).collect()
}

fn write(arguments: &Arguments, exercise: &Lesson, all: &[Graded]) -> Result<(), String> {
    let language = arguments.lang.as_str();
    let each = |graded: &Graded| -> Json {
        match arguments.format {
            Format::Gradescope => formats::gradescope(graded, exercise, language),
            Format::Exercism => formats::exercism(graded, exercise, language),
            _ => formats::native(graded, &exercise.languages),
        }
    };
    let whole = match arguments.format {
        Format::Junit => Some(("report.xml", formats::junit(all, exercise, language))),
        Format::Csv => Some(("report.csv", formats::csv(all, exercise, language))),
        _ => None,
    };
    let Some(out) = &arguments.out else {
        match (whole, all) {
            (Some((_, text)), _) => print!("{text}"),
            (None, [one]) => println!("{}", each(one)),
            (None, all) if arguments.format == Format::Json => {
                println!("{}", all.iter().map(each).collect::<Json>());
            }
            _ => {
                return Err(
                    "this form is for one submission: with several, say where with --out FOLDER".into()
                );
            }
        }
        return Ok(());
    };
    let put = |name: &str, text: &str| {
        let path = out.join(name);
        fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))
    };
    fs::create_dir_all(out).map_err(|e| format!("{}: {e}", out.display()))?;
    if let Some((name, text)) = whole {
        return put(name, &text);
    }
    let mut taken: Vec<Str> = Vec::new();
    for graded in all {
        let stem = graded.file.strip_suffix(".json").unwrap_or(&graded.file);
        let same = taken.iter().filter(|name| **name == *stem).count();
        taken.push(stem.into());
        let name = if same == 0 { format!("{stem}.json") } else { format!("{stem}-{}.json", same + 1) };
        put(&name, &format!("{}\n", each(graded)))?;
    }
    Ok(())
}
