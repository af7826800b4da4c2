// Results of rule tests in the XML form that build servers read (JUnit's).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stateferry/diag/diagnostic.hpp"
#include "stateferry/rules/rule_tests.hpp"

namespace stateferry::cli {

/// What came of one rule file.
struct TestedFile {
  std::string path;  ///< as the user wrote it
  std::vector<Diagnostic> problems;
  std::optional<std::vector<TestResult>> results;  ///< nothing: the file is broken

  std::size_t failed() const;
};

/// What failed, as text of several lines without colour, each behind `indent`.
std::string failure_text(const TestFailure& failure, const std::string& indent);

/// One <testsuite> per file and one <testcase> per test; a broken file is a test case with an
/// error.
std::string junit_text(const std::vector<TestedFile>& files);

}  // namespace stateferry::cli
