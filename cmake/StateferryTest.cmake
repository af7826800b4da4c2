# stateferry_add_test(NAME SOURCES … [LIBRARIES …] [LABELS fast]): one GoogleTest executable.
# Labels: `fast` runs without network or JVM, in seconds; `full` needs more.
find_package(GTest REQUIRED)
include(GoogleTest)

function(stateferry_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABELS" "SOURCES;LIBRARIES")
  if(NOT arg_LABELS)
    set(arg_LABELS fast)
  endif()
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE stateferry_test_support ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${arg_LABELS} TIMEOUT 300)
endfunction()

# stateferry_add_transform_tests(uri scheme …), as stateferry_add_transforms() calls it: scheme_test.cpp and the others
# that there are, in one executable, with all transforms of the namespace to make by name.
function(stateferry_add_transform_tests name)
  list(TRANSFORM ARGN APPEND _test.cpp OUTPUT_VARIABLE tests)
  list(TRANSFORM tests PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  file(GLOB tests CONFIGURE_DEPENDS ${tests})
  if(tests)
    stateferry_add_test(${name}_transforms_test SOURCES ${tests} LIBRARIES stateferry_transform_${name}_objects)
  endif()
endfunction()
