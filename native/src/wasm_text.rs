//! Shows a WebAssembly module as text; see include/zerodb_wasm_text.h.

use std::ffi::{c_char, c_void};

/// # Safety
/// `bytes` points to `length` bytes; `emit` may be called with `sink`.
#[no_mangle]
pub unsafe extern "C" fn zerodb_wasm_text(
    bytes: *const u8,
    length: usize,
    sink: *mut c_void,
    emit: extern "C" fn(*mut c_void, *const c_char, usize),
) -> bool {
    let module = std::slice::from_raw_parts(bytes, length);
    let Ok(text) = wasmprinter::print_bytes(module) else {
        return false;
    };
    emit(sink, text.as_ptr().cast(), text.len());
    true
}
