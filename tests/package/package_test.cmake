# CASE example: the example program, outside of the tree, builds against the installed package and says what
# it should. CASE headers: each installed header can be included alone, in either way.
cmake_minimum_required(VERSION 3.25)

function(run)
  cmake_parse_arguments(ARG "" "OUTPUT;ERROR;CODE" "COMMAND" ${ARGN})
  execute_process(COMMAND ${ARG_COMMAND} OUTPUT_VARIABLE output ERROR_VARIABLE error
                  RESULT_VARIABLE code)
  if(NOT DEFINED ARG_CODE)
    set(ARG_CODE 0)
  endif()
  if(NOT code EQUAL ARG_CODE)
    list(JOIN ARG_COMMAND " " line)
    message(FATAL_ERROR "${line}\nended with ${code}\n${output}${error}")
  endif()
  if(ARG_OUTPUT)
    set(${ARG_OUTPUT} "${output}" PARENT_SCOPE)
  endif()
  if(ARG_ERROR)
    set(${ARG_ERROR} "${error}" PARENT_SCOPE)
  endif()
endfunction()

function(expect_equal got wanted)
  if(NOT got STREQUAL wanted)
    message(FATAL_ERROR "expected\n${wanted}\nand got\n${got}")
  endif()
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
run(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/installed)

if(CASE STREQUAL "headers")
  file(GLOB_RECURSE headers RELATIVE ${SCRATCH}/installed/include/mpglab
       ${SCRATCH}/installed/include/mpglab/*.h)
  foreach(header IN LISTS headers)
    foreach(spelling IN ITEMS mpglab/${header} ${header})
      file(WRITE ${SCRATCH}/alone.cc "#include <${spelling}>\n")
      run(COMMAND ${COMPILER} -std=c++20 -fsyntax-only -Wall -Wextra -Werror
                  -I${SCRATCH}/installed/include -I${SCRATCH}/installed/include/mpglab
                  ${SCRATCH}/alone.cc)
    endforeach()
  endforeach()
  return()
endif()

run(COMMAND ${CMAKE_COMMAND} -S ${SOURCE}/examples/reader -B ${SCRATCH}/example
            -DCMAKE_PREFIX_PATH=${SCRATCH}/installed -DCMAKE_CXX_COMPILER=${COMPILER}
            "-DCMAKE_CXX_FLAGS=${FLAGS}")
run(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH}/example)
set(program ${SCRATCH}/example/goroutine-times)

run(COMMAND ${program} ${SOURCE}/tests/data/go122-chans.trace OUTPUT times)
file(READ ${SOURCE}/tests/package/go122-chans.times.txt wanted)
expect_equal("${times}" "${wanted}")

set(broken ${SOURCE}/tests/data/go122-broken-dead-p.trace)
run(COMMAND ${program} ${broken} CODE 1 ERROR said)
expect_equal("${said}" "${broken}: broken trace: failed to advance: frontier:\n  generation 4, byte 1416\n")

run(COMMAND ${program} ${SCRATCH}/nosuch CODE 1 ERROR said)
expect_equal("${said}" "${SCRATCH}/nosuch: No such file or directory\n")

run(COMMAND ${SCRATCH}/installed/bin/mpglab --version OUTPUT version)
expect_equal("${version}" "mpglab ${VERSION}, Go 1.22\n")
