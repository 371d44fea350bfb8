# Fails when clang-format would change a source file:
#
#   cmake -DROOT=DIR -DCLANG_FORMAT=PROGRAM -P format.cmake
cmake_minimum_required(VERSION 3.25)
file(GLOB_RECURSE files
  ${ROOT}/harness/*.[ch] ${ROOT}/probes/*.[ch] ${ROOT}/fixtures/*.[ch] ${ROOT}/bench/*.[ch])
execute_process(COMMAND ${CLANG_FORMAT} --dry-run -Werror ${files} RESULT_VARIABLE status)
if(status)
  message(FATAL_ERROR "not formatted: run 'clang-format -i' on the files above")
endif()
