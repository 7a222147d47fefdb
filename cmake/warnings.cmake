# The only place for compiler flags that concern every library.
set(ZERODB_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough)
if(ZERODB_WERROR)
  list(APPEND ZERODB_WARNINGS -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside its own library when std::expected or std::string is inlined.
  list(APPEND ZERODB_WARNINGS -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # std::stable_sort of g++ 12's library calls what that library itself deprecates.
  list(APPEND ZERODB_WARNINGS -Wno-deprecated-declarations)
endif()

if(ZERODB_SANITIZE)
  add_compile_options(-fsanitize=${ZERODB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ZERODB_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND ZERODB_SANITIZE MATCHES "undefined")
    # These check every use of a pointer and take a third of the whole compile time. A null pointer ends the process under
    # AddressSanitizer anyway, and the fuzz targets, which clang compiles, are built with all of them.
    add_compile_options(-fno-sanitize=null,alignment,object-size,vptr,pointer-overflow,nonnull-attribute,returns-nonnull-attribute)
  endif()
endif()
if(ZERODB_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# The Rust archive holds more than an executable uses.
add_link_options(-Wl,--gc-sections)
