# Installation: the binary, the library, plugins, sample rules; headers and a package for plugin
# authors. The installed tree may be moved: everything finds the rest from its own place.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/stateferry)
get_property(plugins GLOBAL PROPERTY STATEFERRY_PLUGIN_TARGETS)

install(TARGETS stateferry_cli
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
install(TARGETS stateferry EXPORT stateferryTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development)
install(TARGETS ${plugins}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/${STATEFERRY_PLUGIN_SUBDIR} COMPONENT runtime)
install(DIRECTORY rules/samples/
  DESTINATION ${CMAKE_INSTALL_DATADIR}/stateferry/rules COMPONENT runtime
  FILES_MATCHING PATTERN *.yaml PATTERN _metadata)
install(DIRECTORY ${CMAKE_BINARY_DIR}/share/
  DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT runtime)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
# Of what the page of `inspect --html` is made with.
install(FILES cli/page/generated/LICENSES.txt
  DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSES-page.txt COMPONENT runtime)

# For plugin authors: find_package(stateferry).
install(TARGETS stateferry_codec_grammar EXPORT stateferryTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY framework/include/ plugins/codecs/common/include/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN *.hpp PATTERN *.h)
install(EXPORT stateferryTargets NAMESPACE stateferry::
  DESTINATION ${package_dir} COMPONENT development)
configure_package_config_file(cmake/stateferryConfig.cmake.in stateferryConfig.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
# What a plugin's source may rely on. Whether a binary fits is asked of the plugin when it is loaded.
write_basic_package_version_file(stateferryConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/stateferryConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/stateferryConfigVersion.cmake
  cmake/StateferryPlugin.cmake
  cmake/plugin-exports.map
  cmake/transform_plugin.cpp.in
  DESTINATION ${package_dir} COMPONENT development)
configure_file(cmake/stateferry.pc.in stateferry.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/stateferry.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
