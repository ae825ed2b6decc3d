# cmake -DSOURCE_DIR=... -DOUTPUT=... -P WriteGitRevision.cmake: writes a source file that tells the
# revision of SOURCE_DIR, and leaves it alone where nothing changed.
execute_process(
  COMMAND git describe --always --dirty --abbrev=12
  WORKING_DIRECTORY ${SOURCE_DIR}
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(revision unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "apps/version.h"

std::string flexunet::git_revision() { return "@revision@"; }
]])
