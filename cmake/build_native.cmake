# Script: builds native/ with cargo in TARGET_DIR and puts the archive and wasmtime's headers into OUTPUT, unless they are there.
set(archive ${OUTPUT}/libzerodb_native.a)
file(LOCK ${TARGET_DIR} DIRECTORY GUARD PROCESS TIMEOUT 3600)
if(EXISTS ${archive})
  return()
endif()
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env CARGO_TARGET_DIR=${TARGET_DIR} ZERODB_NATIVE_INCLUDE=${OUTPUT}/include
          cargo build --release --locked --manifest-path ${MANIFEST}
  RESULT_VARIABLE failure)
if(failure)
  message(FATAL_ERROR "native: cargo failed (${failure}); rustc 1.95 or newer and a reachable crate registry are needed")
endif()
# The copy appears under its name only when it is whole.
file(COPY_FILE ${TARGET_DIR}/release/libzerodb_native.a ${archive}.part)
file(RENAME ${archive}.part ${archive})
