// acme.tenant in C++17 over the C interface: what it shares with the one in C is tested alike.
#include "stateferry/sdk/transform.hpp"

namespace {

using namespace stateferry::sdk;

class Tenant final : public UriTransform {
 public:
  void configure(Params& params) override {
    std::string style = "plain";
    std::int64_t limit = 0;
    bool strict = false;
    std::vector<MapEntry> names;
    params.required_uri_prefix("from", "what it is", from_);
    params.required_uri_prefix("to", "what it is", to_);
    params.one_of("style", "what it is", {"plain", "hive"}, style);
    params.list("words", "what it is", words_);
    params.optional("strict", "what it is", strict);
    params.group("more", "what it is", [&](Params& group) { group.optional("limit", "", limit); });
    params.map("names", "what it is", names);
    params.hazard("loud", "what it is");
    if (!params.finish()) return;
    if (from_ == to_) params.error("to", "E-NOBODY-HAS-THIS", "'from' and 'to' are the same");
    if (strict) throw Error("it can't be strict", "be kind", "E-RULE-TYPE");
  }
  Outcome rewrite(std::string_view uri, Result& result) const override {
    if (uri == "s3://throw/x") throw Error("no idea", "ask somebody", "E-RULE-HAZARD");
    if (uri == "s3://throw/y") throw 42;
    if (lies_below(uri, to_)) return Outcome::already;
    if (!lies_below(uri, from_)) return Outcome::unmatched;
    result = to_;
    result += uri.substr(from_.size());
    return Outcome::changed;
  }
  std::optional<Outcome> rewrite_directory(std::string_view uri, Result& result) const override {
    return rewrite(uri, result);
  }
  std::optional<std::vector<PrefixMove>> moves() const override {
    return std::vector<PrefixMove>{{from_, to_}};
  }
  bool injective() const noexcept override { return true; }
  Inverse inverse(const InverseContext& context) const override {
    InverseStep step;
    step.uses = "acme.tenant";
    step.with.add("from", Value::of(to_));
    step.with.add("to", Value::of(from_));
    step.with.add("words", Value::of(std::vector<std::string>(context.changed.begin(),
                                                              context.changed.end())));
    step.accept = {"loud"};
    return step;
  }

 private:
  std::string from_;
  std::string to_;
  std::vector<std::string> words_;
};

class None final : public Assertion {
 public:
  void configure(Params& params) override {
    params.required_uri_prefix("prefix", "", prefix_);
    params.finish();
  }
  bool matches(std::string_view uri) const override { return lies_below(uri, prefix_); }
  std::optional<bool> matches_directory(std::string_view directory) const override {
    return lies_below(directory, prefix_);
  }
  bool matching_is_fault() const noexcept override { return true; }
  std::string verdict(std::uint64_t /*selected*/, std::uint64_t matching) const override {
    return matching > 0 ? "some are there" : "";
  }

 private:
  std::string prefix_;
};

}  // namespace

STATEFERRY_TRANSFORM(Tenant, "acme.tenant", "moves a tenant")
STATEFERRY_TRANSFORM(None, "acme.none", "nothing lies there")
STATEFERRY_TRANSFORM_PLUGIN("acme", "1.2.0")
