# networks, growth and memory: a few samples of each scenario
if(BUSYBOX)
  add_test(NAME system.bench_growth
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/bench_growth.sh
      $<TARGET_FILE:nsproof> ${CMAKE_BINARY_DIR}/fixtures/classic.tar)
  set_tests_properties(system.bench_growth PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77
    COST 13 LABELS system)
endif()
