//! The page's door: the only place that knows wasm-bindgen.
//!
//! [`model`] is what the page may know. The page drives one `Playground`; `www/src/engine.ts` declares its methods as a
//! TypeScript interface and assigns the generated class to it, so that a missing method or another type is an error of
//! the page's build. A method that can fail throws a [`model::Fault`].
//!
//! ```ts
//! class Playground {
//!   constructor(options: PlaygroundOptions)
//!   static importRun(text: string): Playground // a run as exportRun gave it, of any version
//!   exportRun(): string                        // JSON; runs of default steps are counts, so it stays short
//!
//!   view(limit: number): View                  // lists carry at most `limit` items
//!   viewInto(step: number, calls: number, limit: number): View // "step into": the world before `step`, its store as after
//!                                              // the first `calls` calls of it
//!   step(choice?: number): void                // forward by one; in the past along the branch, unless another choice makes a new one
//!   back(): void
//!   seek(step: number): void
//!   run(until: RunUntil, budgetMs: number): RunProgress // one slice: along the branch to its end, then by default choices
//!   stepRecord(step: number): StepView         // 1..=length
//!   history(from: number, count: number): StepLines // steps from, from+1, … of this branch
//!   timeline(marks: number): TimelineView
//!   switchBranch(id: number): void             // to where it was left
//!   renameBranch(id: number, name: string): void
//!
//!   files(): Files
//!   setFile(name: string, text: string): void  // at most 1 MiB a file
//!   removeFile(name: string): void
//!   diagnostics(name: string): Diagnostics
//!
//!   terminal(from: number): Terminal           // entries with id >= from, as of the current position
//!   command(line: string): number              // the entry's id. In the past, one that writes makes a new branch; one that reads does not
//!   fail(): void                               // panics, for the tests of the page's recovery
//!   interrupt(): void                          // Ctrl-C for what runs in the foreground
//!   complete(line: string, cursor: number): Completion
//!
//!   objects(resource: string, filter: string, limit: number): Objects // empty resource: people's kinds, with what every cluster has apart
//!   object(object: ObjectRef): ObjectView
//!   objectAt(object: ObjectRef, revision: number): string // its YAML at that revision
//!
//!   calendars(): Calendars                     // the CronJobs: which runs there were, and which are to come
//!   mechanisms(): Mechanisms                   // what can be broken, switched and marked
//!   fault(words: string): void                 // `node-down node-2`, `expectations off`; one step
//!   toggleBreakpoint(controller: string, place: string): void // where run() stops: `job-controller`, `create-pods` or `addPod`
//!   request(method: string, target: string, headers: string[], body: string): HttpAnswer // a client's request; one that may write is a step
//!   watched(watch: number): HttpEvents         // what a watch has to tell since it was asked last
//!   unwatch(watch: number): void
//!   free(): void
//! }
//! ```
//!
//! Beside it stand the `Lesson` class (`lessons.rs`) and the `Class` class (`class.rs`).

pub mod calendar;
#[cfg(target_arch = "wasm32")]
mod class;
#[cfg(target_arch = "wasm32")]
mod door;
#[cfg(target_arch = "wasm32")]
mod heap;
#[cfg(target_arch = "wasm32")]
mod http;
#[cfg(target_arch = "wasm32")]
mod lessons;
pub mod marks;
#[cfg(target_arch = "wasm32")]
mod mechanisms;
pub mod model;
pub mod names;
pub mod objects;
#[cfg(target_arch = "wasm32")]
mod play;
pub mod steps;
pub mod terminal;
pub mod view;

/// This build's version, as in Cargo.toml.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen)]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
