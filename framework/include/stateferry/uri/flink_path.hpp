// URI text as Flink's org.apache.flink.core.fs.Path writes it (1.3 … 2.3 agree).
//
// `scheme:` + `//authority` where there is one + the decoded path. Nothing is ever percent-encoded
// or decoded: `a b`, `a%20b`, `#` and `?` are literal. An empty authority is left out, so
// `file:///tmp/x` is written `file:/tmp/x`. All text here is UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stateferry/export.hpp"

namespace stateferry {

/// The parts of a location text. Views into the text that was split.
struct FlinkPathParts {
  std::string_view scheme;     ///< "" when there is none
  std::string_view authority;  ///< host[:port], bucket, container@account; "" when there is none
  std::string_view path;       ///< begins with '/' behind a scheme
};

/// Splits `text` as Path's constructor does, without normalising. A single letter before the colon
/// is a Windows drive, not a scheme; a colon behind a slash starts no scheme.
STATEFERRY_API FlinkPathParts split_flink_path(std::string_view text) noexcept;

/// `text` in the form that Path.toString() gives, or nothing where Path throws (empty text; a path
/// that doesn't begin with '/' behind a scheme, such as `s3:bucket`).
STATEFERRY_API std::optional<std::string> normalize_flink_path(std::string_view text);

/// Whether `text` already has the form that Path.toString() gives. Does not allocate.
STATEFERRY_API bool is_normal_flink_path(std::string_view text) noexcept;

/// Whether `text` begins with `scheme:` (so a location can't depend on a default file system).
STATEFERRY_API bool has_scheme(std::string_view text) noexcept;

/// What stands in front of a location without a scheme, such as `/flink/x`, where Flink's
/// configuration (fs.default-scheme) names no other file system.
inline constexpr std::string_view kLocalFileSystem = "file:";
/// A location as Flink opens it: `text` itself when it has a scheme or is no absolute path, else
/// `file_system` (`file:`, `hdfs://nn:8020`, `s3://bucket`) and `text`.
STATEFERRY_API std::string with_default_file_system(std::string_view text,
                                                    std::string_view file_system);
/// The file system that a value of Flink's fs.default-scheme names (`hdfs://nn:8020/`, `file:///`):
/// what with_default_file_system() takes. Nothing for other text.
STATEFERRY_API std::optional<std::string> file_system_from_text(std::string_view text);

/// What is left of `text` below `prefix`, beginning with '/' or empty where they are equal; nothing
/// when `text` is not below it. Both in normal form; a match ends at a path boundary, so
/// `s3://b/a_backup` is not below `s3://b/a`. A root prefix (`s3://b/`) matches like `s3://b`.
STATEFERRY_API std::optional<std::string_view> below_prefix(std::string_view text,
                                                            std::string_view prefix) noexcept;

/// How many of the texts that are `directory` (normal form, ends with '/') followed by one more
/// name lie below `prefix`: all, none, or those with one certain name.
enum class Below : std::uint8_t { all, none, some };
STATEFERRY_API Below below_prefix_in(std::string_view directory, std::string_view prefix) noexcept;

/// `prefix` followed by `rest` (as returned by below_prefix), in normal form.
STATEFERRY_API std::string join_prefix(std::string_view prefix, std::string_view rest);

/// The directory that holds `text`: the text up to its last '/', scheme and authority kept
/// (`s3://b/x` → `s3://b/`). Empty for text without a slash.
STATEFERRY_API std::string_view parent_of(std::string_view text) noexcept;

/// The front of `a` up to which two texts, directories without a slash at the end, name the same
/// directories. Looks at names alone: of different stores that is no directory.
STATEFERRY_API std::string_view common_directories(std::string_view a, std::string_view b) noexcept;

}  // namespace stateferry
