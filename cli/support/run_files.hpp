// What one run reads and writes, by what it is and not by its name: no file is written that the run
// reads, or writes for something else, whatever --force says.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "stateferry/io/byte_sink.hpp"
#include "stateferry/transfer/move_plan.hpp"

namespace stateferry::cli {

/// The local files of this run. Whoever reads or writes one says so; `what` is its name in
/// messages: an option, or `the rule file`. Files are told apart by device and inode; what is not
/// there yet by the directory that is and the names below it. May be used by several threads.
class RunFiles {
 public:
  void reads(const std::string& what, const std::string& path);
  /// The same `what` may be read and written: it is changed in place.
  void writes(const std::string& what, const std::string& path);
  /// The same for a file of any store, by its URI in Flink's form: those that aren't local are told
  /// apart by name.
  void reads_uri(const std::string& what, const std::string& uri);
  void writes_uri(const std::string& what, const std::string& uri);
  /// The state files of a snapshot and their copies: nothing of what writes() named may be one.
  /// Looks at each of them on the disk only where a file is to be replaced.
  void copies(const std::vector<PlanRow>& rows);
  /// One run of many: what is said while it lives is forgotten then.
  class Scope;
  /// Throws Error (E-ARG-USAGE), which names both, when a file was said to be two things. To be
  /// called when all is known that is read, before anything is put in place.
  void check() const;

 private:
  using Place = std::tuple<dev_t, ino_t, std::string>;
  struct Use {
    std::string what;
    std::string path;
    bool writes = false;
    bool stored = false;  // `path` is a URI of a store
  };
  Place place_of(const std::string& path);
  std::optional<Place> place_by_inode(const std::string& path);
  void add(Use use);
  void complain(const Use& written, const Use& other);

  mutable std::mutex mutex_;
  std::map<Place, Use> uses_;
  std::string last_directory_;  // with its slash: mostly the next file's, too
  Place last_place_;
  std::optional<std::string> problem_;
  std::string subject_;
  std::string hint_;
};

/// See there. One at a time.
class RunFiles::Scope {
 public:
  explicit Scope(RunFiles& files);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  RunFiles& files_;
  std::map<Place, Use> uses_;  // before
  std::optional<std::string> problem_;
};

/// Those of this process.
RunFiles& run_files();

/// Opens a file for `what` (an option) to be written, at once, so that one that can't be written
/// stops the run. Throws Error.
std::unique_ptr<ByteSink> open_output(const std::string& what, const std::string& path,
                                      FileSinkOptions options);
/// The same for a file that is to hold `text`. One that holds it already, as an earlier run that
/// failed afterwards has left it, stays: the sink takes the text and writes nothing.
std::unique_ptr<ByteSink> open_output_of(const std::string& what, const std::string& path,
                                         const std::string& text, FileSinkOptions options);
/// Puts it in place with `text` as its content, if the run reads no such file. Throws Error.
void put_in_place(ByteSink& output, const std::string& text);

}  // namespace stateferry::cli
