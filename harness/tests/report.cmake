# The reporters: unit tests, and two judges that share no code with the writers.
nsproof_test(report SOURCES report_sample.c USES base report)
target_compile_definitions(test_report PRIVATE
  REPORT_GOLDEN="${CMAKE_CURRENT_LIST_DIR}/report")

# The system's Python comes first: distributions install jsonschema for that one.
find_program(NSPROOF_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(NSPROOF_PYTHON NAMES python3)
if(NSPROOF_PYTHON)
  add_test(NAME report.ktap
    COMMAND ${NSPROOF_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/report/check_ktap.py
            $<TARGET_FILE:test_report> --sample ktap)
  execute_process(COMMAND ${NSPROOF_PYTHON} -c "import jsonschema"
    RESULT_VARIABLE no_jsonschema OUTPUT_QUIET ERROR_QUIET)
  if(no_jsonschema)
    message(STATUS "No test of results/schema.json: ${NSPROOF_PYTHON} has no module jsonschema")
  else()
    add_test(NAME report.schema
      COMMAND ${NSPROOF_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/report/check_schema.py
              ${CMAKE_SOURCE_DIR}/results/schema.json
              $<TARGET_FILE:test_report> --sample json)
  endif()
endif()
