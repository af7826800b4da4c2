// Hidden names that files in the making have until they get their own. What has such a name is
// removed by the handler of remove_temporaries_on_signal().
#pragma once

#include <cerrno>
#include <memory>
#include <string>

namespace stateferry {

struct HiddenNameSlot;

/// A name that the signal handler removes until it is forgotten, or this is gone. At most 64 at a
/// time are looked after. Any thread.
class HiddenName {
 public:
  explicit HiddenName(std::string path);
  ~HiddenName() { forget(); }
  HiddenName(const HiddenName&) = delete;
  HiddenName& operator=(const HiddenName&) = delete;
  const std::string& path() const { return path_; }
  /// The file has got its final name, or is gone.
  void forget();

 private:
  const std::string path_;
  HiddenNameSlot* slot_ = nullptr;
};

/// `.FILE.stateferry-…` in `directory`, with eight random signs.
std::string hidden_path(const std::string& directory, const std::string& file);

/// Tries hidden names until make(path) takes one that is free; null when it takes none. errno is
/// then that of the last try.
template <class Make>
std::unique_ptr<HiddenName> take_hidden_name(const std::string& directory, const std::string& file,
                                             Make&& make) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    auto name = std::make_unique<HiddenName>(hidden_path(directory, file));
    if (make(name->path().c_str())) return name;
    if (errno != EEXIST) break;
  }
  return nullptr;
}

}  // namespace stateferry
