#include "stateferry/transfer/mirror_jobs.hpp"

#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/transfer/job_directory.hpp"
#include "stateferry/transfer/mirror_store.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {

std::vector<MirroredJob> mirrored_jobs(Stores& stores, const std::string& target) {
  std::vector<MirroredJob> jobs;
  const auto look = [&](const std::string& name, const std::string& uri) {
    NotedState noted = read_noted(stores, uri);
    if (!noted.digest.empty()) jobs.push_back({name, uri, std::move(noted.state)});
  };
  look({}, target);
  if (!jobs.empty()) return jobs;
  for (const std::string& name : directories_in(stores, target)) {
    if (!name.starts_with('_')) look(name, join_uri(target, name));
  }
  if (!jobs.empty()) return jobs;
  throw Error({.code = "E-MIRROR-EMPTY",
               .message = "no mirror has written there",
               .subject = target,
               .hint = "name the DST of 'stateferry mirror'"});
}

}  // namespace stateferry
