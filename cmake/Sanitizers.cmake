# STATEFERRY_SANITIZE=address,undefined compiles everything with these sanitizers; a report ends the
# program, so that a test can't pass with one.
if(STATEFERRY_SANITIZE)
  add_compile_options(-fsanitize=${STATEFERRY_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  # With sanitizers GCC 12 sees uninitialised values in its own <regex>.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  add_link_options(-fsanitize=${STATEFERRY_SANITIZE})
endif()
