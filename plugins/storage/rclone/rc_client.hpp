// Calls to a running rclone: JSON over HTTP on this machine.
#pragma once

#include <rapidjson/document.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "daemon.hpp"
#include "remotes.hpp"
#include "stateferry/plugin/storage.hpp"

namespace stateferry::rclone {

/// Takes a file's bytes as they come.
using TakeBytes = std::function<void(std::span<const std::byte>)>;

/// One connection; each thread has its own.
class RcClient {
 public:
  /// The daemon lives at least as long, also when others have a newer one meanwhile.
  explicit RcClient(std::shared_ptr<const Daemon> daemon);
  ~RcClient();
  RcClient(const RcClient&) = delete;
  RcClient& operator=(const RcClient&) = delete;

  /// A named text argument of a call.
  using Argument = std::pair<const char*, std::string>;
  /// Calls a command such as `operations/stat`. `options` is JSON for the argument `opt`, or empty.
  /// `settings` is JSON with what goes before rclone's global options in this call, or empty. `uri`
  /// is what messages are about. Throws IoError; `otherwise` is the code of an error that is none
  /// of the known ones.
  rapidjson::Document call(const char* command, const std::vector<Argument>& arguments,
                           const char* options, const std::string& uri, const char* otherwise,
                           const char* settings = "");
  /// Runs a command of rclone's own command line, such as `lsjson`, in a process of its own, and
  /// hands on what that prints, its complaints in between. What `take` throws ends it. Throws
  /// IoError when rclone doesn't answer; how the command ended is for the reader of its text.
  void run(const char* command, const std::vector<std::string>& arguments, const TakeBytes& take,
           const std::string& uri);
  /// Reads a file or a part of it. False, and nothing read, when rclone finds the file and can't
  /// open it: it then keeps the reason to itself. Throws IoError.
  bool get(const Place& place, const std::optional<ByteRange>& range, const TakeBytes& take,
           const std::string& uri);

 private:
  struct State;
  std::unique_ptr<State> state_;
  const std::shared_ptr<const Daemon> daemon_;
};

}  // namespace stateferry::rclone
