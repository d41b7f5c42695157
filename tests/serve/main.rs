//! `kubestep serve` as clients see it that nobody here wrote: kubectl, the Rust crate `kube`, the Python package `kubernetes`.

// Tests of a program that lives in the real world do so too.
#![allow(clippy::disallowed_methods)]

mod cluster;
mod crates;
mod differential;
mod edges;
mod kubectl;
mod python;
mod served;
mod streams;
mod venv;
mod wire;
