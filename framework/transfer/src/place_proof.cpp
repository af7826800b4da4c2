#include "stateferry/transfer/place_proof.hpp"

#include <exception>
#include <random>

#include "refusal.hpp"
#include "stateferry/bytes/digits.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kPrefix = ".stateferry-marker-";

std::string random_name() {
  std::random_device random;
  std::string name(kPrefix);
  for (int i = 0; i < 4; ++i) append_hex(name, random(), 8);
  return name;
}

[[noreturn]] void refuse_one_place(const std::string& directory, const std::string& seen_at) {
  refuse("E-MOVE-NESTED",
         "nothing was deleted: two names are one place, for what is written to " + directory +
             " appears in the other",
         seen_at, {}, "what --delete-source would delete is the only copy: leave it away");
}

}  // namespace

PlaceProof::~PlaceProof() {
  try {
    remove();
  } catch (...) {  // the error that ends the run says more
  }
}

std::optional<std::int64_t> PlaceProof::apart(const std::string& a, const std::string& b) {
  const std::string name = random_name();
  const std::string uri = join_uri(a, name);
  markers_.emplace(name, a);
  std::optional<StoredFile> written;
  try {
    const auto text = std::as_bytes(std::span(name.data(), name.size()));
    stores_.write_new(uri, *memory_source(text, uri));
    written = stores_.stat(uri);
    if (!written || written->size != name.size()) {
      throw IoError("E-VERIFY", "a marker that was written is not seen", uri, "suspect the store");
    }
  } catch (Error& error) {
    error.diagnostic().notes.push_back(
        "nothing was deleted: whether source and target are different places is found by a marker "
        "in " +
        a);
    throw;
  }
  const std::string other = join_uri(b, name);
  if (stores_.stat(other)) refuse_one_place(a, other);
  return written->modified;
}

void PlaceProof::none_below(const std::string& directory) {
  const std::string canonical = canonical_uri(directory);
  stores_.list(directory, [&](const StoredFile& file) {
    const auto marker = markers_.find(std::string(last_name(file.uri)));
    if (marker == markers_.end()) return;
    if (!below_prefix(canonical_uri(marker->second), canonical)) {
      refuse_one_place(marker->second, file.uri);
    }
  });
}

void PlaceProof::remove() {
  // One that can't be removed now is tried once more when this goes.
  std::exception_ptr failure;
  for (auto at = markers_.begin(); at != markers_.end();) {
    try {
      stores_.remove(join_uri(at->second, at->first), at->second);
      at = markers_.erase(at);
    } catch (...) {
      if (!failure) failure = std::current_exception();
      ++at;
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace stateferry
