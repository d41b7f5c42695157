//! Where a run or a submission comes from: a file, or a link (given by itself or in a file). Nothing of it is trusted, least
//! its size.

use kubestep::api::base64;
use kubestep::lessons::submission::{Refusal, Submission};
use kubestep::lessons::words;
use kubestep::playground::Playground;
use std::fs;
use std::path::Path;

/// A file that is handed in may have this many bytes.
const MOST_BYTES: u64 = 4 << 20;
/// A link may inflate to this many: what the page writes is never longer.
const MOST_TEXT: usize = 8 << 20;
/// The form of links that this program reads.
const PREFIX: &str = "#v1:";

/// What it is called: its file's name, or `link`.
pub fn name(path: &Path) -> String {
    if is_link(&path.to_string_lossy()) {
        return "link".into();
    }
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Its text.
pub fn read(path: &Path) -> Result<String, String> {
    let argument = path.to_string_lossy();
    if is_link(&argument) {
        return unlink(&argument);
    }
    let metadata = fs::metadata(path).map_err(|e| e.to_string())?;
    if !metadata.is_file() {
        return Err("it is no file".into());
    }
    if metadata.len() > MOST_BYTES {
        return Err(format!("it is too large: {} bytes, and the limit is {MOST_BYTES}", metadata.len()));
    }
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not text (UTF-8)")?;
    if is_link(text.trim()) { unlink(text.trim()) } else { Ok(text) }
}

/// The run in a file or a link, at the step where it was left; of a submission, its run.
pub fn run(path: &Path) -> Result<Playground, String> {
    let replayed = read(path).and_then(|text| {
        let submission = Submission::parse(&text).map_err(|refusal| told(&refusal))?;
        submission.run.replay().map_err(|error| told(&Refusal::Run(error)))
    });
    replayed.map_err(|message| format!("{}: {message}", name(path)))
}

/// Whether an argument names a run, rather than being a command line.
pub fn is_run(argument: &str) -> bool {
    is_link(argument) || Path::new(argument).is_file()
}

/// Whether a text is a link with something in it, of whatever version.
pub fn is_link(text: &str) -> bool {
    !text.contains(['\n', '{'])
        && text.split_once('#').is_some_and(|(_, hash)| {
            hash.strip_prefix('v').and_then(|rest| rest.split_once(':')).is_some_and(|(version, _)| {
                version.bytes().all(|b| b.is_ascii_digit()) && !version.is_empty()
            })
        })
}

/// Why it is refused, in words.
pub fn told(refusal: &Refusal) -> String {
    words::refusal(refusal, "en")
}

/// The run or the submission in a link.
fn unlink(link: &str) -> Result<String, String> {
    let Some((_, data)) = link.split_once(PREFIX) else {
        return Err("the link was made by a newer version of this program".into());
    };
    let broken = "the link is broken: it was cut off or changed";
    let mut data = data.replace('-', "+").replace('_', "/");
    while data.len() % 4 != 0 {
        data.push('=');
    }
    let bytes = base64::decode(&data).map_err(|_| broken)?;
    let text = miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, MOST_TEXT).map_err(|e| match e
        .status
    {
        miniz_oxide::inflate::TINFLStatus::HasMoreOutput => {
            format!("the link inflates to more than {MOST_TEXT} bytes")
        }
        _ => broken.to_owned(),
    })?;
    String::from_utf8(text).map_err(|_| broken.into())
}
