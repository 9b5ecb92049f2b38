# embed_migrations(TARGET DIRECTORY): compiles the NNNN_name.sql files of DIRECTORY into TARGET, as the definition of
# parlance::storage::embedded_migrations(). Run as a script (-DDIRECTORY= -DOUTPUT=) it writes that source.
function(embed_migrations target directory)
  file(GLOB files CONFIGURE_DEPENDS ${directory}/*.sql)
  set(output ${CMAKE_BINARY_DIR}/generated/embedded_migrations.cc)
  add_custom_command(OUTPUT ${output} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DDIRECTORY=${directory} -DOUTPUT=${output} -P ${CMAKE_SOURCE_DIR}/cmake/migrations.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/migrations.cmake)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB files ${DIRECTORY}/*.sql)
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    string(REGEX MATCH "^0*([0-9]+)_(.+)$" matched "${name}")
    if(NOT matched)
      message(FATAL_ERROR "${file}: a migration is called NNNN_name.sql")
    endif()
    set(version ${CMAKE_MATCH_1})
    set(title ${CMAKE_MATCH_2})
    file(READ ${file} sql)
    string(APPEND entries "    {${version}, \"${title}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  file(WRITE ${OUTPUT} "#include <vector>

#include \"storage/migration.h\"

namespace parlance::storage {

std::span<MigrationSource const> embedded_migrations() {
  static std::vector<MigrationSource> const migrations = {
${entries}  };
  return migrations;
}

}  // namespace parlance::storage
")
endif()
