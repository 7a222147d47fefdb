# The Rust static library of native/, built by cargo outside the tree and only when its own files change.
set(ZERODB_NATIVE_TARGET_DIR "$ENV{HOME}/.cache/zerodb/native" CACHE PATH "cargo's target folder for native/")
set(native_archive ${ZERODB_NATIVE_TARGET_DIR}/release/libzerodb_native.a)
set(native_include ${ZERODB_NATIVE_TARGET_DIR}/include)
file(GLOB native_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/native/src/*.rs)
add_custom_command(
  OUTPUT ${native_archive}
  COMMAND ${CMAKE_COMMAND} -E env CARGO_TARGET_DIR=${ZERODB_NATIVE_TARGET_DIR} ZERODB_NATIVE_INCLUDE=${native_include}
          cargo build --release --locked --quiet --manifest-path ${PROJECT_SOURCE_DIR}/native/Cargo.toml
  # cargo leaves an archive that is up to date untouched; ninja wants to see it newer than its inputs.
  COMMAND ${CMAKE_COMMAND} -E touch ${native_archive}
  DEPENDS ${native_sources} ${PROJECT_SOURCE_DIR}/native/Cargo.toml ${PROJECT_SOURCE_DIR}/native/Cargo.lock
          ${PROJECT_SOURCE_DIR}/native/build.rs
  COMMENT "native: cargo build (about five minutes when cold)"
  USES_TERMINAL)
add_custom_target(zerodb_native_build DEPENDS ${native_archive})
add_library(third_party_zerodb_native INTERFACE)
add_dependencies(third_party_zerodb_native zerodb_native_build)
target_include_directories(third_party_zerodb_native SYSTEM INTERFACE ${native_include} ${PROJECT_SOURCE_DIR}/native/include)
target_link_libraries(third_party_zerodb_native INTERFACE ${native_archive} Threads::Threads ${CMAKE_DL_LIBS} m)
