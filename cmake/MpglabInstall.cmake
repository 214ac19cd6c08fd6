# What `cmake --install` puts where: the command, and the reader as a library with a CMake package.
#
# Headers keep their folders, below include/mpglab: <mpglab/parser/reader.h>. Among themselves they say
# "parser/event.h", so that folder is on the include path, too.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS mpglab RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Those that a user of the reader includes, and those that they include.
set(public_headers
  base/result.h
  doctor/diagnosis.h
  format/event.h format/version.h format/wire_text.h
  parser/error.h parser/event.h parser/events_text.h parser/faults.h parser/reader.h parser/source.h)
foreach(header IN LISTS public_headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mpglab/${folder})
endforeach()

foreach(library base format parser doctor)
  set_target_properties(mpglab_${library} PROPERTIES EXPORT_NAME ${library})
  target_include_directories(mpglab_${library} PUBLIC
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/mpglab>)
endforeach()
install(TARGETS mpglab_base mpglab_format mpglab_parser mpglab_doctor
  EXPORT mpglabTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mpglab)
install(EXPORT mpglabTargets NAMESPACE mpglab:: DESTINATION ${package_dir})
configure_package_config_file(cmake/mpglabConfig.cmake.in
  ${PROJECT_BINARY_DIR}/mpglabConfig.cmake INSTALL_DESTINATION ${package_dir})
# Before 1.0 any minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mpglabConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mpglabConfig.cmake
  ${PROJECT_BINARY_DIR}/mpglabConfigVersion.cmake DESTINATION ${package_dir})
