#include "flexunet/base/findings.h"

#include <gtest/gtest.h>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

TEST(Findings, ListsEveryProblemUpToTheLimit) {
  Findings findings;
  for (const char* problem : {"a", "b", "c"}) findings.add(problem);
  EXPECT_EQ(findings.text(3), "a\nb\nc");
  EXPECT_EQ(findings.text(2), "a\nb\n... and 1 more");
}

TEST(Findings, ThrowsTheAskedErrorOnlyWhenThereIsAProblem) {
  Findings findings;
  EXPECT_NO_THROW(findings.throw_if_any<DataError>());
  findings.add("pair without mask");
  EXPECT_THROW(findings.throw_if_any<DataError>(), DataError);
  EXPECT_THROW(findings.throw_if_any<ConfigError>(), ConfigError);
}

TEST(Error, CarriesItsExitCode) {
  EXPECT_EQ(DataError("x").exit_code(), ExitCode::kData);
  EXPECT_EQ(ConfigError("x").exit_code(), ExitCode::kConfig);
  EXPECT_EQ(CheckpointError("x").exit_code(), ExitCode::kCheckpoint);
  EXPECT_EQ(TrainingError("x").exit_code(), ExitCode::kTraining);
  EXPECT_EQ(OutputError("x").exit_code(), ExitCode::kOutput);
}

}  // namespace
}  // namespace flexunet
