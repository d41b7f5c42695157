//! Commands against a small fake of the API server.
