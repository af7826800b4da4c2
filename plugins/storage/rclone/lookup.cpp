#include "lookup.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "bytes.hpp"
#include "listing.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

// From so many files of one directory on it is listed.
constexpr std::size_t kListFrom = 32;
// A page of a listing has so many; asking for a file costs as much as a page. It is stopped when it
// has cost half of what asking costs.
constexpr std::size_t kEntriesForEach = 500;
// Questions that are on their way at once, and how many are answered before the caller hears of
// them.
constexpr std::size_t kAtOnce = 16;
constexpr std::size_t kTogether = 256;

// Calls `ask(client, k)` for k in [0, count), by several threads.
void in_parallel(std::vector<std::unique_ptr<RcClient>>& clients, std::size_t count,
                 const std::function<void(RcClient&, std::size_t)>& ask) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&](RcClient& client) {
    try {
      for (std::size_t k = next++; k < count; k = next++) ask(client, k);
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 1; t < std::min(clients.size(), count); ++t) {
      threads.emplace_back([&, t] { work(*clients[t]); });
    }
    work(*clients.front());
  }
  if (failure) std::rethrow_exception(failure);
}

std::vector<std::unique_ptr<RcClient>> clients_for(Connection& connection, std::size_t questions) {
  std::vector<std::unique_ptr<RcClient>> clients;
  const auto daemon = connection.daemon();
  while (clients.size() < std::clamp<std::size_t>(questions, 1, kAtOnce)) {
    clients.push_back(std::make_unique<RcClient>(daemon));
  }
  return clients;
}

class Lookup {
 public:
  Lookup(Connection& connection, std::span<const std::string> uris, const Found& found)
      : connection_(connection), uris_(uris), found_(found) {}

  void run() {
    std::map<std::string_view, std::vector<std::size_t>> directories;
    for (std::size_t i = 0; i < uris_.size(); ++i) {
      connection_.place_of(uris_[i]);
      directories[parent_of(uris_[i])].push_back(i);
    }
    std::vector<std::size_t> left;
    for (const auto& entry : directories) {
      if (entry.second.size() < kListFrom) {
        left.insert(left.end(), entry.second.begin(), entry.second.end());
      } else {
        list(std::string(entry.first), entry.second, left);
      }
    }
    ask(left);
  }

 private:
  // A wanted file by the hash of its path, so that a million take no more room than they must.
  using Row = std::pair<std::size_t, std::size_t>;

  static std::size_t hash_of_path(std::string_view path) {
    return std::hash<std::string_view>()(path);
  }

  // Tells of what it finds in a directory. What isn't known then goes to `left`.
  void list(std::string directory, const std::vector<std::size_t>& members,
            std::vector<std::size_t>& left) {
    if (directory.ends_with('/')) directory.pop_back();
    std::vector<Row> rows;
    rows.reserve(members.size());
    for (const std::size_t i : members) {
      rows.emplace_back(hash_of_path(connection_.place_of(uris_[i]).remote), i);
    }
    std::sort(rows.begin(), rows.end());
    std::vector<bool> seen(rows.size(), false);
    const bool whole = list(directory, rows, seen);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (seen[k]) continue;
      if (whole) {
        found_(rows[k].second, std::nullopt);
      } else {
        left.push_back(rows[k].second);
      }
    }
  }

  // Whether what was not seen isn't there.
  bool list(const std::string& directory, const std::vector<Row>& rows, std::vector<bool>& seen) {
    RcClient client(connection_.daemon());
    std::size_t unseen = rows.size();
    std::size_t entries = rows.size() * kEntriesForEach;
    const auto take = [&](std::string_view path, StoredFile file) {
      unseen -= tell(path, file, rows, seen);
      return unseen > 0 && --entries > 0;
    };
    try {
      for_each_listed(client, connection_.place_of(directory),
                      keeps_buckets(directory) ? Depth::all : Depth::flat, directory, take);
      return unseen == 0 || entries > 0;
    } catch (const IoError& error) {
      if (error.code() == "E-IO-NOT-FOUND") return true;
      if (error.code() != "E-IO-DENIED") throw;
      return false;
    }
  }

  // How many of the wanted files a listed one is.
  std::size_t tell(std::string_view path, StoredFile& file, const std::vector<Row>& rows,
                   std::vector<bool>& seen) {
    const std::size_t hash = hash_of_path(path);
    std::size_t told = 0;
    for (auto at = std::lower_bound(rows.begin(), rows.end(), Row{hash, 0});
         at != rows.end() && at->first == hash; ++at) {
      const auto k = static_cast<std::size_t>(at - rows.begin());
      if (seen[k] || connection_.place_of(uris_[at->second]).remote != path) continue;
      seen[k] = true;
      ++told;
      file.uri = uris_[at->second];
      found_(at->second, file);
    }
    return told;
  }

  void ask(std::span<const std::size_t> left) {
    if (left.empty()) return;
    auto clients = clients_for(connection_, left.size());
    while (!left.empty()) {
      const auto now = left.first(std::min(left.size(), kTogether));
      left = left.subspan(now.size());
      std::vector<std::optional<std::optional<StoredFile>>> answers(now.size());
      const auto tell_all = [&] {
        for (std::size_t k = 0; k < now.size(); ++k) {
          if (answers[k]) found_(now[k], *answers[k]);
        }
      };
      try {
        in_parallel(clients, now.size(), [&](RcClient& client, std::size_t k) {
          const std::string& uri = uris_[now[k]];
          answers[k] = stat_file(client, connection_.place_of(uri), uri);
        });
      } catch (...) {
        tell_all();
        throw;
      }
      tell_all();
    }
  }

  Connection& connection_;
  const std::span<const std::string> uris_;
  const Found& found_;
};

}  // namespace

void look_at_many(Connection& connection, std::span<const std::string> uris, const Found& found) {
  Lookup(connection, uris, found).run();
}

}  // namespace stateferry::rclone
