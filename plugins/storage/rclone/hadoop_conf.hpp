// What Hadoop's own configuration says of HDFS: core-site.xml and hdfs-site.xml in HADOOP_CONF_DIR.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stateferry::rclone {

/// The parts of a list with commas, without blanks around them.
std::vector<std::string> split_list(std::string_view text);

/// Values are taken as they stand: what holds `${…}` counts as not said.
class HadoopConf {
 public:
  /// Nothing is said.
  HadoopConf() = default;
  /// Reads both files of `folder`, as far as they are there. Throws IoError (E-STORE-ENDPOINT) for
  /// one that is no such configuration, or larger than 16 MiB.
  explicit HadoopConf(const std::string& folder);

  /// The authority of `fs.defaultFS`, if that is HDFS: a name service, a host, or `host:port`.
  /// Empty: nothing is said. Text of a file, not checked.
  std::string default_authority() const;
  /// `host:port` of the name nodes of a name service, in their order; none when it is no such
  /// service. Text of a file, not checked.
  std::vector<std::string> name_nodes(std::string_view service) const;
  /// The name services.
  std::vector<std::string> services() const;

 private:
  void read(const std::string& path);
  std::string value(const std::string& name) const;

  std::map<std::string, std::string> values_;
};

}  // namespace stateferry::rclone
