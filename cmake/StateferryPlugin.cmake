# The functions that build plugins, in this tree and out of it (find_package(stateferry) gives both).
#
#   stateferry_add_codec(v8 SOURCES codec.cpp)
#   stateferry_add_transforms(acme VERSION 1.0.0 TRANSFORMS tenant_path …)
#   stateferry_add_storage(vault SOURCES vault.cpp)
#
# The name of a codec is `v` and its format version; the name of a transform plugin is its namespace. Each name behind
# TRANSFORMS is a file: tenant_path.cpp declares acme.tenant-path. SOURCES of it are what several of them share.
# Each becomes one module, such as stateferry_codec_v8.so or stateferry_transform_acme.so: the file
# name carries kind and name, so that a run opens only what it needs.

set(STATEFERRY_PLUGIN_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

# Writes DIRECTORY/stateferry/plugin/header_digests.hpp: the digest of each header below INCLUDE_DIR that
# plugins can see, for the handshake. Host and plugin each take them of the headers that they are compiled
# against, so they are never installed. A header that is edited, added or removed configures the build anew.
function(stateferry_write_header_digests include_dir directory)
  set(root ${include_dir}/stateferry)
  file(GLOB_RECURSE headers RELATIVE ${root} CONFIGURE_DEPENDS ${root}/*.hpp)
  # Only host programs see host/; what lies in codecs/ is linked into the plugin whole; sdk/ is C, with versions.
  list(FILTER headers EXCLUDE REGEX "^(host|codecs|sdk)/")
  list(SORT headers)
  set(lines "")
  foreach(header IN LISTS headers)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${root}/${header})
    file(SHA256 ${root}/${header} digest)
    string(SUBSTRING ${digest} 0 16 digest)
    string(APPEND lines "\n    \"${header} ${digest}\\n\"")
  endforeach()
  file(CONFIGURE OUTPUT ${directory}/stateferry/plugin/header_digests.hpp @ONLY CONTENT
[[// Made by stateferry_write_header_digests (StateferryPlugin.cmake).
#pragma once

// An error here says that another copy of the headers comes first in the include path: not the one
// whose digests follow.
#include "@root@/plugin/abi.hpp"

namespace stateferry {

/// What the headers say that this was compiled against: a line `NAME DIGEST` for each.
inline constexpr char kHeaderDigests[] =@lines@;

}  // namespace stateferry
]])
endfunction()

function(_stateferry_add_plugin kind name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "SOURCES;LIBRARIES")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "plugin ${name}: SOURCES is missing")
  endif()
  set(target stateferry_${kind}_${name})
  # Compiled once, for the module and for the plugin's own tests: a module can't be linked.
  add_library(${target}_objects OBJECT ${arg_SOURCES})
  # None of its objects may be older than the digests that the plugin shows.
  set_property(SOURCE ${arg_SOURCES} APPEND PROPERTY OBJECT_DEPENDS
    ${STATEFERRY_DIGESTS_DIR}/stateferry/plugin/header_digests.hpp)
  target_compile_features(${target}_objects PUBLIC cxx_std_20)
  set_target_properties(${target}_objects PROPERTIES
    POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${target}_objects PUBLIC stateferry::framework ${arg_LIBRARIES})
  add_library(${target} MODULE)
  target_link_libraries(${target} PRIVATE ${target}_objects)
  # Whoever loads a plugin has the library already, so it needs no RPATH for it, in which the loader would look for all
  # its other libraries first: ours have none, one from outside has what CMAKE_INSTALL_RPATH says. From the start, or
  # CMake would pad the RPATH of a build with colons for the installation: an empty element is the working directory.
  set_target_properties(${target} PROPERTIES PREFIX "" BUILD_WITH_INSTALL_RPATH ON)
  if(DEFINED STATEFERRY_PLUGIN_SUBDIR)
    set_target_properties(${target} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_LIBRARY_OUTPUT_DIRECTORY}/${STATEFERRY_PLUGIN_SUBDIR}
      INSTALL_RPATH "")
  endif()
  # A plugin with a missing symbol must not link, rather than die in the middle of a run. The
  # sanitizers' runtime lives in the executable under Clang, so it can't be asked there.
  if(NOT STATEFERRY_SANITIZE)
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  set_property(GLOBAL APPEND PROPERTY STATEFERRY_PLUGIN_TARGETS ${target})
  # Exported is the entry function and nothing else; else inline statics keep the library mapped.
  set(exports ${STATEFERRY_PLUGIN_CMAKE_DIR}/plugin-exports.map)
  target_link_options(${target} PRIVATE -Wl,--version-script=${exports})
  set_target_properties(${target} PROPERTIES LINK_DEPENDS ${exports})
endfunction()

function(stateferry_add_codec name)
  if(NOT name MATCHES "^v[0-9]+$")
    message(FATAL_ERROR "a codec is named v<format version>, not '${name}'")
  endif()
  _stateferry_add_plugin(codec ${name} ${ARGN})
  target_link_libraries(stateferry_codec_${name}_objects PUBLIC stateferry::codec_grammar)
endfunction()

function(stateferry_add_transforms name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "VERSION" "TRANSFORMS;SOURCES;LIBRARIES")
  if(NOT name MATCHES "^[a-z][a-z0-9-]*$")
    message(FATAL_ERROR "a transform namespace is [a-z][a-z0-9-]*, not '${name}'")
  endif()
  if(NOT arg_VERSION MATCHES "^[0-9]+(\\.[0-9]+)*([-+][0-9A-Za-z.+-]+)?$")
    message(FATAL_ERROR "transforms ${name}: VERSION is one such as 1.0.0, not '${arg_VERSION}'")
  endif()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "transforms ${name}: VERSION, TRANSFORMS, SOURCES and LIBRARIES are known, "
      "not '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if("${arg_TRANSFORMS}" STREQUAL "")
    message(FATAL_ERROR "transforms ${name}: TRANSFORMS is missing: the files that declare them, without .cpp")
  endif()
  set(plugin ${CMAKE_CURRENT_BINARY_DIR}/stateferry_transform_${name}.cpp)
  configure_file(${STATEFERRY_PLUGIN_CMAKE_DIR}/transform_plugin.cpp.in ${plugin} @ONLY)
  list(TRANSFORM arg_TRANSFORMS APPEND .cpp OUTPUT_VARIABLE sources)
  _stateferry_add_plugin(transform ${name} SOURCES ${sources} ${arg_SOURCES} ${plugin} LIBRARIES ${arg_LIBRARIES})
  # In stateferry's tree, where tests are built: a file beside each.
  if(COMMAND stateferry_add_transform_tests)
    stateferry_add_transform_tests(${name} ${arg_TRANSFORMS})
  endif()
endfunction()

function(stateferry_add_storage name)
  if(NOT name MATCHES "^[a-z][a-z0-9-]*$")
    message(FATAL_ERROR "a storage is named [a-z][a-z0-9-]*, not '${name}'")
  endif()
  _stateferry_add_plugin(storage ${name} ${ARGN})
endfunction()
