# How a folder becomes a library, and what every target of ours is built with.

add_library(mpglab_build_flags INTERFACE)
target_include_directories(mpglab_build_flags INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
target_compile_options(mpglab_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
# GCC 12 sees overlapping copies in "literal" + std::string where there are none (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(mpglab_build_flags INTERFACE -Wno-restrict)
endif()
# Every x86-64 machine since 2009 counts bits in one instruction, which the engine does at each choice.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(mpglab_build_flags INTERFACE -march=x86-64-v2)
endif()
# A step of a schedule goes through four libraries, and nearly all of its calls are of small functions.
# Objects of libraries hold plain code as well: what they are linked to without LTO, the tests above
# all, is linked in no time. A program says with the property MPGLAB_ACROSS_LIBRARIES that it wants more.
set(MPGLAB_LTO_FLAGS "")
if(MPGLAB_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(MPGLAB_LTO_FLAGS -flto=auto -ffat-lto-objects)
  target_link_options(mpglab_build_flags INTERFACE
    $<IF:$<BOOL:$<TARGET_PROPERTY:MPGLAB_ACROSS_LIBRARIES>>,-flto=auto,-fno-lto>)
endif()
if(MPGLAB_SANITIZE)
  target_compile_options(mpglab_build_flags INTERFACE
    -fsanitize=${MPGLAB_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(mpglab_build_flags INTERFACE -fsanitize=${MPGLAB_SANITIZE})
endif()

# mpglab_library(NAME SOURCES ... [PUBLIC targets...] [PRIVATE targets...])
# makes the static library mpglab_NAME with the alias mpglab::NAME.
function(mpglab_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(mpglab_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(mpglab_${name} PUBLIC ${ARG_PUBLIC}
                          PRIVATE $<BUILD_INTERFACE:mpglab_build_flags> ${ARG_PRIVATE})
    target_include_directories(mpglab_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
    target_compile_options(mpglab_${name} PRIVATE ${MPGLAB_LTO_FLAGS})
  else()
    add_library(mpglab_${name} INTERFACE)
    target_link_libraries(mpglab_${name} INTERFACE ${ARG_PUBLIC})
    target_include_directories(mpglab_${name} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  endif()
  add_library(mpglab::${name} ALIAS mpglab_${name})
endfunction()
