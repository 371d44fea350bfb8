# One static library a folder. A layer's headers are reached as "layer/header.h" through an include
# root of its own, which only the layers that list it under USES get to see: an include that the
# architecture forbids does not compile.
#
#   nsproof_layer(NAME SOURCES file.c ... [USES layer ...] [LIBS target ...])
function(nsproof_layer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/include/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name} PUBLIC ${root})
  # PRIVATE: a layer sees what it lists itself, not what its neighbours list
  target_link_libraries(${name} PRIVATE ${ARG_USES} ${ARG_LIBS} nsproof_flags)
endfunction()
