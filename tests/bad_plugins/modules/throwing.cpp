// Transforms that fail when they are made, configured or run, each in another way.
#include <exception>
#include <string>

#include "stateferry/diag/error.hpp"
#include "stateferry/plugin/plugin.hpp"

namespace {

using namespace stateferry;

// Known to nobody else: neither its type nor its text may be needed once the plugin is gone.
class Trouble final : public std::exception {
 public:
  explicit Trouble(std::string text) : text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

class Fine : public UriTransform {
 public:
  void configure(ParamBinder& params) override { params.finish(); }
  Outcome rewrite(std::string_view, std::string&) const override { return Outcome::already; }
};

class ThrowsInConfigure final : public Fine {
 public:
  void configure(ParamBinder&) override { throw Trouble("no parameters today"); }
};

class ThrowsInRewrite final : public Fine {
 public:
  Outcome rewrite(std::string_view uri, std::string&) const override {
    throw Trouble("can't bear " + std::string(uri));
  }
};

// Plugins may throw the framework's errors: those keep their code.
class ThrowsRuleError final : public Fine {
 public:
  Outcome rewrite(std::string_view uri, std::string&) const override {
    throw RuleError("E-RULE-VALUE", "undecided about " + std::string(uri), "decide");
  }
};

class MadeWithException final : public Fine {
 public:
  MadeWithException() { throw Trouble("no memory for this"); }
};

class MadeWithInt final : public Fine {
 public:
  MadeWithInt() { throw 42; }
};

const DeclaredTransform kMadeOfNothing("bad.made-of-nothing", "is not made",
                                       []() -> Transform* { return nullptr; });

}  // namespace

STATEFERRY_TRANSFORM(MadeWithException, "bad.made-with-exception", "throws when made")
STATEFERRY_TRANSFORM(MadeWithInt, "bad.made-with-int", "throws an int when made")
STATEFERRY_TRANSFORM(ThrowsInConfigure, "bad.configure", "throws when configured")
STATEFERRY_TRANSFORM(ThrowsInRewrite, "bad.rewrite", "throws when run")
STATEFERRY_TRANSFORM(ThrowsRuleError, "bad.rule-error", "throws one of the framework's errors")
STATEFERRY_TRANSFORM(Fine, "bad.fine", "leaves everything alone")
STATEFERRY_TRANSFORM_PLUGIN("bad", "1.0.0")
