//! The one Rust static library of zerodb. `pub use` keeps every exported symbol of wasmtime's C interface in the archive.

pub mod line_editor;
#[cfg(feature = "wasmtime")]
pub mod wasm_text;

#[cfg(feature = "wasmtime")]
pub use wasmtime_c_api::*;
