# The manual page and the completion of shells: the program itself writes them, from the tables that
# its --help is made of. What "cmake --install" puts in place.
include(GNUInstallDirs)
set(docs ${CMAKE_BINARY_DIR}/docs)
file(MAKE_DIRECTORY ${docs})

add_custom_command(OUTPUT ${docs}/nsproof.1 ${docs}/nsproof.bash ${docs}/_nsproof
    ${docs}/nsproof.fish
  COMMAND nsproof man > ${docs}/nsproof.1
  COMMAND nsproof completion bash > ${docs}/nsproof.bash
  COMMAND nsproof completion zsh > ${docs}/_nsproof
  COMMAND nsproof completion fish > ${docs}/nsproof.fish
  DEPENDS nsproof
  COMMENT "Writing the manual page and the completion of shells"
  VERBATIM)
add_custom_target(docs ALL DEPENDS ${docs}/nsproof.1)

install(TARGETS nsproof RUNTIME)
install(FILES ${docs}/nsproof.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${docs}/nsproof.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME nsproof)
install(FILES ${docs}/_nsproof DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${docs}/nsproof.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
