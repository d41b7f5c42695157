//! [`CallFault`]: how a call to the API server goes wrong when somebody wants it to.

use crate::api::{Reason, Request, Status};

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallFault {
    /// The server's store does not answer in time, and nothing is written.
    Error,
    /// Somebody else wrote the object first.
    Conflict,
    /// The caller dies before it makes the call: this one and all after it do not happen, and its memory is lost.
    Crash,
}

impl CallFault {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            CallFault::Error => "error",
            CallFault::Conflict => "conflict",
            CallFault::Crash => "crash",
        }
    }

    /// The one of a word.
    pub fn parse(word: &str) -> Option<CallFault> {
        [CallFault::Error, CallFault::Conflict, CallFault::Crash].into_iter().find(|f| f.name() == word)
    }

    /// What the caller is told.
    pub fn status(self, request: &Request) -> Status {
        match self {
            CallFault::Error => Status::new(Reason::InternalError, "etcdserver: request timed out"),
            CallFault::Conflict => Status::modified(&request.resource, &request.name),
            CallFault::Crash => Status::new(Reason::ServiceUnavailable, "the process has died"),
        }
    }
}
