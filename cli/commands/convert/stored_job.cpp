#include "commands/convert/stored_job.hpp"

#include "stateferry/io/sha256.hpp"
#include "stateferry/transfer/place.hpp"
#include "stateferry/transfer/snapshot.hpp"
#include "stateferry/transfer/store_uri.hpp"
#include "stateferry/transfer/stored_output.hpp"
#include "support/files.hpp"
#include "support/transfer.hpp"

namespace stateferry::cli {
namespace {

std::string backup_of(const ConvertOptions& o, const ConvertJob& job) {
  return uri_of_argument(job.out) + o.backup;
}

[[noreturn]] void refuse_same(const std::string& out, const std::string& message,
                              const std::string& help) {
  throw IoError("E-IO-SAME", message, out, help);
}

// SHA-256 of the file that the result is to replace; empty when there is none. Two names of a store
// can be one place without showing it, but then what lies there is the input, byte for byte.
std::string replaced_by(const ConvertBatch& batch, const ConvertJob& job, const std::string& out,
                        ByteSource& source) {
  if (job.in != "-" && may_be_one_place(uri_of_argument(batch.file_of(job)), out)) {
    refuse_same(out, "input and output are the same file", "use --in-place, which keeps a backup");
  }
  Stores& stores = *batch.stores;
  if (!stores.stat(out)) return {};
  if (!batch.options.force) {
    throw IoError("E-IO-EXISTS", "the output exists already", out,
                  "choose another name, or allow it to be replaced with --force");
  }
  std::string there = stores.digest(out);
  if (there == sha256_hex(source)) {
    refuse_same(out, "the output holds just what the input holds, and may be the same file",
                "if it is a copy, remove it first, or rewrite it with --in-place");
  }
  return there;
}

}  // namespace

bool may_be_one_place(const std::string& a, const std::string& b) {
  return broad_uri(physical_uri(a)) == broad_uri(physical_uri(b));
}

std::unique_ptr<ByteSource> open_stored_input(const ConvertBatch& batch, const ConvertJob& job) {
  if (!is_remote(job.in)) return open_input(job.in);
  const std::string pointer = batch.file_of(job);
  try {
    return open_metadata(pointer, *batch.stores);
  } catch (const IoError& error) {
    const ConvertOptions& o = batch.options;
    if (!o.in_place || error.code() != "E-IO-NOT-FOUND") throw;
    const std::string backup = backup_of(o, job);
    if (!batch.stores->stat(backup)) throw;
    return open_metadata(backup, *batch.stores);
  }
}

std::unique_ptr<ByteSink> open_stored_output(const ConvertBatch& batch, const ConvertJob& job,
                                             ByteSource& source) {
  const ConvertOptions& o = batch.options;
  source.spool();  // it is read more than once
  const std::string out = uri_of_argument(job.out);
  StoredOutput output{.sync = !o.no_sync, .verify = !o.no_verify};
  if (o.in_place) {
    output.backup = backup_of(o, job);
    output.kept = &source;
    if (source.name() == output.backup) {
      output.like = output.backup;
    } else {
      output.before = sha256_hex(source);
    }
  } else {
    output.before = replaced_by(batch, job, out, source);
  }
  return stored_sink(*batch.stores, out, std::move(output));
}

}  // namespace stateferry::cli
