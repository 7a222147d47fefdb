# Compiles through ccache, set up so that a clone at another path finds what an earlier clone compiled: paths below the tree are
# hashed relative to it and the objects name no folder above it.
find_program(ZERODB_CCACHE ccache)
if(ZERODB_CCACHE)
  set(launcher env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${ZERODB_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
