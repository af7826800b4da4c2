#include "hadoop_conf.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <pugixml.hpp>

#include "remote_options.hpp"
#include "stateferry/bytes/text.hpp"
#include "stateferry/uri/flink_path.hpp"

namespace stateferry::rclone {
namespace {

constexpr off_t kLargest = off_t{16} << 20;
// Real ones have a few hundred.
constexpr std::size_t kMostProperties = 100'000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

[[noreturn]] void refuse_file(const std::string& path, const std::string& why) {
  refuse_endpoint("Hadoop's configuration can't be used: " + why, "file:" + path,
                  "correct it, or set HADOOP_CONF_DIR to another directory");
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> words;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    const std::string_view word = trimmed(rest.substr(0, comma));
    if (!word.empty()) words.emplace_back(word);
    if (comma == std::string_view::npos) return words;
    rest.remove_prefix(comma + 1);
  }
}

HadoopConf::HadoopConf(const std::string& folder) {
  for (const char* name : {"core-site.xml", "hdfs-site.xml"}) read(folder + "/" + name);
}

void HadoopConf::read(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return;
  if (!S_ISREG(status.st_mode)) refuse_file(path, "it is no file");
  if (status.st_size > kLargest) refuse_file(path, "it has more than 16 MiB");
  // Entities of its own are not expanded, and nothing outside of the file is read.
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_file(path.c_str());
  if (!parsed) refuse_file(path, parsed.description());
  const pugi::xml_node root = document.child("configuration");
  if (!root) refuse_file(path, "it has no <configuration>");
  std::size_t count = 0;
  for (const pugi::xml_node& property : root.children("property")) {
    if (++count > kMostProperties) refuse_file(path, "it has too many properties");
    const std::string name(trimmed(property.child_value("name")));
    const std::string_view value = trimmed(property.child_value("value"));
    if (value.find("${") != std::string_view::npos) {
      values_.erase(name);
    } else {
      values_[name] = value;
    }
  }
}

std::string HadoopConf::value(const std::string& name) const {
  const auto at = values_.find(name);
  return at == values_.end() ? std::string() : at->second;
}

std::string HadoopConf::default_authority() const {
  std::string uri = value("fs.defaultFS");
  if (uri.empty()) uri = value("fs.default.name");
  const FlinkPathParts parts = split_flink_path(uri);
  return parts.scheme == "hdfs" ? std::string(parts.authority) : std::string();
}

std::vector<std::string> HadoopConf::services() const {
  return split_list(value("dfs.nameservices"));
}

std::vector<std::string> HadoopConf::name_nodes(std::string_view service) const {
  const std::vector<std::string> all = services();
  const auto at = std::find_if(all.begin(), all.end(), [&](const std::string& name) {
    return in_small_letters(name) == in_small_letters(service);
  });
  if (at == all.end()) return {};
  std::vector<std::string> addresses;
  const auto add = [&](const std::string& ending) {
    const std::string address = value("dfs.namenode.rpc-address." + *at + ending);
    if (!address.empty()) addresses.push_back(address);
  };
  for (const std::string& node : split_list(value("dfs.ha.namenodes." + *at))) add("." + node);
  if (addresses.empty()) add("");
  return addresses;
}

}  // namespace stateferry::rclone
