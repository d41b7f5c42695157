//! `kubestep lesson page` and `kubestep lesson scorm`: an exercise to give out, as one HTML file with the engine in it, and as
//! the zip of that file which learning platforms take. They are made of the parts that the page's build leaves for this; the
//! page for authors makes the same (www/src/share/exercise-page.ts).

use kubestep::json::{Json, Str};
use kubestep::lessons::Lesson;
use kubestep::lessons::lesson::Folder;
use miniz_oxide::deflate::compress_to_vec;
use std::fs;
use std::path::{Path, PathBuf};

/// What both take.
#[derive(clap::Args)]
pub struct Arguments {
    /// The lesson's folder.
    pub folder: PathBuf,
    /// The file to write.
    #[arg(short, long)]
    pub out: PathBuf,
    /// The built page (`cargo xtask build` leaves it in www/dist).
    #[arg(long, default_value = "www/dist")]
    page: PathBuf,
    /// The language of its title.
    #[arg(long, default_value = "en")]
    lang: String,
}

/// The page with the lesson in it: what a learner needs, not how it is solved.
pub fn page(arguments: &Arguments, lesson: &Lesson, folder: &Folder) -> Result<String, String> {
    let given = |name: &str| name == "lesson.yaml" || name.starts_with("start/") || name.ends_with(".md");
    let files = folder.iter().filter(|(name, _)| given(name));
    let files: Json = files.map(|(name, text)| kubestep::json!({ "name": name, "text": text })).collect();
    let mut page = part(arguments, "exercise-page.txt")?;
    let half = |name: &str| fs::read(half(&arguments.page, name)?).map_err(|e| e.to_string());
    for (head, before, text) in [
        ("<title>", "Kubestep", escaped(lesson.title.in_language(&arguments.lang)).to_string()),
        (r#"id="kubestep-exercise">"#, "", files.to_string().replace('<', "\\u003c")),
        (r#"id="kubestep-module">"#, "", packed(&half("kubestep_bg-")?)),
        (r#"id="kubestep-second">"#, "", packed(&half("kubestep_second-")?)),
    ] {
        let place = format!("{head}{before}<");
        if !page.contains(&place) {
            return Err(format!("{}: it was built by another version", arguments.page.display()));
        }
        page = page.replacen(&place, &format!("{head}{text}<"), 1);
    }
    Ok(page)
}

/// The zip, with the manifest of SCORM 1.2 (the Content Packaging of the IMS, with ADL's names).
pub fn scorm(arguments: &Arguments, lesson: &Lesson, page: &str) -> Result<Vec<u8>, String> {
    let title = escaped(lesson.title.in_language(&arguments.lang));
    let manifest =
        part(arguments, "scorm-manifest.xml")?.replace("{id}", &lesson.id).replace("{title}", &title);
    Ok(zip(&[("imsmanifest.xml", manifest.as_bytes()), ("index.html", page.as_bytes())]))
}

fn part(arguments: &Arguments, name: &str) -> Result<String, String> {
    let path = arguments.page.join(name);
    fs::read_to_string(&path)
        .map_err(|e| format!("{}: {e} (--page says where the built page is)", path.display()))
}

/// Where a half of the engine's module lies among the page's files: how its name begins, for then comes a fingerprint.
fn half(page: &Path, name: &str) -> Result<PathBuf, String> {
    let assets = page.join("assets");
    let entries = fs::read_dir(&assets).map_err(|e| format!("{}: {e}", assets.display()))?;
    let is_it = |entry: &fs::DirEntry| {
        entry.file_name().to_str().is_some_and(|file| file.starts_with(name) && file.ends_with(".wasm"))
    };
    let mut found = entries.flatten().filter(is_it).map(|entry| entry.path());
    found
        .next()
        .ok_or_else(|| format!("{}: {name}*.wasm, of the engine's module, is not there", assets.display()))
}

/// As the page unpacks it (www/src/share/pack.ts): deflated, five letters for every four bytes.
fn packed(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 85] =
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#%()*+,-.:;=?@[]^_{|}~";
    let small = compress_to_vec(bytes, 9);
    let mut text = format!("{},{},", small.len(), bytes.len());
    for four in small.chunks(4) {
        let mut word = [0; 4];
        word[..four.len()].copy_from_slice(four);
        let mut n = u32::from_be_bytes(word);
        let mut five = [0; 5];
        for digit in five.iter_mut().rev() {
            *digit = LETTERS[(n % 85) as usize];
            n /= 85;
        }
        text.extend(five.iter().map(|letter| char::from(*letter)));
    }
    text
}

fn escaped(text: &str) -> Str {
    let escape = |c: char| match c {
        '&' | '<' | '>' | '"' => format!("&#{};", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(escape).collect::<String>().into()
}

/// A zip of deflated files, dated 1980, so that the same files give the same bytes (APPNOTE.TXT 6.3).
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    const DEFLATED: [u8; 2] = 8u16.to_le_bytes();
    const VERSION: [u8; 2] = 20u16.to_le_bytes();
    /// Midnight, 1 January 1980.
    const DATED: [u8; 4] = [0, 0, 0x21, 0];
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let small = compress_to_vec(bytes, 9);
        let sizes = [crc32(bytes), small.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
        let names = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        let offset = (zip.len() as u32).to_le_bytes();
        let about = [&[0, 0][..], &DEFLATED, &DATED, &sizes, &names].concat();
        zip.extend([b"PK\x03\x04", &VERSION[..], &about, name.as_bytes(), &small].concat());
        let here = [b"PK\x01\x02", &VERSION[..], &VERSION, &about, &[0; 10], &offset, name.as_bytes()];
        directory.extend(here.concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let places = [directory.len() as u32, zip.len() as u32].map(u32::to_le_bytes).concat();
    zip.extend([&directory[..], b"PK\x05\x06", &[0; 4], &count, &count, &places, &[0, 0]].concat());
    zip
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(!0, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_that_of_zips() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn packed_bytes_are_letters_that_mean_nothing_in_html() {
        let text = packed(&[0; 1000]);
        assert!(text.starts_with("1") && !text.contains(['<', '&', '"', '\'', '\\']), "{text}");
    }
}
