#include "stateferry/host/guarded_call.hpp"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

template <class Thrown>
std::string code_of(const Thrown& thrown) {
  try {
    guarded_call("a plugin", [&] { throw thrown; });
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(GuardedCall, TellsWhatTheSystemRefusedFromFaultsOfThePlugin) {
  EXPECT_EQ(code_of(std::bad_alloc()), "E-SYSTEM");
  EXPECT_EQ(code_of(std::system_error(EAGAIN, std::generic_category())), "E-SYSTEM");
  EXPECT_EQ(code_of(std::runtime_error("no")), "E-PLUGIN-FAILED");
  EXPECT_EQ(code_of(7), "E-PLUGIN-FAILED");
  EXPECT_EQ(code_of(Error("E-IO-READ", "no")), "E-IO-READ");
}

TEST(DiagnosticOf, TellsWhatTheSystemRefusedFromFaultsOfOurOwn) {
  EXPECT_EQ(diagnostic_of(std::bad_alloc()).code, "E-SYSTEM");
  EXPECT_EQ(diagnostic_of(std::system_error(EAGAIN, std::generic_category())).code, "E-SYSTEM");
  const Diagnostic fault = diagnostic_of(std::logic_error("no"));
  EXPECT_EQ(fault.code, "E-INTERNAL");
  EXPECT_EQ(fault.message, "no");
}

}  // namespace
}  // namespace stateferry
