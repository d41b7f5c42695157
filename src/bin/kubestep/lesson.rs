//! `kubestep lesson`: make, check and prove lessons.

use crate::handout;
use kubestep::json::Str;
use kubestep::lessons::lesson::Folder;
use kubestep::lessons::{Lesson, Mistake, proof, scaffold, schema};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A file of a lesson may have this many bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What `kubestep lesson` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Make a new lesson in a folder of its name.
    New {
        /// Its name: letters, digits and dashes.
        id: String,
        /// Where the folder is made.
        #[arg(long, default_value = ".")]
        within: PathBuf,
    },
    /// Read lessons and tell what is wrong with them, with line and column.
    Check {
        /// Their folders.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
    /// Prove lessons: the solution passes, the start does not, every hint can come.
    Test {
        /// Their folders.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
    },
    /// Run a script (the solution, where none is named) and print what would be handed in.
    Submit {
        /// The lesson's folder.
        folder: PathBuf,
        /// The script.
        #[arg(long)]
        script: Option<PathBuf>,
        /// Who hands it in.
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Write an exercise as one HTML file that works without any network.
    Page(handout::Arguments),
    /// Write an exercise as a SCORM 1.2 zip, for a learning platform.
    Scorm(handout::Arguments),
    /// Print the JSON Schema of lesson.yaml.
    Schema,
}

/// Runs it. 0: all is right; 1: something is wrong with a lesson; 2: there is no such lesson, or none can be made.
pub fn run(arguments: &Arguments) -> ExitCode {
    let (folders, prove) = match &arguments.command {
        Command::New { id, within } => return new(id, within),
        Command::Schema => {
            print!("{}", schema::text());
            return ExitCode::SUCCESS;
        }
        Command::Submit { folder, script, name } => return submit(folder, script.as_deref(), name),
        Command::Page(arguments) => return hand_out(arguments, false),
        Command::Scorm(arguments) => return hand_out(arguments, true),
        Command::Check { folders } => (folders, false),
        Command::Test { folders } => (folders, true),
    };
    let mut code = 0;
    for folder in folders {
        code = code.max(examine(folder, prove));
    }
    ExitCode::from(code)
}

fn new(id: &str, within: &Path) -> ExitCode {
    let simple = |id: &str| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if id.is_empty() || !simple(id) {
        eprintln!("kubestep lesson new: {id:?}: a lesson's name is made of a-z, 0-9 and dashes");
        return ExitCode::from(2);
    }
    let folder = within.join(id);
    if folder.exists() {
        eprintln!("kubestep lesson new: {} is there already", folder.display());
        return ExitCode::from(2);
    }
    for (path, text) in &scaffold::folder(id) {
        let path = folder.join(path.as_str());
        let made =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text.as_str()));
        if let Err(error) = made {
            eprintln!("kubestep lesson new: {}: {error}", path.display());
            return ExitCode::from(2);
        }
    }
    println!("{}: made; prove it with: kubestep lesson test {}", folder.display(), folder.display());
    ExitCode::SUCCESS
}

fn submit(folder: &Path, script: Option<&Path>, name: &str) -> ExitCode {
    let wrong = |message: String| {
        eprintln!("kubestep lesson submit: {message}");
        ExitCode::from(2)
    };
    let files = match read(folder) {
        Ok(files) => files,
        Err(message) => return wrong(message),
    };
    let lesson = match lesson(folder, &files) {
        Ok(lesson) => lesson,
        Err(mistakes) => {
            tell(folder, &mistakes);
            return ExitCode::from(1);
        }
    };
    let text = match script {
        Some(path) => match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return wrong(format!("{}: {error}", path.display())),
        },
        None => files.get("solution.txt").map(Str::to_string).unwrap_or_default(),
    };
    let file = script.map_or("solution.txt".into(), |path| path.display().to_string());
    match proof::hand_in(&lesson, &file, &text, name) {
        Ok(text) => println!("{text}"),
        Err(mistake) => {
            return wrong(format!("{}:{}: {}", mistake.file, mistake.place.line, mistake.message));
        }
    }
    ExitCode::SUCCESS
}

fn hand_out(arguments: &handout::Arguments, scorm: bool) -> ExitCode {
    let wrong = |message: String| {
        eprintln!("kubestep lesson: {message}");
        ExitCode::from(2)
    };
    let files = match read(&arguments.folder) {
        Ok(files) => files,
        Err(message) => return wrong(message),
    };
    let lesson = match lesson(&arguments.folder, &files) {
        Ok(lesson) => lesson,
        Err(mistakes) => {
            tell(&arguments.folder, &mistakes);
            return ExitCode::from(1);
        }
    };
    let made = handout::page(arguments, &lesson, &files).and_then(|page| {
        let bytes = if scorm { handout::scorm(arguments, &lesson, &page)? } else { page.into_bytes() };
        fs::write(&arguments.out, bytes).map_err(|e| format!("{}: {e}", arguments.out.display()))
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => wrong(message),
    }
}

fn examine(folder: &Path, prove: bool) -> u8 {
    let files = match read(folder) {
        Ok(files) => files,
        Err(message) => {
            eprintln!("kubestep lesson: {message}");
            return 2;
        }
    };
    let lesson = match lesson(folder, &files) {
        Ok(lesson) => lesson,
        Err(mistakes) => {
            tell(folder, &mistakes);
            return 1;
        }
    };
    if !prove {
        println!("{}: ok", folder.display());
        return 0;
    }
    let proof = proof::prove(&lesson, &files);
    tell(folder, &proof.mistakes);
    if !proof.mistakes.is_empty() {
        return 1;
    }
    let [tasks, hints, questions, moments] = proof.counts;
    println!(
        "{}: ok ({tasks} tasks, {hints} hints, {questions} questions, {moments} moments; solved in {} steps)",
        folder.display(),
        proof.steps
    );
    0
}

/// `FOLDER/lesson.yaml:12:3: what is wrong`.
pub fn tell(folder: &Path, mistakes: &[Mistake]) {
    for mistake in mistakes {
        let path = folder.join(&mistake.file);
        let (line, column) = (mistake.place.line, mistake.place.column);
        eprintln!("{}:{line}:{column}: {}", path.display(), mistake.message);
    }
}

/// Reads a lesson from a folder's files.
pub fn lesson(folder: &Path, files: &Folder) -> Result<Lesson, Vec<Mistake>> {
    let whole = fs::canonicalize(folder).ok();
    let name = whole.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    Lesson::read(files, name)
}

/// The files of a lesson's folder.
pub fn read(folder: &Path) -> Result<Folder, String> {
    let mut files = Folder::new();
    add(folder, "", &mut files)?;
    for below in ["start", "hints"] {
        let inner = folder.join(below);
        if inner.is_dir() {
            add(&inner, &format!("{below}/"), &mut files)?;
        }
    }
    Ok(files)
}

fn add(folder: &Path, prefix: &str, files: &mut Folder) -> Result<(), String> {
    let told = |path: &Path, error: String| format!("{}: {error}", path.display());
    for entry in fs::read_dir(folder).map_err(|e| told(folder, e.to_string()))? {
        let path = entry.map_err(|e| told(folder, e.to_string()))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !path.is_file() || name.starts_with('.') {
            continue;
        }
        let metadata = path.metadata().map_err(|e| told(&path, e.to_string()))?;
        if metadata.len() > MOST_BYTES {
            return Err(told(
                &path,
                format!("{} bytes, and a lesson's file has at most {MOST_BYTES}", metadata.len()),
            ));
        }
        let text = fs::read_to_string(&path).map_err(|e| told(&path, e.to_string()))?;
        files.insert(Str::from(format!("{prefix}{name}")), Str::from(text));
    }
    Ok(())
}
