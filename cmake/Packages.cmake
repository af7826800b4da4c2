# Debian packages by CPack: `stateferry` is the component runtime, `stateferry-dev` the component development.
# scripts/package.sh builds them.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME stateferry)
set(CPACK_PACKAGE_VENDOR stateferry)
set(CPACK_PACKAGE_CONTACT "stateferry maintainers <maintainers@stateferry.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/FinishDebian.cmake)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

set(debian_triggers ${PROJECT_BINARY_DIR}/debian/triggers)
file(WRITE ${debian_triggers} "activate-noawait ldconfig\n")
# What else is linked with the library needs this very version of it.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY "=")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME stateferry)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
# Object stores and HDFS are reached through rclone, disks without.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "rclone, ca-certificates")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${debian_triggers})
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION
"move Apache Flink savepoints and checkpoints to another place
Reads the _metadata file of a snapshot of any Flink release, rewrites the
locations in it by a reviewed rule file, and writes it back. Copies whole
snapshots between disks, object stores and HDFS. Needs neither Flink nor
a Java runtime.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME stateferry-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# Plugins must be built with the headers of the very stateferry that loads them.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "stateferry (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "g++, cmake (>= 3.25)")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
"headers to build plugins of stateferry with
Transforms, assertions, codecs of format versions and storages are built
with these headers, the CMake package and the pkg-config file.")
include(CPack)
