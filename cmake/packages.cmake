# The libraries that nsproof stands on. Static archives come first: the program starts three times
# faster than with shared ones. What has no archive, or is not needed by every command, is loaded
# at first use (libnftables).
#
#   nsproof_package(NAME HEADER library ...) makes the imported target pkg_NAME.
function(nsproof_package name header)
  find_path(${name}_INCLUDE ${header} PATH_SUFFIXES libnl3 REQUIRED)
  add_library(pkg_${name} INTERFACE)
  target_include_directories(pkg_${name} SYSTEM INTERFACE ${${name}_INCLUDE})
  foreach(library IN LISTS ARGN)
    find_library(${name}_${library} NAMES lib${library}.a ${library} REQUIRED)
    target_link_libraries(pkg_${name} INTERFACE ${${name}_${library}})
    if(NOT ${name}_${library} MATCHES "\\.a$")
      set_property(GLOBAL APPEND PROPERTY nsproof_without_archive ${library})
    endif()
  endforeach()
endfunction()

nsproof_package(archive archive.h archive)
nsproof_package(bz2 bzlib.h bz2)
nsproof_package(cap sys/capability.h cap)
nsproof_package(crypto openssl/evp.h crypto)
nsproof_package(jansson jansson.h jansson)
nsproof_package(lz4 lz4frame.h lz4)
nsproof_package(lzma lzma.h lzma)
nsproof_package(nl netlink/netlink.h nl-route-3 nl-3)
nsproof_package(seccomp seccomp.h seccomp)
nsproof_package(z zlib.h z)
nsproof_package(zstd zstd.h zstd)
find_path(nftables_INCLUDE nftables/libnftables.h REQUIRED)
find_package(Threads REQUIRED)

# Optional: ISA-L inflates large gzip layers twice as fast as zlib. Like libnftables it has no
# archive, so only its header is needed here.
add_library(pkg_isal INTERFACE)
find_path(isal_INCLUDE isa-l/igzip_lib.h)
if(isal_INCLUDE)
  target_include_directories(pkg_isal SYSTEM INTERFACE ${isal_INCLUDE})
  target_compile_definitions(pkg_isal INTERFACE NSPROOF_ISAL)
else()
  message(STATUS "No isa-l/igzip_lib.h: gzip layers are left to zlib")
endif()

# Many distributions ship no archives: then the program is linked as usual, and starts slower.
find_library(libc_archive libc.a)
get_property(without_archive GLOBAL PROPERTY nsproof_without_archive)
if(NOT libc_archive)
  list(APPEND without_archive c)
endif()
if(NSPROOF_STATIC AND without_archive)
  list(JOIN without_archive ", " without_archive)
  message(STATUS "Linking nsproof with shared libraries: no static archive of ${without_archive}")
  set(NSPROOF_STATIC OFF)
endif()

# For the tests only: libcheck, and its own needs
nsproof_package(check check.h check)
target_link_libraries(pkg_check INTERFACE subunit m rt)
