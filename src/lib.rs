//! Kubestep: a Kubernetes control plane that runs whole inside a web page.
//!
//! The modules stand in the order data flows; ARCHITECTURE.md tells how.

pub mod collections;
pub mod json;
pub mod regex;
pub mod shell;
pub mod sim;

pub mod api;
pub mod apiserver;
pub mod cel;
pub mod client;
pub mod controllers;
pub mod http;
pub mod kubectl;
pub mod kubelet;
pub mod manifest;
pub mod scheduler;

pub mod cluster;
pub mod playground;

pub mod lessons;

#[cfg(not(target_arch = "wasm32"))]
pub mod conformance;
pub mod web;
