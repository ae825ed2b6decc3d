# cmake --install: the programs, a project to start from, and the texts.
# Copy share/flexunet to a writable place to use the project; its scripts find the programs on PATH.
include(GNUInstallDirs)

foreach(program flexunet-train flexunet-evaluate flexunet-infer flexunet-inspect flexunet-convert
    flexunet-phantom flexunet-generate flexunet-split flexunet-verify flexunet-statistics)
  if(TARGET ${program})
    # Libraries outside the system's folders (a LibTorch of the user's) are found where they were linked.
    set_target_properties(${program} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()

set(projects_source ${PROJECT_SOURCE_DIR}/projects)
set(projects_target ${CMAKE_INSTALL_DATADIR}/flexunet/projects)
install(PROGRAMS ${projects_source}/run.sh DESTINATION ${projects_target})
install(
  PROGRAMS
    ${projects_source}/FlexUNet/Phantom/1.train.sh
    ${projects_source}/FlexUNet/Phantom/2.evaluate.sh
    ${projects_source}/FlexUNet/Phantom/3.infer.sh
  DESTINATION ${projects_target}/FlexUNet/Phantom)
install(FILES ${projects_source}/FlexUNet/Phantom/train_eval_infer.config
  DESTINATION ${projects_target}/FlexUNet/Phantom)
install(FILES ${PROJECT_SOURCE_DIR}/dataset/README.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/flexunet/dataset)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/flexunet)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/flexunet)
