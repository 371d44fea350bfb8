# The guided tour: what it makes of texts and answers, and the whole of it.
nsproof_test(walk SOURCES ${PROJECT_SOURCE_DIR}/harness/walk_view.c
  USES base kernel container report check)
target_include_directories(test_walk PRIVATE ${PROJECT_SOURCE_DIR}/harness)
if(BUSYBOX)
  add_test(NAME system.walk
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/walk.sh
      $<TARGET_FILE:nsproof> ${CMAKE_BINARY_DIR}/fixtures/classic.tar)
  set_tests_properties(system.walk PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77
    COST 12 LABELS system)
endif()
