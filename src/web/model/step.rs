//! One step: who did what, through which phases, with which API calls, and why.

use super::{ActionView, Actor, Listed, NamedValue, ObjectRef};
use serde::Serialize;

outward! {
    /// One line about a step: for causes, for the list of steps.
    pub struct StepLine {
        /// Its number.
        pub step: u32,
        /// When.
        pub at_ms: u64,
        /// Who acted.
        pub actor: Actor,
        /// What was done.
        pub action: ActionView,
        /// Writes to the store in it.
        pub writes: u32,
    }
}

outward! {
    /// Everything about one step.
    pub struct StepView {
        /// Number, time, actor, action.
        pub line: StepLine,
        /// The phases that were reached, in order.
        pub notes: Vec<NoteView>,
        /// The API calls that were made, in order.
        pub calls: Vec<CallView>,
        /// The steps without which this one would not have happened.
        pub causes: Vec<StepLine>,
        /// The steps so far that this one caused.
        pub effects: Listed<StepLine>,
    }
}

outward! {
    /// A phase of a component's work. The page's sentence for it is the Fluent message `note-<phase>`:
    /// `note-read-cache`, `note-manage-pods`, `note-filter`, … A phase without a message is shown by its name and values.
    pub struct NoteView {
        /// Which phase.
        pub phase: String,
        /// What it found.
        pub values: Vec<NamedValue>,
        /// How many of the step's API calls were made before it.
        pub calls_before: u32,
    }
}

outward! {
    /// One API call.
    pub struct CallView {
        /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`
        pub verb: String,
        /// On what; a list or a `generateName` create that failed has an empty name.
        pub object: ObjectRef,
        /// `status`, `binding`, `log` or empty.
        pub subresource: String,
        /// HTTP status.
        pub code: u16,
        /// `reason` of a failed call: `Conflict`, …
        pub reason: String,
        /// `message` of a failed call, in the server's words.
        pub message: String,
        /// The store's revision before it.
        pub revision_before: u64,
        /// The store's revision after it.
        pub revision_after: u64,
        /// What it changed in the object. At most 200 lines.
        pub diff: Vec<Change>,
        /// What the server added to an object that was sent to be created, or made otherwise: names, defaults, and what admission
        /// and the kind's strategy put in. At most 200 lines.
        pub filled_in: Vec<Change>,
    }
}

outward! {
    /// One changed field of an object.
    pub struct Change {
        /// `status.conditions[0].type`
        pub path: String,
        /// Before, as YAML; none when it was absent.
        pub before: Option<String>,
        /// After, as YAML; none when it was removed.
        pub after: Option<String>,
    }
}

outward! {
    /// A stretch of a branch.
    pub struct StepLines {
        /// The steps, in order.
        pub steps: Vec<StepLine>,
    }
}
