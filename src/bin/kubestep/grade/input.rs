//! What is handed in, as text: a file, or a link (given by itself or in a file). Nothing of it is trusted, least its size.

use kubestep::api::base64;
use std::fs;
use std::path::{Path, PathBuf};

/// A file that is handed in may have this many bytes.
const MOST_BYTES: u64 = 4 << 20;
/// A link may inflate to this many: what the page writes is never longer.
const MOST_TEXT: usize = 8 << 20;
/// The form of links that this program reads.
const PREFIX: &str = "#v1:";

/// The submissions that the arguments name: links, files, and all files of folders, in the order of their names.
pub fn list(arguments: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for argument in arguments {
        if is_link(&argument.to_string_lossy()) || !argument.is_dir() {
            found.push(argument.clone());
            continue;
        }
        let entries = fs::read_dir(argument).map_err(|e| format!("{}: {e}", argument.display()))?;
        let mut files: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|p| p.is_file()).collect();
        files.sort();
        found.extend(files);
    }
    Ok(found)
}

/// What a submission is called: its file's name, or `link`.
pub fn name(path: &Path) -> String {
    if is_link(&path.to_string_lossy()) {
        return "link".into();
    }
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The text of a submission.
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

fn is_link(text: &str) -> bool {
    !text.contains(['\n', '{'])
        && text.split_once('#').is_some_and(|(_, hash)| hash.starts_with('v') && hash.contains(':'))
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
