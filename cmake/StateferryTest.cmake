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
