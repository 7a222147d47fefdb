# third_party_zerodb_native: the Rust static library of native/ (wasmtime's C interface and the line editor).
#
# The archive and its headers live outside the tree, in a folder named by the hash of what they are made from. So cargo runs only
# when a file of native/ changes, and a fresh clone or a second build folder finds the archive that is already there.
set(ZERODB_NATIVE_CACHE "$ENV{HOME}/.cache/zerodb/native" CACHE PATH "Where native/ is built and its archives are kept")

file(GLOB_RECURSE native_files CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/native/src/*.rs ${PROJECT_SOURCE_DIR}/native/Cargo.* ${PROJECT_SOURCE_DIR}/native/build.rs)
list(SORT native_files)
set(native_hashes "")
foreach(native_file IN LISTS native_files)
  file(SHA256 ${native_file} native_hash)
  string(APPEND native_hashes ${native_hash})
endforeach()
string(SHA256 native_hash "${native_hashes}")
string(SUBSTRING ${native_hash} 0 16 native_hash)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${native_files})

set(native_output ${ZERODB_NATIVE_CACHE}/built/${native_hash})
set(native_archive ${native_output}/libzerodb_native.a)
# Compilers refuse include folders that do not exist yet.
file(MAKE_DIRECTORY ${native_output}/include)

add_custom_command(
  OUTPUT ${native_archive}
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${PROJECT_SOURCE_DIR}/native/Cargo.toml -DTARGET_DIR=${ZERODB_NATIVE_CACHE}
          -DOUTPUT=${native_output} -P ${PROJECT_SOURCE_DIR}/cmake/build_native.cmake
  COMMENT "native: cargo build (about six minutes on two cores when nothing is cached)"
  USES_TERMINAL VERBATIM)
add_custom_target(zerodb_native_build DEPENDS ${native_archive})

add_library(third_party_zerodb_native INTERFACE)
add_dependencies(third_party_zerodb_native zerodb_native_build)
target_include_directories(third_party_zerodb_native SYSTEM INTERFACE ${native_output}/include ${PROJECT_SOURCE_DIR}/native/include)
target_link_libraries(third_party_zerodb_native INTERFACE ${native_archive} Threads::Threads ${CMAKE_DL_LIBS} m)
