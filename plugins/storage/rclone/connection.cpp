#include "connection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "access.hpp"
#include "rc_client.hpp"
#include "stateferry/diag/error.hpp"
#include "stateferry/io/find_program.hpp"

namespace stateferry::rclone {
namespace {

// Beginnings of options that would change what is seen or copied, or how rclone is spoken to.
constexpr std::array<std::string_view, 20> kNotForUsers = {
    "config-", "dry-run",     "dump",      "exclude", "files-from", "filter",      "ignore-",
    "include", "interactive", "log",       "max-age", "max-depth",  "max-size",    "max-transfer",
    "min-",    "rc",          "size-only", "syslog",  "update",     "use-json-log"};

// What is wrong with an option of rclone that the user names; empty: nothing.
std::string fault_of_option(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  if (name.empty() || !plain) return "rclone has no option '" + name + "'";
  for (const std::string_view beginning : kNotForUsers) {
    if (name.starts_with(beginning)) {
      return "'" + name + "' would change what rclone sees or how it is spoken to";
    }
  }
  return names_secret(name) ? "'" + name + "' is a credential and must not stand here" : "";
}

// `RCLONE_…=value`.
std::string variable_of_option(const ParamBinder::MapEntry& option) {
  std::string name = "RCLONE_";
  for (const char c : option.key) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name + "=" + option.value;
}

}  // namespace

void Connection::configure(ParamBinder& params) {
  remotes_.configure(params);
  params.group("rclone", "how rclone is run", [&](ParamBinder& rclone) {
    rclone.optional("program", "the program: an absolute path, or a name to be found in PATH",
                    options_.program);
    rclone.optional("attempts", "how often a call that failed for the moment is made, 1 to 100",
                    attempts_);
    std::vector<ParamBinder::MapEntry> options;
    rclone.map("options", "options of rclone, without the dashes", options);
    if (options_.program.find('/') != std::string::npos && options_.program.front() != '/') {
      rclone.error("program", "E-RULE-VALUE",
                   "'program' must be an absolute path, or a name to be found in PATH");
    }
    if (attempts_ < 1 || attempts_ > 100) {
      rclone.error("attempts", "E-RULE-VALUE", "'attempts' must be an integer from 1 to 100");
    }
    for (const ParamBinder::MapEntry& option : options) {
      const std::string fault = fault_of_option(option.key);
      if (!fault.empty()) rclone.error_at(option.key_mark, "E-RULE-VALUE", fault);
      passed_on_.push_back(variable_of_option(option));
    }
  });
}

void Connection::limit_rate(std::uint64_t bytes_per_second) {
  const auto is_other = [](const std::string& line) {
    return !line.starts_with("RCLONE_BWLIMIT=");
  };
  passed_on_.erase(std::stable_partition(passed_on_.begin(), passed_on_.end(), is_other),
                   passed_on_.end());
  passed_on_.push_back("RCLONE_BWLIMIT=" + std::to_string(bytes_per_second) + "B");
}

void Connection::tell_engine(EngineLog wanted, EngineTeller tell) {
  options_.log = wanted;
  options_.tell = std::move(tell);
}

namespace {

std::string text_in(const rapidjson::Value& answer, const char* name) {
  const auto at = answer.FindMember(name);
  return at != answer.MemberEnd() && at->value.IsString() ? at->value.GetString() : "";
}

// What a remote in rclone.conf says of itself.
RemoteOptions options_in_file(RcClient& client, const std::string& remote, const std::string& uri) {
  RemoteOptions options;
  const rapidjson::Document answer =
      client.call("config/get", {{"name", remote}}, "", uri, "E-IO-READ");
  for (const auto& member : answer.GetObject()) {
    if (member.value.IsString()) options[member.name.GetString()] = member.value.GetString();
  }
  add_options_in_environment(options, remote, environment_of_process);
  return options;
}

}  // namespace

StoreAccess Connection::access(const std::string& uri) {
  Remotes::Served served;
  {
    const std::lock_guard lock(mutex_);
    served = remotes_.served(uri);
    remotes_.place_of(uri);
  }
  RemoteOptions options = served.options;
  std::string version;
  try {
    RcClient client(daemon());
    version = text_in(client.call("core/version", {}, "", uri, "E-IO-READ"), "version");
    if (options.empty()) options = options_in_file(client, served.entry->name, uri);
  } catch (const IoError&) {
    // Whoever asks the store hears why; here stands what is known without it.
  }
  StoreAccess access = access_of(served, options, environment_of_process);
  const std::string path = environment_of_process("PATH");
  access.engine = find_program(options_.program, path);
  if (access.engine.empty()) access.engine = options_.program;
  access.engine_version = version;
  return access;
}

Place Connection::place_of(const std::string& uri) {
  std::vector<Place> places;
  {
    const std::lock_guard lock(mutex_);
    places = remotes_.places_of(uri);
  }
  return places.size() == 1 ? places.front()
                            : active_.choose(places, uri, [this] { return daemon(); });
}

S3Access Connection::s3_access(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  return s3_access_of(remotes_.served(uri), uri);
}

std::string Connection::hdfs_identity(const std::string& uri) {
  const std::lock_guard lock(mutex_);
  return remotes_.hdfs_identity(uri);
}

std::shared_ptr<const Daemon> Connection::daemon() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> wanted = remotes_.environment();
  if (daemon_ != nullptr && wanted == known_) return daemon_;
  daemon_.reset();
  options_.environment = passed_on_;
  options_.environment.insert(options_.environment.end(), wanted.begin(), wanted.end());
  daemon_ = std::make_shared<const Daemon>(options_);
  known_ = std::move(wanted);
  return daemon_;
}

}  // namespace stateferry::rclone
