//! kubectl: command lines in, requests to the API server and upstream's words out.

pub mod describe;
