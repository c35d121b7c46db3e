//! A stand-in Data Forge server on real sockets, for tests and demonstrations.
//!
//! [`wire_fixture`] reads the exchanges of `tests/fixtures/wire`, which this server and the client are both tested
//! against.

pub mod wire_fixture;
