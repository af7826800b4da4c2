// Which rows of a plan are done, on disk, so that a run that was interrupted can go on.
//
// A text file: a first line that names the plan, then one line per row that is done, then `end`. A
// last line that was not finished counts for nothing. The journal saves work and proves nothing:
// whoever goes on looks at each target again.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace stateferry {

/// Throws what Journal would throw because of the place, without making or changing anything.
void check_journal_place(const std::string& path);

/// See the head of this file. record() may be called by several threads.
class Journal {
 public:
  /// Opens or makes the journal of a plan. One of another plan is begun anew; a file that is no
  /// journal, a link, and what belongs to another user stay as they are. Throws IoError
  /// (E-IO-EXISTS then); E-STORE-TEMPORARY when another run has it open.
  Journal(std::string path, const std::string& plan_id, std::size_t rows);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Rows that were done when it was opened, ascending.
  const std::vector<std::size_t>& done() const noexcept { return done_; }
  /// Notes that a row is done.
  void record(std::size_t row);
  /// Notes that all rows are done.
  void end();
  /// Removes the file: there is nothing left to go on with.
  void discard();
  const std::string& path() const noexcept { return path_; }

 private:
  void read(const std::string& header, std::size_t rows);
  void append(const std::string& line);

  std::string path_;
  int fd_ = -1;
  std::vector<std::size_t> done_;
  std::mutex mutex_;
};

}  // namespace stateferry
