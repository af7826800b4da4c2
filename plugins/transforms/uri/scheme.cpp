#include <algorithm>
#include <set>

#include "stateferry/bytes/text.hpp"
#include "stateferry/plugin/plugin.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::uri {
namespace {

// RFC 3986: a letter, then letters, digits, '+', '-', '.'. One letter is a Windows drive to Flink.
bool is_scheme(std::string_view text) {
  return text.size() > 1 && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

class Scheme final : public UriTransform {
 public:
  void configure(ParamBinder& params) override {
    params.list("from", "schemes to replace, such as s3a", from_, true);
    params.required("to", "the new scheme, such as s3", to_);
    if (!params.finish()) return;
    for (const std::string& scheme : from_) check(params, "from", scheme);
    check(params, "to", to_);
    if (std::find(from_.begin(), from_.end(), to_) != from_.end()) {
      params.error("to", "E-RULE-VALUE", "'" + to_ + "' is among the schemes to replace");
    }
  }

  Outcome rewrite(std::string_view uri, std::string& result) const override {
    const std::string_view scheme = split_flink_path(uri).scheme;
    if (scheme == to_) return Outcome::already;
    if (std::find(from_.begin(), from_.end(), scheme) == from_.end()) return Outcome::unmatched;
    result = to_;
    result += uri.substr(scheme.size());
    return Outcome::changed;
  }
  // A scheme is the same for all files of a directory.
  std::optional<Outcome> rewrite_directory(std::string_view directory,
                                           std::string& result) const override {
    return rewrite(directory, result);
  }
  std::optional<std::vector<PrefixMove>> moves() const override {
    std::vector<PrefixMove> moves;
    for (const std::string& scheme : from_) moves.push_back({scheme + ":", to_ + ":"});
    return moves;
  }
  // s3a://b/x and s3n://b/x would become one.
  bool injective() const noexcept override { return from_.size() == 1; }

  Inverse inverse(const InverseContext& context) const override {
    std::set<std::string_view> schemes;
    for (const std::string& uri : context.changed) schemes.insert(split_flink_path(uri).scheme);
    if (schemes.empty()) return NoInverse{"it changes nothing"};
    if (schemes.size() > 1) {
      return NoInverse{"several schemes have become '" + to_ + "', among them '" +
                       std::string(*schemes.begin()) + "' and '" + std::string(*schemes.rbegin()) +
                       "'"};
    }
    InverseStep step;
    step.uses = "uri.scheme";
    step.with.add("from", ParamNode::of(to_));
    step.with.add("to", ParamNode::of(std::string(*schemes.begin())));
    return step;
  }

 private:
  static void check(ParamBinder& params, const char* name, const std::string& scheme) {
    if (is_scheme(scheme)) return;
    params.error(name, "E-RULE-VALUE", "'" + scheme + "' is not a scheme",
                 "give the word alone, without ':' and slashes");
  }

  std::vector<std::string> from_;
  std::string to_;
};

}  // namespace

STATEFERRY_TRANSFORM(Scheme, "uri.scheme", "changes the scheme and nothing else")

}  // namespace stateferry::uri
