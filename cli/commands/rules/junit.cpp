#include "commands/rules/junit.hpp"

#include <algorithm>
#include <string_view>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/shown.hpp"
#include "support/console.hpp"

namespace stateferry::cli {
namespace {

/// Text for an element, or for an attribute, in which a line end would be read as a blank. Control
/// characters, which XML can't hold, become blanks.
std::string escaped(std::string_view text, bool is_attribute = false) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += is_attribute ? "&#10;" : "\n";
        break;
      default:
        result += is_control(c) ? ' ' : c;
    }
  }
  return result;
}

std::string attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + escaped(value, true) + "\"";
}

std::string counts(std::size_t tests, std::size_t failures, std::size_t errors) {
  return attribute("tests", std::to_string(tests)) +
         attribute("failures", std::to_string(failures)) +
         attribute("errors", std::to_string(errors));
}

std::string indented(const std::string& text, const std::string& indent) {
  std::string result;
  std::size_t at = 0;
  while (at <= text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    result += indent + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return result;
}

std::string test_case(const std::string& file, const TestResult& test) {
  std::string text = "    <testcase" + attribute("classname", file) + attribute("name", test.name) +
                     attribute("file", file) + attribute("line", std::to_string(test.mark.line));
  if (test.passed()) return text + "/>\n";
  text += ">\n";
  for (const TestFailure& failure : test.failures) {
    text += "      <failure" + attribute("message", failure.message) + ">" +
            escaped(failure_text(failure, "")) + "</failure>\n";
  }
  return text + "    </testcase>\n";
}

std::string broken_file(const TestedFile& file) {
  std::string all;
  for (const Diagnostic& d : file.problems) all += render(d) + "\n";
  return "    <testcase" + attribute("classname", file.path) +
         attribute("name", "the rule file is valid") + attribute("file", file.path) +
         ">\n      <error" + attribute("message", count_of(file.problems.size(), "problem")) + ">" +
         escaped(all) + "</error>\n    </testcase>\n";
}

}  // namespace

std::size_t TestedFile::failed() const {
  if (!results) return 0;
  return static_cast<std::size_t>(std::count_if(results->begin(), results->end(),
                                                [](const TestResult& r) { return !r.passed(); }));
}

std::string failure_text(const TestFailure& failure, const std::string& indent) {
  std::string text = indent;
  if (failure.mark) {
    text += shown(failure.mark.source->name) + ":" + std::to_string(failure.mark.line) + ":" +
            std::to_string(failure.mark.column) + ": ";
  }
  text += shown(failure.message) + "\n";
  if (failure.expected) text += indent + "  expected  " + shown(*failure.expected) + "\n";
  if (failure.actual) text += indent + "  actual    " + shown(*failure.actual) + "\n";
  for (const Diagnostic& d : failure.diagnostics) text += indented(render(d), indent + "  ");
  return text;
}

std::string junit_text(const std::vector<TestedFile>& files) {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::string suites;
  for (const TestedFile& file : files) {
    const std::size_t broken = file.results ? 0 : 1;
    const std::size_t own = file.results ? file.results->size() : 1;
    suites +=
        "  <testsuite" + attribute("name", file.path) + counts(own, file.failed(), broken) + ">\n";
    if (!file.results) suites += broken_file(file);
    for (const TestResult& test : file.results.value_or(std::vector<TestResult>())) {
      suites += test_case(file.path, test);
    }
    suites += "  </testsuite>\n";
    tests += own;
    failures += file.failed();
    errors += broken;
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
         counts(tests, failures, errors) + ">\n" + suites + "</testsuites>\n";
}

}  // namespace stateferry::cli
