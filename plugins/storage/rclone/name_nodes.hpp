// Where the name nodes of HDFS are: what a URI leaves open is in Hadoop's own configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "address.hpp"
#include "hadoop_conf.hpp"
#include "remote_options.hpp"

namespace stateferry::rclone {

/// Reads HADOOP_CONF_DIR when it is first needed.
class NameNodes {
 public:
  explicit NameNodes(Environment look_up) : environment_(look_up) {}

  /// Fills in the host of a URI that names none (`hdfs:///path`), and the name nodes of a name
  /// service. `whole` is the user's entry for all of HDFS, or null: one that leads somewhere is
  /// what `hdfs:///` means, before `fs.defaultFS`. Throws IoError: E-STORE-ENDPOINT where nothing
  /// says it, E-STORE-NAME for what is no host.
  void complete(Address& address, const RemoteEntry* whole, const std::string& uri);
  /// One text for all that lead to one HDFS: the name nodes of the service that these (a list with
  /// commas) belong to, else the list itself.
  std::string service_of(const std::string& list);

 private:
  const HadoopConf& conf();
  std::string default_host(const RemoteEntry* whole, const std::string& uri);
  std::string nodes_of(std::string_view service);

  Environment environment_;
  std::optional<HadoopConf> conf_;
};

}  // namespace stateferry::rclone
