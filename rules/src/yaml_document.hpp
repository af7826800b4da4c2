// YAML text to the framework's parameter tree: the only part that knows yaml-cpp.
//
// Stricter than YAML, because people review these files and machines must read them the same way:
// no tabs in indentation, no duplicate keys, no second document, no tags, no keys that are lists or
// maps, no nulls as keys. Aliases work and are counted as if they were written out.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "problems.hpp"
#include "stateferry/diag/source_mark.hpp"
#include "stateferry/plugin/params.hpp"

namespace stateferry::rules {

/// Bytes that one rule file may have.
inline constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20;
/// Values and keys that all files of one run may have together, aliases written out.
inline constexpr std::size_t kMaxNodes = 100'000;
/// Lists and maps that may stand inside one another.
inline constexpr int kMaxDepth = 64;

/// A file's text as its marks see it: without a byte order mark.
std::shared_ptr<const SourceText> make_source(std::string name, std::string text);

/// The tree of the one document in `source`. `nodes_left` is shared by the files of one run and is
/// lowered. Problems are reported, the first one only where YAML's syntax is broken; nothing is
/// returned when there is then no tree. An empty file is a null node.
std::optional<ParamNode> read_yaml(const std::shared_ptr<const SourceText>& source,
                                   std::size_t& nodes_left, Problems& problems);

}  // namespace stateferry::rules
