//! Storage: [`binder`] gives claims their volumes (`pkg/controller/volume`).
//!
//! Here, as in a cluster without a cloud, nobody makes volumes: a claim is served by a volume that a person made, or waits.

pub mod binder;
