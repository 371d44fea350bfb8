# The rules that a machine can hold: layers, formatting, shell scripts.
add_test(NAME style.layers
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/layers.cmake)

# ... and the rule itself: each of these breaks it in a way of its own
set(bad ${CMAKE_BINARY_DIR}/style/bad)
file(WRITE ${bad}/harness/base/upwards.c "#include \"check/check.h\"\n")
file(WRITE ${bad}/harness/check/sideways.c "  #  include <image/image.h>\n")
file(WRITE ${bad}/harness/report/relative.c "#include \"../base/err.h\"\n")
file(WRITE ${bad}/harness/report/short.c "#include \"reporter.h\"\n")
file(WRITE ${bad}/probes/shared.c "#include \"base/err.h\"\n")
add_test(NAME style.layers_can_fail
  COMMAND ${CMAKE_COMMAND} -DROOT=${bad} -P ${CMAKE_SOURCE_DIR}/cmake/layers.cmake)
set_tests_properties(style.layers_can_fail PROPERTIES PASS_REGULAR_EXPRESSION
  "base/upwards\\.c.*check/sideways\\.c.*report/relative\\.c.*report/short\\.c.*probes/shared\\.c")

# Other versions of clang-format lay out some lines differently.
find_program(CLANG_FORMAT NAMES clang-format-14 clang-format)
if(CLANG_FORMAT)
  execute_process(COMMAND ${CLANG_FORMAT} --version OUTPUT_VARIABLE version)
endif()
if(version MATCHES "version 14\\.")
  add_test(NAME style.format COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR}
    -DCLANG_FORMAT=${CLANG_FORMAT} -P ${CMAKE_SOURCE_DIR}/cmake/format.cmake)
else()
  message(STATUS "No test of the formatting: clang-format 14 is not there")
endif()

find_program(SHELLCHECK shellcheck)
if(SHELLCHECK)
  file(GLOB_RECURSE scripts CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/harness/*.sh ${CMAKE_SOURCE_DIR}/probes/*.sh)
  add_test(NAME style.shell COMMAND ${SHELLCHECK} --severity=style
    ${CMAKE_SOURCE_DIR}/run-all.sh ${CMAKE_SOURCE_DIR}/.ci/run ${scripts})
else()
  message(STATUS "No test of the scripts: shellcheck is not there")
endif()
