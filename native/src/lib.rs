//! The one Rust static library of zerodb. `pub use` keeps every exported symbol of the C interface in the archive.
pub use wasmtime_c_api::*;
