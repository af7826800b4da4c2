#include "stateferry/diag/diagnostic.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>

#include "stateferry/diag/codes.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry_test/support.hpp"

namespace stateferry {
namespace {

SourceMark mark(std::string text, int line, int column) {
  auto source = std::make_shared<SourceText>();
  source->name = "rules.yaml";
  source->text = std::move(text);
  return {source, line, column};
}

// ---------------------------------------------------------------------------- rendering

TEST(Render, TheLeast) {
  Diagnostic d;
  d.message = "something is wrong";
  EXPECT_EQ(render(d), "error: something is wrong");
}

TEST(Render, SeverityCodeAndSubject) {
  Diagnostic d;
  d.message = "something is odd";
  d.subject = "chk-1/_metadata";
  d.code = "W-RULE-UNMATCHED-URI";
  d.severity = Severity::warning;
  EXPECT_EQ(render(d), "chk-1/_metadata: warning: something is odd [W-RULE-UNMATCHED-URI]");
  d.severity = Severity::note;
  EXPECT_EQ(render(d), "chk-1/_metadata: note: something is odd [W-RULE-UNMATCHED-URI]");
}

TEST(Render, APlaceInASnapshot) {
  Diagnostic d;
  d.message = "a count is negative";
  d.subject = "_metadata";
  d.place = BytePlace{17, "operators[3].subtasks"};
  EXPECT_EQ(render(d),
            "_metadata: error: a count is negative\n  at byte 17, operators[3].subtasks");
  d.place = BytePlace{17, ""};
  EXPECT_EQ(render(d), "_metadata: error: a count is negative\n  at byte 17");
  d.place = BytePlace{std::nullopt, "operators[3].subtasks"};
  EXPECT_EQ(render(d), "_metadata: error: a count is negative\n  at operators[3].subtasks");
  d.place = BytePlace{std::nullopt, ""};
  EXPECT_EQ(render(d), "_metadata: error: a count is negative");
}

TEST(Render, NotesAndHint) {
  Diagnostic d;
  d.message = "2 URIs are matched by no step";
  d.code = "E-RULE-UNMATCHED-URI";
  d.notes = {"s3://a/x", "s3://a/y"};
  d.hint = "add a step for them";
  EXPECT_EQ(render(d),
            "error: 2 URIs are matched by no step [E-RULE-UNMATCHED-URI]\n"
            "  s3://a/x\n"
            "  s3://a/y\n"
            "  help: add a step for them");
}

TEST(Render, APlaceInARuleFileWithACaret) {
  Diagnostic d;
  d.message = "unknown key 'stps'";
  d.code = "E-RULE-UNKNOWN";
  d.subject = "not shown";
  d.mark = mark("rules: \"v1\"\nstps:\n  - uses: x\n", 2, 1);
  d.hint = "did you mean 'steps'?";
  EXPECT_EQ(render(d),
            "rules.yaml:2:1: error: unknown key 'stps' [E-RULE-UNKNOWN]\n"
            "  stps:\n"
            "  ^\n"
            "  help: did you mean 'steps'?");
}

TEST(Render, TheCaretStandsBelowItsColumn) {
  Diagnostic d;
  d.message = "m";
  d.mark = mark("key: value\n", 1, 6);
  EXPECT_EQ(render(d), "rules.yaml:1:6: error: m\n  key: value\n       ^");
  // A tab is shown as one blank, and a character of several bytes takes one place.
  d.mark = mark("\tk: v", 1, 5);
  EXPECT_EQ(render(d), "rules.yaml:1:5: error: m\n   k: v\n      ^");
  d.mark = mark("\xC3\xA9\xE2\x98\x83: v", 1, 8);
  EXPECT_EQ(render(d), "rules.yaml:1:8: error: m\n  \xC3\xA9\xE2\x98\x83: v\n      ^");
  // Behind the end of the line.
  d.mark = mark("ab", 1, 3);
  EXPECT_EQ(render(d), "rules.yaml:1:3: error: m\n  ab\n    ^");
}

TEST(Render, WhatATerminalWouldObeyIsEscaped) {
  Diagnostic d;
  d.message = "there is no \x1B[31m";
  d.code = "E-IO-NOT-FOUND";
  d.subject = "a\nb: error: forged";
  d.place = BytePlace{1, "shared[\"\xE2\x80\xAE\"]"};
  d.notes = {"one\rtwo", "\xC2\x9B"};
  d.hint = "\x7F";
  EXPECT_EQ(render(d),
            "a\\nb: error: forged: error: there is no \\x1b[31m [E-IO-NOT-FOUND]\n"
            "  at byte 1, shared[\"\\u202e\"]\n"
            "  one\\rtwo\n"
            "  \\u009b\n"
            "  help: \\x7f");
}

TEST(Render, TheCaretStandsBehindWhatWasEscaped) {
  Diagnostic d;
  d.message = "m";
  d.mark = mark("a\x1B: v", 1, 3);
  EXPECT_EQ(render(d), "rules.yaml:1:3: error: m\n  a\\x1b: v\n       ^");
}

TEST(Render, LinesThatAreNotThereAreNotShown) {
  Diagnostic d;
  d.message = "m";
  d.mark = mark("only\n", 7, 1);
  EXPECT_EQ(render(d), "rules.yaml:7:1: error: m");
}

TEST(SourceText, Lines) {
  SourceText text;
  text.text = "first\r\nsecond\n\nfourth";
  EXPECT_EQ(text.line(1), "first");
  EXPECT_EQ(text.line(2), "second");
  EXPECT_EQ(text.line(3), "");
  EXPECT_EQ(text.line(4), "fourth");
  EXPECT_EQ(text.line(5), "");
}

TEST(DiagnosticList, CountsErrors) {
  DiagnosticList list;
  for (const Severity severity :
       {Severity::error, Severity::warning, Severity::error, Severity::note}) {
    Diagnostic d;
    d.severity = severity;
    list.report(std::move(d));
  }
  EXPECT_EQ(list.all().size(), 4U);
  EXPECT_EQ(list.errors(), 2U);
}

TEST(Errors, CarryTheirPlaces) {
  const FormatError format("E-FORMAT-CHECK", "wrong", 12, "hint");
  EXPECT_STREQ(format.what(), "wrong");
  EXPECT_EQ(format.code(), "E-FORMAT-CHECK");
  EXPECT_EQ(render(format.diagnostic()),
            "error: wrong [E-FORMAT-CHECK]\n  at byte 12\n  help: hint");
  const CapabilityError capability("E-CAPABILITY-FIELD", "no place", "operators[0].name");
  EXPECT_EQ(render(capability.diagnostic()),
            "error: no place [E-CAPABILITY-FIELD]\n  at operators[0].name");
  const IoError io("E-IO-READ", "failed", "file");
  EXPECT_EQ(render(io.diagnostic()), "file: error: failed [E-IO-READ]");
}

// ---------------------------------------------------------------------------- suggestions

TEST(Nearest, FindsSlipsOfTheKeyboard) {
  const std::vector<std::string> words = {"steps", "output", "require", "from", "to"};
  EXPECT_EQ(nearest("stps", words), "steps");
  EXPECT_EQ(nearest("setps", words), "steps");
  EXPECT_EQ(nearest("ouptut", words), "output");
  EXPECT_EQ(nearest("form", words), "from") << "swapped neighbours";
  EXPECT_EQ(nearest("requires", words), "require");
  EXPECT_EQ(nearest("ti", words), "to") << "one edit is always allowed";
  EXPECT_EQ(nearest("steps", words), "steps");
}

TEST(Nearest, IsSilentOtherwise) {
  const std::vector<std::string> words = {"steps", "output"};
  EXPECT_EQ(nearest("variables", words), std::nullopt);
  EXPECT_EQ(nearest("xyz", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(nearest("steps", {}), std::nullopt);
}

TEST(Nearest, TakesTheNearestThenTheFirst) {
  EXPECT_EQ(nearest("abcdef", {"abcxyf", "abcdex", "abcdey"}), "abcdex");
}

TEST(DidYouMean, EndsAMessage) {
  EXPECT_EQ(did_you_mean("stps", {"steps"}), ", did you mean 'steps'?");
  EXPECT_EQ(did_you_mean("nothing", {"steps"}), "");
}

// ---------------------------------------------------------------------------- codes

/// Whether a text is a code in form: `E-FORMAT-TAG`.
bool is_code(std::string_view text) {
  return text.size() > 2 && (text[0] == 'E' || text[0] == 'W') && text[1] == '-' &&
         text.back() != '-' && text.find("--") == std::string_view::npos &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string_view::npos;
}

TEST(Codes, AreSortedUniqueAndExplained) {
  std::string_view before;
  for (const CodeInfo& row : all_codes()) {
    SCOPED_TRACE(row.code);
    EXPECT_LT(before, row.code);
    before = row.code;
    EXPECT_TRUE(is_code(row.code));
    EXPECT_EQ(row.exit == ExitCode::ok, row.code.starts_with("W-"));
    EXPECT_FALSE(row.meaning.empty());
    EXPECT_TRUE(row.meaning.ends_with(".")) << row.meaning;
    EXPECT_TRUE(row.advice.ends_with(".")) << row.advice;
    EXPECT_EQ(find_code(row.code), &row);
  }
  for (const char* unknown : {"", "E-", "E-NOTHING", "Z", "e-format-tag"}) {
    EXPECT_EQ(find_code(unknown), nullptr) << unknown;
  }
}

// Every code in quotes in the product's sources has a row.
TEST(Codes, ThatAreUsedAreInTheTable) {
  namespace fs = std::filesystem;
  std::set<std::string_view> used;
  for (const char* folder : {"framework", "plugins", "rules", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(test::testdata(folder))) {
      const std::string name = entry.path().string();
      if (!name.ends_with(".cpp") && !name.ends_with(".hpp")) continue;
      if (name.ends_with("_test.cpp")) continue;
      const std::string text = test::read_text_file(entry.path());
      for (std::size_t at = text.find('"'); at != std::string::npos; at = text.find('"', at + 1)) {
        const std::string_view rest = std::string_view(text).substr(at + 1);
        const std::string_view quoted = rest.substr(0, rest.find('"'));
        if (!is_code(quoted)) continue;
        const CodeInfo* row = find_code(quoted);
        EXPECT_NE(row, nullptr) << quoted << " in " << name;
        if (row != nullptr) used.insert(row->code);
      }
    }
  }
  EXPECT_GT(used.size(), 40U);
}

}  // namespace
}  // namespace stateferry
