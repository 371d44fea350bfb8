# The container core and the check engine: unit tests of what is pure.
nsproof_test(guard USES base kernel container)
nsproof_test(stage USES base container kernel)
nsproof_test(answer USES base kernel container report check)
nsproof_test(verdict USES base kernel container report check)
nsproof_test(judge USES base kernel container report check)
nsproof_test(place USES base kernel container report check)
nsproof_test(matrix USES base kernel container report check)
nsproof_test(catalogue USES base kernel container report check LIBS probe_image)

# What follows needs root and an image; each program is skipped (77) without root.
if(NOT BUSYBOX)
  return()
endif()
set(test_image ${CMAKE_BINARY_DIR}/fixtures/classic.tar)
set(session_sources)
foreach(source IN ITEMS session rootfs rootfs_tree cmd_image progress select signals)
  list(APPEND session_sources ${PROJECT_SOURCE_DIR}/harness/${source}.c)
endforeach()

# nsproof_engine_test(NAME [SOURCES file.c ...] [ARGS word ...]): system/test_NAME.c with the set-up
# of the commands that run checks (session.c) and everything below it.
function(nsproof_engine_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;ARGS" ${ARGN})
  add_executable(test_${name} system/test_${name}.c ${session_sources} ${ARG_SOURCES})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/harness)
  target_link_libraries(test_${name} PRIVATE
    check image container report kernel base probe_image pkg_check nsproof_flags)
  add_test(NAME system.${name} COMMAND test_${name} ${ARG_ARGS})
  set_tests_properties(system.${name} PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77
    RUN_SERIAL ON LABELS system)
endfunction()

# Probes that prove nothing. Like the real one they must run in any root: static, not sanitized.
set(fake_probes)
foreach(fake IN ITEMS "idle|" "mute_line|\\n" "babble|isolated x\\n" "ready|ready\\n"
    "always_enoent|blocked ENOENT x\\n" "always_einval|blocked EINVAL x\\n"
    "always_absent|blocked absent x\\n" "always_reached|reached x lies\\n")
  string(REPLACE "|" ";" fake "${fake};")
  list(GET fake 0 fake_name)
  list(GET fake 1 fake_answer)
  add_executable(fake_${fake_name} system/fake_probe.c)
  target_compile_definitions(fake_${fake_name} PRIVATE "ANSWER=\"${fake_answer}\"")
  target_link_options(fake_${fake_name} PRIVATE -static)
  list(APPEND fake_probes $<TARGET_FILE:fake_${fake_name}>)
endforeach()
# Under sanitizers two of them: each row takes several times as long.
if(NSPROOF_SANITIZE)
  list(REMOVE_ITEM fake_probes $<TARGET_FILE:fake_mute_line> $<TARGET_FILE:fake_babble>
    $<TARGET_FILE:fake_ready> $<TARGET_FILE:fake_always_enoent> $<TARGET_FILE:fake_always_einval>
    $<TARGET_FILE:fake_always_absent>)
endif()
nsproof_engine_test(rows ARGS ${test_image} ${fake_probes})
add_executable(fake_server system/fake_server.c)
target_link_options(fake_server PRIVATE -static)
nsproof_engine_test(shared ARGS ${test_image} $<TARGET_FILE:fake_server>)
set_tests_properties(system.rows system.shared PROPERTIES RUN_SERIAL OFF COST 30)
nsproof_engine_test(container SOURCES system/stand.c ARGS ${test_image})
nsproof_engine_test(spawner SOURCES system/stand.c ARGS ${test_image})
nsproof_engine_test(lifecycle SOURCES system/stand.c ARGS ${test_image})
nsproof_engine_test(links SOURCES system/stand.c ARGS ${test_image})

# The host before and after, alone on it. Not under sanitizers: it looks at the machine, and complete
# runs are in other tests.
add_executable(test_untouched system/test_untouched.c system/snapshot.c)
target_link_libraries(test_untouched PRIVATE kernel base nsproof_flags)
if(NOT NSPROOF_SANITIZE)
  add_test(NAME system.untouched
    COMMAND test_untouched $<TARGET_FILE:nsproof> ${test_image} 12)
  set_tests_properties(system.untouched PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77
    RUN_SERIAL ON LABELS system)
endif()

add_test(NAME system.exits
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/exits.sh
    $<TARGET_FILE:nsproof> ${CMAKE_BINARY_DIR}/fixtures)
# The rows as an ordinary user, with a single id and with a range of them.
foreach(name IN ITEMS rows_user rows_user_with_ids)
  string(REPLACE rows_ as_ script ${name})
  add_test(NAME system.${name}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/${script}.sh $<TARGET_FILE:test_rows> ${test_image}
      $<TARGET_FILE:fake_idle>)
endforeach()
add_test(NAME system.shared_user
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/as_user.sh $<TARGET_FILE:test_shared> ${test_image}
    $<TARGET_FILE:fake_server>)
add_test(NAME system.rootless
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/rootless.sh $<TARGET_FILE:nsproof> ${BUSYBOX})
set_tests_properties(system.exits system.rows_user system.rows_user_with_ids system.shared_user
  system.rootless
  PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77 COST 10 LABELS system)
# On another kernel, in qemu: one that is installed, or unpacked below NSPROOF_VM_ROOT.
if(NOT NSPROOF_SANITIZE)
  set(NSPROOF_VM_ROOT "" CACHE PATH "Where boot/ and lib/modules/ of the kernel for system.vm lie")
  add_test(NAME system.vm
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/vm_test.sh ${CMAKE_BINARY_DIR} "${NSPROOF_VM_ROOT}")
  set_tests_properties(system.vm PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77
    RUN_SERIAL ON LABELS system)
endif()
# In other containers, where they are installed.
add_test(NAME system.places
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/system/places.sh $<TARGET_FILE:nsproof> ${test_image})
set_tests_properties(system.places PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77 COST 5
  LABELS system)
