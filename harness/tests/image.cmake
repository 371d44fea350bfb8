# Tests of image: its pure parts, the whole of it in memory, and the program with the fixtures.
nsproof_test(image_plan USES image base)
nsproof_test(image_manifest USES image base LIBS pkg_jansson)
nsproof_test(image USES fixture_maker image kernel base)
if(BUSYBOX)
  add_test(NAME system.image
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/image.sh
      $<TARGET_FILE:nsproof> ${CMAKE_BINARY_DIR}/fixtures)
  set_tests_properties(system.image PROPERTIES TIMEOUT 120)
endif()
