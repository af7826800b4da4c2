#include "stateferry/transfer/stored_output.hpp"

#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/io/nameless_file.hpp"
#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/store_uri.hpp"

namespace stateferry {
namespace {

// Looked at before anything is written, too: then most conflicts leave no backup behind.
void refuse_changed(Stores& stores, const std::string& uri, const std::string& before) {
  if (stores.digest(uri) == before) return;
  throw IoError("E-STORE-CONFLICT", "the file was changed by somebody else meanwhile", uri,
                "nothing was written; run the same command again when nobody else writes to it");
}

void keep(Stores& stores, const std::string& backup, ByteSource& old,
          const NewFileOptions& options) {
  if (!stores.stat(backup)) {
    stores.write_new(backup, old, options);
  } else if (stores.digest(backup) != sha256_hex(old)) {
    throw IoError("E-IO-EXISTS", "another file has the name of the backup", backup,
                  "choose another one with --backup SUFFIX");
  }
}

[[noreturn]] void fail_verify(Stores& stores, const std::string& uri, const StoredOutput& o) {
  IoError error("E-VERIFY", "what was read back differs from what was written", uri,
                "suspect the store; run the same command again");
  Diagnostic& d = error.diagnostic();
  if (!o.backup.empty()) d.hint = "suspect the store; what stood there before is " + o.backup;
  if (!o.before.empty()) throw error;
  try {
    stores.remove(uri, directory_of(uri));
    d.notes = {"it was removed again"};
  } catch (const Error& why) {
    d.notes = {"it could not be removed: " + why.diagnostic().message};
    d.hint = "remove the file: nobody may restore from it";
  }
  throw error;
}

class StoredSink final : public ByteSink {
 public:
  StoredSink(Stores& stores, std::string uri, StoredOutput options)
      : stores_(stores),
        uri_(std::move(uri)),
        options_(std::move(options)),
        spool_(nameless_file_sink(uri_)) {}
  void write(std::span<const std::byte> bytes) override { spool_->write(bytes); }
  void restart() override { spool_->restart(); }
  void commit() override { put_stored(stores_, uri_, *spool_->written(), options_); }
  std::unique_ptr<ByteSource> written() override { return spool_->written(); }
  std::uint64_t digest() const override { return spool_->digest(); }
  std::string name() const override { return uri_; }

 private:
  Stores& stores_;
  const std::string uri_;
  const StoredOutput options_;
  const std::unique_ptr<ByteSink> spool_;
};

}  // namespace

bool put_stored(Stores& stores, const std::string& uri, ByteSource& made, const StoredOutput& o) {
  const bool replaces = !o.before.empty();
  if (replaces) refuse_changed(stores, uri, o.before);
  if (!o.backup.empty()) keep(stores, o.backup, *o.kept, {uri, o.sync});
  bool access_kept = true;
  if (replaces) {
    stores.replace(uri, made, {o.before, o.sync});
  } else {
    access_kept = stores.write_new(uri, made, {o.like, o.sync});
  }
  if (o.verify && stores.digest(uri) != sha256_hex(made)) fail_verify(stores, uri, o);
  return access_kept;
}

std::unique_ptr<ByteSink> stored_sink(Stores& stores, std::string uri, StoredOutput options) {
  return std::make_unique<StoredSink>(stores, std::move(uri), std::move(options));
}

}  // namespace stateferry
