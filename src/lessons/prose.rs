//! [`Prose`]: a lesson's text in one language: Markdown, in which a heading that ends with `{#id}` begins the section of a
//! task, and a fenced block of the language `kubestep` is a live widget.
//!
//! ````text
//! ## Apply it {#apply}
//!
//! The Job controller has not seen your Job yet:
//!
//! ```kubestep
//! widget: loop
//! at:
//! - "@type kubectl apply -f job.yaml"
//! - "@step 2"
//! ```
//! ````
//!
//! Absent on purpose: Markdown itself, which is the page's.

use super::format::{Mistake, Reader, closest};
use super::lesson::{Lesson, lines};
use super::tables;
use crate::json::Str;
use crate::manifest::Place;
use crate::playground::script::{self, Line};

/// A lesson's text in one language.
#[derive(Clone, Debug)]
pub struct Prose {
    /// Which.
    pub language: Str,
    /// Its sections, in order. The first is what stands before the first task's.
    pub sections: Vec<Section>,
}

/// A part of the text: what is said before a task, or about one.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The task that it is about.
    pub task: Option<Str>,
    /// Its heading.
    pub title: Str,
    /// Text and widgets in order.
    pub parts: Vec<Part>,
}

/// A piece of a section.
#[derive(Clone, Debug)]
pub enum Part {
    /// Markdown.
    Text(Str),
    /// A live widget.
    Widget(Box<Widget>),
}

/// A live widget.
#[derive(Clone, Debug)]
pub struct Widget {
    /// `loop`, `step`, `objects`, `terminal`, `yaml`, `task`, `question`.
    pub kind: Str,
    /// A paused moment, as a script from the lesson's start; the learner's own run where it is empty.
    pub at: Vec<Line>,
    /// The task, question, file, command and what stands out; `""` where it is not said.
    pub task: Str,
    /// Which question.
    pub question: Str,
    /// Which file.
    pub file: Str,
    /// A command to run with one click.
    pub command: Str,
    /// What stands out.
    pub focus: Str,
    /// The line of the text where it stands.
    pub line: usize,
}

/// Reads a text. What is wrong with it comes beside it.
pub(super) fn read(
    language: &Str,
    file: &str,
    text: &str,
    tasks: &[&str],
    lesson: &Lesson,
) -> (Prose, Vec<Mistake>) {
    let mut sections = vec![Section::default()];
    let mut mistakes = Vec::new();
    let wrong = |line: usize, message: String| {
        let place = Place { line, column: 1, end_line: line, end_column: 1, byte: 0 };
        Mistake { file: file.into(), place, message }
    };
    let mut markdown = String::new();
    let mut fence: Option<(String, usize, bool)> = None;
    let mut block = String::new();
    for (i, line) in text.lines().enumerate() {
        let number = i + 1;
        if let Some((open, from, live)) = &fence {
            let closes = line.trim().starts_with(open.as_str())
                && line.trim().trim_start_matches(['`', '~']).is_empty();
            if !live {
                markdown.push_str(&format!("{line}\n"));
            } else if !closes {
                block.push_str(&format!("{line}\n"));
            } else {
                let (widget, wrong) = widget(file, &block, *from, lesson);
                mistakes.extend(wrong);
                if let Some(section) = sections.last_mut() {
                    flush(section, &mut markdown);
                    section.parts.extend(widget.map(|w| Part::Widget(Box::new(w))));
                }
                block.clear();
            }
            if closes {
                fence = None;
            }
            continue;
        }
        let marks = line.trim_start();
        let open: String = marks.chars().take_while(|c| marks.starts_with(*c)).collect();
        if open.len() >= 3 && open.starts_with(['`', '~']) {
            let live = marks[open.len()..].trim() == "kubestep";
            if !live {
                markdown.push_str(&format!("{line}\n"));
            }
            fence = Some((open, number, live));
            continue;
        }
        match heading(line) {
            Some((title, id)) => {
                if !tasks.contains(&id) {
                    let meant =
                        closest(id, tasks).map_or(String::new(), |m| format!("; did you mean {m:?}?"));
                    mistakes.push(wrong(number, format!("no task has the id {id:?}{meant}")));
                } else if sections.iter().any(|s| s.task.as_ref().is_some_and(|t| t == id)) {
                    mistakes.push(wrong(number, format!("there is a section about the task {id:?} already")));
                }
                if let Some(section) = sections.last_mut() {
                    flush(section, &mut markdown);
                }
                sections.push(Section { task: Some(id.into()), title: title.into(), parts: Vec::new() });
            }
            None => markdown.push_str(&format!("{line}\n")),
        }
    }
    if let Some((_, from, _)) = fence {
        mistakes.push(wrong(from, "this block is not closed".into()));
    }
    if let Some(section) = sections.last_mut() {
        flush(section, &mut markdown);
    }
    for task in tasks {
        if !sections.iter().any(|s| s.task.as_ref().is_some_and(|t| t == task)) {
            let message = format!("the task {task:?} has no section: a heading that ends with {{#{task}}}");
            mistakes.push(wrong(text.lines().count().max(1), message));
        }
    }
    (Prose { language: language.clone(), sections }, mistakes)
}

fn flush(section: &mut Section, markdown: &mut String) {
    if !markdown.trim().is_empty() {
        section.parts.push(Part::Text(markdown.as_str().into()));
    }
    markdown.clear();
}

/// `## Title {#id}`: its title and its id.
fn heading(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start_matches('#');
    if rest.len() == line.len() || !rest.starts_with(' ') {
        return None;
    }
    let (title, id) = rest.trim().strip_suffix('}')?.rsplit_once("{#")?;
    Some((title.trim(), id))
}

/// Reads a widget's block, which stands after `from` lines of a file.
pub fn widget(file: &str, text: &str, from: usize, lesson: &Lesson) -> (Option<Widget>, Vec<Mistake>) {
    let mut reader = match Reader::read(file, text, &tables::WIDGET, from) {
        Ok(reader) => reader,
        Err(mistake) => return (None, vec![mistake]),
    };
    let json = reader.document.value.clone();
    let text = |key: &str| Str::from(json[key].str());
    let mut at = Vec::new();
    for (path, line) in lines(&json["at"], "at") {
        match script::parse(line) {
            Ok(Some(Line::Other(words))) => {
                reader.wrong(&path, format!("there is no @{}", words.first().map_or("", |w| w)));
            }
            Ok(line) => at.extend(line),
            Err(message) => reader.wrong(&path, message),
        }
    }
    let kind = text("widget");
    let questions: Vec<&str> = lesson.questions().map(|(_, q)| q.id.as_str()).collect();
    let tasks: Vec<&str> = lesson.tasks.iter().map(|t| t.id.as_str()).collect();
    let files: Vec<&str> = lesson.tabs.iter().map(Str::as_str).collect();
    for (key, names) in [("question", &questions), ("task", &tasks), ("file", &files)] {
        let name = text(key);
        if !name.is_empty() && !names.contains(&name.as_str()) {
            let meant = closest(&name, names).map_or(String::new(), |m| format!("; did you mean {m:?}?"));
            reader.wrong(key, format!("there is no {key} {:?}{meant}", name.as_str()));
        }
    }
    if kind == "question" && text("question").is_empty() {
        reader.wrong("widget", "which question? question is missing");
    }
    let (task, question, file) = (text("task"), text("question"), text("file"));
    let (command, focus) = (text("command"), text("focus"));
    (Some(Widget { kind, at, task, question, file, command, focus, line: from }), reader.mistakes)
}
