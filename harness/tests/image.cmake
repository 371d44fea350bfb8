# Tests of image: its pure parts, the whole of it in memory, and the program with the fixtures.
nsproof_test(image_plan USES image base)
nsproof_test(image_merge SOURCES merge_list.c USES image base)
nsproof_test(image_manifest USES image base LIBS pkg_jansson)
nsproof_test(image_reference USES image base)
nsproof_test(image_archive USES fixture_maker image base)
nsproof_test(image_open USES fixture_maker image base)
nsproof_test(image_layout USES fixture_maker image base)
nsproof_test(image_tree USES image base)
nsproof_test(image_target USES image base)
nsproof_test(image_stream SOURCES stream_sample.c USES fixture_maker image base)
set_tests_properties(unit.image_stream PROPERTIES TIMEOUT 180)
nsproof_test(image_codec USES fixture_maker image base LIBS pkg_z)
nsproof_test(image USES fixture_maker image kernel base)
if(BUSYBOX)
  set(images ${CMAKE_CURRENT_SOURCE_DIR}/system/image.sh
    $<TARGET_FILE:nsproof> $<TARGET_FILE:compare_trees> ${CMAKE_BINARY_DIR}/fixtures)
  add_test(NAME system.image COMMAND ${images})
  add_test(NAME system.image_user
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/as_user.sh ${images})
  add_test(NAME system.image_umoci
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/image_umoci.sh
      $<TARGET_FILE:nsproof> $<TARGET_FILE:compare_trees> ${CMAKE_BINARY_DIR}/fixtures)
  set_tests_properties(system.image system.image_user system.image_umoci PROPERTIES
    TIMEOUT 120 SKIP_RETURN_CODE 77)
endif()

# Compares two trees entry by entry, for the tests that need to know; its own test comes first.
add_executable(compare_trees system/compare_trees.c)
target_link_libraries(compare_trees PRIVATE base nsproof_flags)
add_test(NAME system.compare_trees
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/compare_trees.sh $<TARGET_FILE:compare_trees>)
set_tests_properties(system.compare_trees PROPERTIES TIMEOUT 60)

# The hostile images, as whoever runs the tests, and as an ordinary user. What is read is the same for
# both: under sanitizers once.
set(hostile ${CMAKE_CURRENT_SOURCE_DIR}/system/image_hostile.sh
  $<TARGET_FILE:nsproof> ${CMAKE_BINARY_DIR}/fixtures/hostile)
add_test(NAME system.image_hostile COMMAND ${hostile})
set_tests_properties(system.image_hostile PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77 COST 6)
if(NOT NSPROOF_SANITIZE)
  add_test(NAME system.image_hostile_user
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/as_user.sh ${hostile})
  set_tests_properties(system.image_hostile_user PROPERTIES
    TIMEOUT 300 SKIP_RETURN_CODE 77 COST 6)
endif()

# Where the tree goes, whatever ends the command. Under sanitizers fewer rounds.
set(NSPROOF_UNPACK_KILLS 100)
if(NSPROOF_SANITIZE)
  set(NSPROOF_UNPACK_KILLS 15)
endif()
foreach(name IN ITEMS unpack_target unpack_place)
  add_test(NAME system.${name}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/${name}.sh $<TARGET_FILE:nsproof>)
  set_tests_properties(system.${name} PROPERTIES TIMEOUT 300 SKIP_RETURN_CODE 77 COST 6
    LABELS system ENVIRONMENT KILL_ROUNDS=${NSPROOF_UNPACK_KILLS})
endforeach()

# Stores of layers, and what overlayfs makes of them; as whoever runs the tests, and as a user.
if(BUSYBOX)
  set(overlay ${CMAKE_CURRENT_SOURCE_DIR}/system/image_overlay.sh
    $<TARGET_FILE:nsproof> $<TARGET_FILE:compare_trees> ${BUSYBOX})
  add_test(NAME system.image_overlay COMMAND ${overlay})
  add_test(NAME system.image_overlay_user
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/as_user.sh ${overlay})
  set_tests_properties(system.image_overlay system.image_overlay_user PROPERTIES
    TIMEOUT 300 SKIP_RETURN_CODE 77 COST 4 LABELS system)
endif()
