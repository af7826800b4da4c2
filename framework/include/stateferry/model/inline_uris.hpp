// URIs in state that stands in the metadata itself: of sources, sinks and other user code, which no
// rule rewrites.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stateferry/export.hpp"
#include "stateferry/model/location.hpp"
#include "stateferry/model/operator_ref.hpp"
#include "stateferry/uri/uri_scanner.hpp"

namespace stateferry {

/// One of them. All text is UTF-8.
struct STATEFERRY_API InlineUri {
  std::string uri;           ///< as FoundUri has it
  std::string path;          ///< of the bytes in the model, as dumps write it
  std::uint64_t offset = 0;  ///< of its first byte in them
  TextEncoding encoding = TextEncoding::utf8;
  std::string uid;   ///< of the operator; empty: unknown, or outside of operators
  std::string name;  ///< the same
  std::string hash;  ///< empty outside of operators

  /// `uid:…` where it is known, else `hash:…`; empty outside of operators.
  std::string operator_text() const;
};

/// All of a snapshot: counts, and the first of them.
struct STATEFERRY_API InlineUris {
  std::uint64_t arrays = 0;  ///< arrays of bytes that hold some
  std::uint64_t count = 0;
  std::vector<InlineUri> first;  ///< in file order
  std::size_t limit = 10;        ///< the most that `first` holds

  /// Takes one that stands in the bytes at `place`. `names` may be null.
  void add(const Location& place, const FoundUri& uri, const OperatorNames* names);
};

}  // namespace stateferry
