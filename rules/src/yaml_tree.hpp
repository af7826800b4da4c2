// The tree of a YAML document, from the events of yaml-cpp's parser. One builder serves one file.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "problems.hpp"
#include "stateferry/diag/source_mark.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry::rules {

/// Stops the parser after a problem that was reported.
struct Stopped {};

/// A value with what it counts for.
struct CountedNode {
  ParamNode node;
  std::size_t nodes = 1;
  int height = 0;  ///< lists and maps inside one another
};

/// A list or map that isn't closed yet.
class OpenNode {
 public:
  OpenNode(ParamNode::Kind kind, SourceMark mark, YAML::anchor_t anchor);

  /// What comes next in it: an element, a key or its value. Reports keys that can't be one.
  void add(CountedNode next, Problems& problems);

  CountedNode value;
  YAML::anchor_t anchor = 0;

 private:
  void add_key(ParamNode key, Problems& problems);
  void add_entry(ParamNode entry);

  std::optional<ParamNode> key_;  // of a map, when its value is next
  bool key_is_good_ = true;
  std::unordered_map<std::string, SourceMark> seen_;  // keys of a map
};

/// Builds the tree of one document from the parser's events. Reports what is wrong with it; throws
/// Stopped where nothing more can be made of it.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const SourceText> source, std::size_t& nodes_left, Problems& problems)
      : source_(std::move(source)),
        line_starts_(line_starts_of(source_->text)),
        nodes_left_(nodes_left),
        problems_(problems) {}

  ParamNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  static std::vector<std::size_t> line_starts_of(std::string_view text);
  SourceMark mark_of(const YAML::Mark& mark) const;
  [[noreturn]] void stop(const SourceMark& mark, std::string code, std::string message,
                         std::string hint = {});
  void charge(std::size_t nodes, const SourceMark& mark);
  void check_tag(const SourceMark& mark, const std::string& tag);
  void open(ParamNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor);
  void close();
  void keep_anchor(YAML::anchor_t anchor, const CountedNode& value);
  void add(CountedNode value);

  std::shared_ptr<const SourceText> source_;
  const std::vector<std::size_t> line_starts_;
  std::size_t& nodes_left_;
  Problems& problems_;
  std::vector<OpenNode> open_;
  std::map<YAML::anchor_t, CountedNode> anchors_;
  bool has_document_ = false;
  ParamNode root_;
};

}  // namespace stateferry::rules
