# The commands that ask and tell: list, explain, doctor, and what is made from the tables of --help.
set(commands_dir ${PROJECT_SOURCE_DIR}/harness)
nsproof_test(commands
  SOURCES ${commands_dir}/completion.c ${commands_dir}/machine.c ${commands_dir}/select.c
  USES check container report kernel base)
target_include_directories(test_commands PRIVATE ${commands_dir})
nsproof_test(known SOURCES ${commands_dir}/known.c USES report base)
target_include_directories(test_known PRIVATE ${commands_dir})
nsproof_test(baseline SOURCES ${commands_dir}/baseline.c USES report base LIBS pkg_jansson)
target_include_directories(test_baseline PRIVATE ${commands_dir})
add_test(NAME system.baseline
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/baseline.sh $<TARGET_FILE:nsproof>
    ${CMAKE_BINARY_DIR}/fixtures/classic.tar)
set_tests_properties(system.baseline PROPERTIES TIMEOUT 120 SKIP_RETURN_CODE 77)

add_test(NAME docs.help
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/docs.sh $<TARGET_FILE:nsproof>)
# When it fails: nsproof list --markdown > docs/checks.md
add_test(NAME docs.checks
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/docs_checks.sh
    $<TARGET_FILE:nsproof> ${PROJECT_SOURCE_DIR}/docs/checks.md)
add_test(NAME system.commands
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/commands.sh $<TARGET_FILE:nsproof>)
set_tests_properties(docs.help system.commands PROPERTIES TIMEOUT 120)
nsproof_test(progress SOURCES ${commands_dir}/progress.c USES base)
target_include_directories(test_progress PRIVATE ${commands_dir})
