#include "name_nodes.hpp"

#include <algorithm>

namespace stateferry::rclone {
namespace {

constexpr std::string_view kDefaultPort = ":8020";

std::string folder_of(Environment environment) {
  return environment("HADOOP_CONF_DIR");
}

}  // namespace

const HadoopConf& NameNodes::conf() {
  if (!conf_) {
    const std::string folder = folder_of(environment_);
    conf_ = folder.starts_with('/') ? HadoopConf(folder) : HadoopConf();
  }
  return *conf_;
}

std::string NameNodes::default_host(const RemoteEntry* whole, const std::string& uri) {
  if (whole != nullptr) {
    if (!whole->name.empty()) return {};
    const auto node = whole->options.find("namenode");
    const auto nodes =
        node == whole->options.end() ? std::vector<std::string>() : split_list(node->second);
    if (!nodes.empty()) return name_node_of(nodes.front(), "remotes: hdfs: namenode");
  }
  const std::string authority = conf().default_authority();
  if (!authority.empty()) {
    return name_node_of(authority, "file:" + folder_of(environment_) + "/core-site.xml");
  }
  refuse_endpoint("the URI names no name node, and nothing else does", uri,
                  "write hdfs://host:port/path; or set HADOOP_CONF_DIR to the directory whose "
                  "core-site.xml has fs.defaultFS; or give 'hdfs: {namenode: \"host:port\"}' "
                  "under 'remotes' in config.yaml");
}

// `host:port,host:port`; empty when it is no service.
std::string NameNodes::nodes_of(std::string_view service) {
  std::string list;
  for (const std::string& node : conf().name_nodes(service)) {
    list += (list.empty() ? "" : ",") +
            name_node_of(node, "file:" + folder_of(environment_) + "/hdfs-site.xml");
  }
  return list;
}

void NameNodes::complete(Address& address, const RemoteEntry* whole, const std::string& uri) {
  if (address.host.empty()) address.host = default_host(whole, uri);
  std::string_view service = address.host;
  if (service.ends_with(kDefaultPort)) service.remove_suffix(kDefaultPort.size());
  if (!service.empty()) address.name_nodes = nodes_of(service);
}

std::string NameNodes::service_of(const std::string& list) {
  const std::vector<std::string> parts = split_list(list);
  for (const std::string& service : conf().services()) {
    const std::string nodes = nodes_of(service);
    const std::vector<std::string> all = split_list(nodes);
    const bool among = std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
      return std::find(all.begin(), all.end(), part) != all.end();
    });
    if (among) return nodes;
  }
  return list;
}

}  // namespace stateferry::rclone
