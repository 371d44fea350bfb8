# what measures: bench/
nsproof_test(bench_stats USES base report bench LIBS m)
nsproof_test(bench_sample USES base report bench LIBS m)
nsproof_test(bench_noise USES base bench LIBS m)
nsproof_test(bench_compare USES base kernel container report bench LIBS m)
nsproof_test(bench_peer USES base kernel report bench LIBS m)
nsproof_test(bench_report SOURCES bench_sample_report.c USES base report)
target_compile_definitions(test_bench_report PRIVATE
  REPORT_GOLDEN="${CMAKE_CURRENT_LIST_DIR}/report")
nsproof_test(bench_read
  SOURCES bench_sample_report.c ${commands_dir}/bench_file.c ${commands_dir}/bench_select.c
    ${commands_dir}/numbers.c
  USES bench check image pack container kernel report base LIBS pkg_jansson m)
target_include_directories(test_bench_read PRIVATE ${commands_dir})
if(NSPROOF_PYTHON AND NOT no_jsonschema)
  foreach(sample IN ITEMS bench bench-against)
    add_test(NAME report.schema_${sample}
      COMMAND ${NSPROOF_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/report/check_bench_schema.py
              ${CMAKE_SOURCE_DIR}/results/bench-schema.json
              $<TARGET_FILE:test_bench_report> --sample ${sample}.json)
  endforeach()
endif()
nsproof_test(bench_commands USES base report bench LIBS pkg_jansson m)
nsproof_test(bench_image USES base image pack bench kernel report)
# Alone: its loop devices are in /proc/partitions, which rows compare.
add_test(NAME system.bench_image
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/system/bench_image.sh $<TARGET_FILE:nsproof>
    ${CMAKE_BINARY_DIR}/fixtures/classic.tar)
set_tests_properties(system.bench_image PROPERTIES TIMEOUT 180 SKIP_RETURN_CODE 77 RUN_SERIAL ON
  LABELS system)
add_test(NAME system.bench_commands
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/system/bench_commands.sh $<TARGET_FILE:nsproof>
    ${CMAKE_BINARY_DIR}/fixtures/classic.tar ${CMAKE_CURRENT_BINARY_DIR})
set_tests_properties(system.bench_commands PROPERTIES TIMEOUT 120 SKIP_RETURN_CODE 77 RUN_SERIAL ON
  LABELS system)

# nsproof with faults and delays on demand, which the product has not: system/hooks.c
nsproof_program(nsproof_hooked system/hooks.c)
target_link_options(nsproof_hooked PRIVATE
  -Wl,--wrap=clock_ms -Wl,--wrap=container_start -Wl,--wrap=container_wait -Wl,--wrap=image_unpack)

if(TARGET quick_start)
  add_test(NAME system.quick
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/quick.sh $<TARGET_FILE:nsproof>
      $<TARGET_FILE:nsproof_hooked> ${CMAKE_BINARY_DIR}/probes/nsprobe ${CMAKE_BINARY_DIR}/fixtures/classic.tar)
  set_tests_properties(system.quick PROPERTIES TIMEOUT 120 SKIP_RETURN_CODE 77 LABELS system)
endif()
if(BUSYBOX)
  set(bench_schema)
  if(NSPROOF_PYTHON AND NOT no_jsonschema)
    set(bench_schema ${NSPROOF_PYTHON} ${CMAKE_SOURCE_DIR}/results/bench-schema.json)
  endif()
  add_test(NAME system.bench
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/bench.sh $<TARGET_FILE:nsproof>
      $<TARGET_FILE:nsproof_hooked> ${CMAKE_BINARY_DIR}/fixtures/classic.tar ${bench_schema})
  set_tests_properties(system.bench PROPERTIES TIMEOUT 300 COST 23 LABELS system)
endif()
