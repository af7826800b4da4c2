#include "stateferry/transfer/place_proof.hpp"

#include <algorithm>
#include <random>

#include "refusal.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kPrefix = ".stateferry-marker-";

std::string random_name() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device random;
  std::string name(kPrefix);
  for (int i = 0; i < 32; ++i) name += kHex[random() & 15];
  return name;
}

[[noreturn]] void refuse_one_place(const std::string& directory, const std::string& seen_at) {
  refuse("E-MOVE-NESTED",
         "nothing was deleted: two names are one place, for what is written to " + directory +
             " appears in the other",
         seen_at, {}, "what --delete-source would delete is the only copy: leave it away");
}

}  // namespace

std::string PlaceProof::Marker::uri() const {
  return join_uri(directory, name);
}

PlaceProof::~PlaceProof() {
  try {
    remove();
  } catch (...) {  // the error that ends the run says more
  }
}

std::optional<std::int64_t> PlaceProof::apart(const std::string& a, const std::string& b) {
  markers_.push_back({a, random_name()});
  const Marker& marker = markers_.back();
  std::optional<StoredFile> written;
  try {
    const auto text = std::as_bytes(std::span(marker.name.data(), marker.name.size()));
    stores_.write_new(marker.uri(), *memory_source(text, marker.uri()));
    written = stores_.stat(marker.uri());
    if (!written || written->size != marker.name.size()) {
      throw IoError("E-VERIFY", "a marker that was written is not seen", marker.uri(),
                    "suspect the store");
    }
  } catch (Error& error) {
    error.diagnostic().notes.push_back(
        "nothing was deleted: whether source and target are different places is found by a marker "
        "in " +
        a);
    throw;
  }
  const std::string other = join_uri(b, marker.name);
  if (stores_.stat(other)) refuse_one_place(a, other);
  return written->modified;
}

void PlaceProof::none_below(const std::string& directory) {
  const std::string canonical = canonical_uri(directory);
  stores_.list(directory, [&](const StoredFile& file) {
    const std::size_t name = file.uri.rfind('/') + 1;
    if (file.uri.compare(name, kPrefix.size(), kPrefix) != 0) return;
    for (const Marker& marker : markers_) {
      if (file.uri.compare(name, std::string::npos, marker.name) == 0 &&
          !below_prefix(canonical_uri(marker.directory), canonical)) {
        refuse_one_place(marker.directory, file.uri);
      }
    }
  });
}

void PlaceProof::remove() {
  while (!markers_.empty()) {
    const Marker marker = std::move(markers_.back());
    markers_.pop_back();
    stores_.remove(marker.uri(), marker.directory);
  }
}

}  // namespace stateferry
