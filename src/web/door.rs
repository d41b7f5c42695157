//! The `Playground` class that the page drives. Thin: every method turns names into engine values and back.

use super::heap::make_room;
use super::http::Follows;
use super::model::{
    Diagnostic, Diagnostics, Fault, FileText, Files, ObjectRef, PlaygroundOptions, RunEnd, RunProgress,
    RunUntil, StepLines, Terminal,
};
use super::{calendar, marks::Marks, names, objects, steps, terminal, view};
use crate::cluster::{self, Config};
use crate::json::Str;
use crate::playground::{self, Playground as Engine, RunError, RunFile, Until, diagnose};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// A file may have this many bytes.
const MOST_FILE: usize = 1 << 20;
/// A run's slice asks for the time after so many steps.
const STEPS_PER_LOOK: u32 = 4;
/// More nodes than this are not made.
const MOST_NODES: u32 = 100;
/// At most this many lines of history at once.
const MOST_LINES: u32 = 500;

/// One playground.
#[wasm_bindgen]
pub struct Playground {
    pub(super) engine: Engine,
    marks: Marks,
    pub(super) follows: Follows,
}

pub(super) fn fault(code: &str, message: impl Into<String>) -> JsValue {
    to_js(&Fault { code: code.into(), message: message.into(), line: None })
}

/// A model value as the page takes it. Plain data always converts.
pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or(JsValue::NULL)
}

/// What the page gives as a model value.
pub(super) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|e| fault("badName", e.to_string()))
}

pub(super) fn run_fault(error: &RunError) -> JsValue {
    match error {
        RunError::Newer(version) => fault("badVersion", version.to_string()),
        RunError::TooLarge => fault("tooLarge", "the run is too large"),
        RunError::NotJson(message) => fault("badRun", message.clone()),
        RunError::Malformed(place) => fault("badRun", *place),
        RunError::Impossible { branch, input } => fault("badRun", format!("{branch}: {input}")),
    }
}

impl Playground {
    /// A run that is there already.
    pub(super) fn over(engine: Engine) -> Playground {
        Playground { engine, marks: Marks::default(), follows: Follows::default() }
    }
}

#[wasm_bindgen]
impl Playground {
    /// A booted cluster.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "PlaygroundOptions")] options: JsValue,
    ) -> Result<Playground, JsValue> {
        let options: PlaygroundOptions = from_js(options)?;
        let files: playground::Files =
            options.files.iter().map(|f| (Str::from(&f.name), Str::from(&f.text))).collect();
        let config = Config::new(u64::from(options.seed), options.nodes.clamp(1, MOST_NODES) as usize);
        Ok(Playground {
            engine: Engine::new(config, files),
            marks: Marks::default(),
            follows: Follows::default(),
        })
    }

    /// A run that was exported.
    #[wasm_bindgen(js_name = importRun)]
    pub fn import_run(text: &str) -> Result<Playground, JsValue> {
        let engine = RunFile::parse(text).and_then(|run| run.replay()).map_err(|e| run_fault(&e))?;
        Ok(Playground { engine, marks: Marks::default(), follows: Follows::default() })
    }

    /// The run as text.
    #[wasm_bindgen(js_name = exportRun)]
    pub fn export_run(&self) -> String {
        self.engine.export()
    }

    /// What people wrote of the objects there are, as manifests that `kubectl apply` takes.
    pub fn manifests(&self) -> String {
        cluster::manifests(self.engine.desk().world())
    }

    /// The run's fingerprint: equal natively and here for the same seed and log.
    #[wasm_bindgen(js_name = traceHash)]
    pub fn trace_hash(&self) -> String {
        playground::trace_hash(&self.engine).to_string()
    }

    /// Everything that the control-loop view shows.
    #[wasm_bindgen(unchecked_return_type = "View")]
    pub fn view(&self, limit: u32) -> JsValue {
        to_js(&view::view(&self.engine, limit as usize))
    }

    /// The world before a step, its store as after the step's first `calls` calls.
    #[wasm_bindgen(js_name = viewInto, unchecked_return_type = "View")]
    pub fn view_into(&mut self, step: u32, calls: u32, limit: u32) -> JsValue {
        to_js(&view::view_into(&mut self.engine, step as usize, calls as usize, limit as usize))
    }

    /// Forward by one.
    pub fn step(&mut self, choice: Option<u32>) -> Result<(), JsValue> {
        let timeline = self.engine.timeline();
        let replay = choice.is_none() && timeline.position() < timeline.len();
        let record =
            if replay { self.engine.timeline_mut().redo() } else { self.engine.step(choice.unwrap_or(0)) };
        record.map(drop).ok_or_else(|| fault("notEnabled", ""))
    }

    /// Back by one.
    pub fn back(&mut self) {
        let position = self.engine.timeline().position();
        self.engine.timeline_mut().seek(position.saturating_sub(1));
    }

    /// To a position.
    pub fn seek(&mut self, step: u32) {
        self.engine.timeline_mut().seek(step as usize);
    }

    /// A slice of a run.
    #[wasm_bindgen(unchecked_return_type = "RunProgress")]
    pub fn run(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "RunUntil")] until: JsValue,
        budget_ms: f64,
    ) -> Result<JsValue, JsValue> {
        let until = self.until(from_js(until)?)?;
        let started = js_sys::Date::now();
        let progress = self.engine.run(&until, |steps| {
            if steps.is_multiple_of(STEPS_PER_LOOK) {
                make_room();
            }
            !steps.is_multiple_of(STEPS_PER_LOOK) || steps == 0 || js_sys::Date::now() - started < budget_ms
        });
        Ok(to_js(&RunProgress {
            end: match progress.end {
                playground::RunEnd::Budget => RunEnd::Budget,
                playground::RunEnd::Reached => RunEnd::Reached,
                playground::RunEnd::Idle => RunEnd::Idle,
                playground::RunEnd::Breakpoint => RunEnd::Breakpoint,
                playground::RunEnd::Loop => RunEnd::Loop,
            },
            steps: progress.steps,
            position: self.engine.timeline().position() as u32,
        }))
    }

    fn until(&self, until: RunUntil) -> Result<Until, JsValue> {
        let resolve = |object: &ObjectRef| {
            names::resolve(self.engine.desk().world(), object)
                .ok_or_else(|| fault("badName", object.resource.clone()))
        };
        Ok(match until {
            RunUntil::Idle => Until::Idle,
            RunUntil::ObjectChange { object: None } => Until::ObjectChange(None),
            RunUntil::ObjectChange { object: Some(object) } => Until::ObjectChange(Some(resolve(&object)?)),
            RunUntil::Event { reason } => Until::Event(reason.into()),
            RunUntil::Condition { object, condition, status } => {
                Until::Condition { object: resolve(&object)?, kind: condition.into(), status: status.into() }
            }
            RunUntil::Step { step } => Until::Position(step as usize),
            RunUntil::Time { ms } => Until::Time(self.engine.config().start + Duration::from_millis(ms)),
        })
    }

    /// The CronJobs' calendars.
    #[wasm_bindgen(unchecked_return_type = "Calendars")]
    pub fn calendars(&self) -> JsValue {
        to_js(&calendar::calendars(&self.engine))
    }

    /// Everything about one step.
    #[wasm_bindgen(js_name = stepRecord, unchecked_return_type = "StepView")]
    pub fn step_record(&mut self, step: u32) -> Result<JsValue, JsValue> {
        let view = steps::step(&mut self.engine, step as usize);
        view.map(|v| to_js(&v)).ok_or_else(|| fault("noSuchStep", step.to_string()))
    }

    /// Lines about some steps.
    #[wasm_bindgen(unchecked_return_type = "StepLines")]
    pub fn history(&self, from: u32, count: u32) -> JsValue {
        let steps = steps::history(&self.engine, from as usize, count.min(MOST_LINES) as usize);
        to_js(&StepLines { steps })
    }

    /// The current branch in at most `marks` marks.
    #[wasm_bindgen(unchecked_return_type = "TimelineView")]
    pub fn timeline(&mut self, marks: u32) -> JsValue {
        to_js(&self.marks.timeline(&self.engine, marks as usize))
    }

    /// To another branch, at its end.
    #[wasm_bindgen(js_name = switchBranch)]
    pub fn switch_branch(&mut self, id: u32) -> Result<(), JsValue> {
        let branch = self.engine.timeline().branches().get(id as usize);
        let length =
            branch.map(|b| b.entries().len()).ok_or_else(|| fault("noSuchBranch", id.to_string()))?;
        self.engine.timeline_mut().switch(id as usize, length);
        Ok(())
    }

    /// Names the current branch.
    #[wasm_bindgen(js_name = renameBranch)]
    pub fn rename_branch(&mut self, id: u32, name: &str) {
        self.engine.timeline_mut().rename(id as usize, name);
    }

    /// The files in the editor.
    #[wasm_bindgen(unchecked_return_type = "Files")]
    pub fn files(&self) -> JsValue {
        let file = |(name, text): (&Str, &Str)| FileText { name: name.to_string(), text: text.to_string() };
        to_js(&Files { files: self.engine.files().iter().map(file).collect() })
    }

    /// Writes a file.
    #[wasm_bindgen(js_name = setFile)]
    pub fn set_file(&mut self, name: &str, text: &str) -> Result<(), JsValue> {
        if text.len() > MOST_FILE {
            return Err(fault("tooLarge", name));
        }
        let part = |part: &str| part.is_empty() || part == "." || part == "..";
        if name.len() > 100 || name.contains(['\\', '\0', '\n', ' ']) || name.split('/').any(part) {
            return Err(fault("badName", name));
        }
        self.engine.set_file(name, Some(text));
        Ok(())
    }

    /// Removes a file.
    #[wasm_bindgen(js_name = removeFile)]
    pub fn remove_file(&mut self, name: &str) {
        self.engine.set_file(name, None);
    }

    /// Renames a file.
    #[wasm_bindgen(js_name = renameFile)]
    pub fn rename_file(&mut self, from: &str, to: &str) -> Result<(), JsValue> {
        let text = self.engine.files().get(from).map(Str::to_string).ok_or_else(|| fault("badName", from))?;
        self.set_file(to, &text)?;
        if from != to {
            self.remove_file(from);
        }
        Ok(())
    }

    /// What is wrong with a file.
    #[wasm_bindgen(unchecked_return_type = "Diagnostics")]
    pub fn diagnostics(&self, name: &str) -> JsValue {
        let text = self.engine.files().get(name).map_or("", |t| t.as_str());
        let found = diagnose(name, text, self.engine.desk().world());
        let view = |d: playground::Diagnostic| Diagnostic {
            line: d.place.line as u32,
            column: d.place.column as u32,
            end_line: d.place.end_line as u32,
            end_column: d.place.end_column as u32,
            severity: if d.warning { "warning" } else { "error" }.into(),
            message: d.message,
        };
        to_js(&Diagnostics { diagnostics: found.into_iter().map(view).collect() })
    }

    /// The commands as of the current position.
    #[wasm_bindgen(unchecked_return_type = "Terminal")]
    pub fn terminal(&self, from: u32) -> JsValue {
        to_js(&Terminal { entries: terminal::entries(&self.engine, from as usize) })
    }

    /// Types a command.
    pub fn command(&mut self, line: &str) -> u32 {
        self.engine.command(line);
        self.engine.terminal_entries().count() as u32 - 1
    }

    /// How often commands have written into the files: when it grows, the files are to be read anew.
    pub fn writings(&self) -> u32 {
        self.engine.writings()
    }

    /// Whether a text ends in the middle of a command.
    pub fn unfinished(&self, text: &str) -> bool {
        crate::shell::parser::unfinished(text)
    }

    /// Fails as a fault of the engine would: for the tests of what the page does then.
    pub fn fail(&self) {
        panic!("asked to fail")
    }

    /// Ctrl-C.
    pub fn interrupt(&mut self) {
        self.engine.interrupt();
    }

    /// How a line could go on.
    #[wasm_bindgen(unchecked_return_type = "Completion")]
    pub fn complete(&mut self, line: &str, cursor: u32) -> JsValue {
        to_js(&terminal::complete(&self.engine, line, cursor as usize))
    }

    /// The inspector's list.
    #[wasm_bindgen(unchecked_return_type = "Objects")]
    pub fn objects(&self, resource: &str, filter: &str, limit: u32) -> JsValue {
        to_js(&objects::list(&self.engine, resource, filter, limit as usize))
    }

    /// Everything about one object.
    #[wasm_bindgen(unchecked_return_type = "ObjectView")]
    pub fn object(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "ObjectRef")] object: JsValue,
    ) -> Result<JsValue, JsValue> {
        let object: ObjectRef = from_js(object)?;
        objects::object(&self.engine, &object).map(|v| to_js(&v)).ok_or_else(|| fault("badName", object.name))
    }

    /// An object's YAML at a revision.
    #[wasm_bindgen(js_name = objectAt)]
    pub fn object_at(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ObjectRef")] object: JsValue,
        revision: f64,
    ) -> Result<String, JsValue> {
        let object: ObjectRef = from_js(object)?;
        objects::at(&self.engine, &object, revision as u64).ok_or_else(|| fault("badName", object.name))
    }
}
