// The text form of a WebAssembly module, for people to read.
//
// A C interface over the Rust crate wasmprinter, built into the archive of native/. May be called by any thread.
#ifndef ZERODB_WASM_TEXT_H
#define ZERODB_WASM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Calls `emit` once with `sink` and the text, which is UTF-8 and valid during the call. False, without a call, for bytes that are no
// module.
bool zerodb_wasm_text(const uint8_t* bytes, size_t length, void* sink, void (*emit)(void* sink, const char* text, size_t length));

#ifdef __cplusplus
}
#endif

#endif
