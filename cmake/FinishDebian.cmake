# Run by CPack between installing and packing: what Debian wants otherwise than `cmake --install` gives it.
foreach(package IN ITEMS stateferry stateferry-dev)
  if(package STREQUAL stateferry)
    set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/runtime/usr)
  else()
    set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/development/usr)
  endif()
  set(doc ${root}/share/doc/${package})
  configure_file(${CMAKE_CURRENT_LIST_DIR}/debian/copyright ${doc}/copyright COPYONLY)
  # A dated entry in Debian's form, whose first line names the version.
  configure_file(${CMAKE_CURRENT_LIST_DIR}/debian/changelog.in ${doc}/changelog @ONLY)
  # The licence itself lies in /usr/share/common-licenses.
  file(REMOVE ${root}/share/doc/stateferry/LICENSE)
  file(GLOB pages ${root}/share/man/man1/*.1)
  # Without a time in it, so that the same tree makes the same package.
  execute_process(COMMAND gzip -9n ${doc}/changelog ${pages} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
