//! Files, the terminal, objects with their revisions, and faults.

use super::{Actor, Change, Listed, ObjectRef};
use serde::{Deserialize, Serialize};

/// A file beside the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FileText {
    /// `job.yaml`
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// How a playground starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PlaygroundOptions {
    /// The same seed and the same actions give the same run.
    pub seed: u32,
    /// How many nodes.
    pub nodes: u32,
    /// The files beside the terminal.
    pub files: Vec<FileText>,
    /// APIs that are switched off (`batch/v1=false`), as kube-apiserver's `--runtime-config` says it.
    #[serde(default)]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub runtime_config: String,
}

outward! {
    /// A fault in a file, found without applying it.
    pub struct Diagnostic {
        /// From 1.
        pub line: u32,
        /// From 1, in UTF-16 code units.
        pub column: u32,
        /// Where it ends.
        pub end_line: u32,
        /// Exclusive.
        pub end_column: u32,
        /// `error` or `warning`
        pub severity: String,
        /// In the server's or kubectl's words.
        pub message: String,
    }
}

outward! {
    /// One command in the terminal and what it printed as of the current position.
    pub struct TerminalEntry {
        /// Counts up; an entry keeps its id.
        pub id: u32,
        /// As typed.
        pub line: String,
        /// The position at which it was typed.
        pub step: u32,
        /// What it printed. At most the last 2,000 segments.
        pub output: Vec<Segment>,
        /// Its exit code once it has ended.
        pub exit: Option<i32>,
        /// It is still printing (`-w`, `-f`), or waits.
        pub running: bool,
    }
}

outward! {
    /// A piece of a command's output.
    pub struct Segment {
        /// The text, with its newlines.
        pub text: String,
        /// It came by standard error.
        pub error: bool,
        /// The object that this piece names, to be made a link.
        pub object: Option<ObjectRef>,
    }
}

outward! {
    /// How a command line could go on.
    pub struct Completion {
        /// Where in the line (UTF-16) the completed word begins.
        pub from: u32,
        /// The words that fit, sorted. At most 50.
        pub words: Vec<String>,
    }
}

outward! {
    /// One row of the inspector's list.
    pub struct ObjectRow {
        /// Which.
        pub object: ObjectRef,
        /// kubectl's columns after NAME and before AGE.
        pub columns: Vec<Cell>,
        /// When it was created.
        pub created_ms: u64,
        /// Its revision.
        pub revision: u64,
    }
}

outward! {
    /// A cell of kubectl's table.
    pub struct Cell {
        /// `STATUS`
        pub header: String,
        /// `Complete`
        pub text: String,
    }
}

outward! {
    /// Everything about one object.
    pub struct ObjectView {
        /// Which.
        pub object: ObjectRef,
        /// It is there at this position (else this is what it was last).
        pub exists: bool,
        /// As `kubectl get -o yaml` prints it.
        pub yaml: String,
        /// As `kubectl describe` prints it.
        pub describe: String,
        /// The events about it, oldest first.
        pub events: Vec<EventView>,
        /// Its revisions, newest first.
        pub revisions: Listed<RevisionView>,
    }
}

outward! {
    /// An Event.
    pub struct EventView {
        /// `Normal` or `Warning`
        pub kind: String,
        /// `SuccessfulCreate`
        pub reason: String,
        /// Who reported it.
        pub from: String,
        /// In words, by the reporter.
        pub message: String,
        /// How often.
        pub count: u32,
        /// When last.
        pub last_ms: u64,
    }
}

outward! {
    /// One revision of an object.
    pub struct RevisionView {
        /// The store's revision.
        pub revision: u64,
        /// `create`, `update`, `patch`, `delete`
        pub verb: String,
        /// `status`, `binding` or empty.
        pub subresource: String,
        /// Who wrote it.
        pub actor: Actor,
        /// In which step.
        pub step: u32,
        /// What it changed.
        pub diff: Vec<Change>,
    }
}

outward! {
    /// What a user's mistake looks like when a method throws.
    pub struct Fault {
        /// `badRun`, `badVersion`, `tooLarge`, `badName`, `noSuchStep`, `noSuchBranch`, `notEnabled`
        pub code: String,
        /// In words (English), for what has no code of its own.
        pub message: String,
        /// Where, if it has a place.
        pub line: Option<u32>,
    }
}

outward! {
    /// The inspector's list.
    pub struct Objects {
        /// The rows.
        pub rows: Listed<ObjectRow>,
        /// What every cluster has and nobody asked for, where no kind was asked for: nodes, the namespaces of the system and
        /// what is in them, each namespace's `kube-root-ca.crt` and service account.
        pub machinery: Listed<ObjectRow>,
    }
}

outward! {
    /// All files, in the order of their names.
    #[derive(Deserialize)]
    pub struct Files {
        /// The files.
        pub files: Vec<FileText>,
    }
}

outward! {
    /// A file's faults, by line.
    pub struct Diagnostics {
        /// The faults.
        pub diagnostics: Vec<Diagnostic>,
    }
}

outward! {
    /// What was typed and printed.
    pub struct Terminal {
        /// In the order of their ids.
        pub entries: Vec<TerminalEntry>,
    }
}
