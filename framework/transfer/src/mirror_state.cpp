#include "stateferry/transfer/mirror_state.hpp"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <utility>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kStateSchema = "stateferry/mirror-state/1";
constexpr std::string_view kLeaseSchema = "stateferry/mirror-lease/1";
constexpr std::size_t kDigestSize = 64;

using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

// ------------------------------------------------------------------------------ writing

void put(Writer& w, const char* key, const std::string& text) {
  w.Key(key);
  w.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void put(Writer& w, const char* key, std::uint64_t number) {
  w.Key(key);
  w.Uint64(number);
}
void put(Writer& w, const char* key, std::int64_t number) {
  w.Key(key);
  w.Int64(number);
}
void put(Writer& w, const char* key, double number) {
  w.Key(key);
  w.Double(number);
}

void put_source(Writer& w, const SourceCheckpoint& source) {
  put(w, "name", source.name);
  put(w, "source-time", source.written);
}

void put_checkpoint(Writer& w, const MirroredCheckpoint& one) {
  w.StartObject();
  put_source(w, one.source);
  put(w, "directory", one.directory);
  put(w, "sha256", one.digest);
  put(w, "mirrored", one.mirrored);
  put(w, "files", one.files);
  put(w, "bytes", one.bytes);
  put(w, "files-copied", one.copied_files);
  put(w, "bytes-copied", one.copied_bytes);
  put(w, "seconds", one.seconds);
  w.EndObject();
}

void put_given_up(Writer& w, const GivenUp& one) {
  w.StartObject();
  put_source(w, one.source);
  put(w, "directory", one.directory);
  put(w, "why", one.why);
  put(w, "at", one.at);
  put(w, "bytes", one.bytes);
  put(w, "bytes-copied", one.copied);
  put(w, "seconds", one.seconds);
  w.EndObject();
}

// ------------------------------------------------------------------------------ reading

// The members of one object; what is missing or of another kind is told by its name.
class Members {
 public:
  Members(const rapidjson::Value& value, const std::string& subject)
      : value_(value), subject_(subject) {
    if (!value.IsObject()) fail("something is no object");
  }

  std::string text(const char* key) const {
    const rapidjson::Value& v = at(key);
    if (!v.IsString()) fail(std::string("'") + key + "' is no text");
    return {v.GetString(), v.GetStringLength()};
  }
  std::uint64_t count(const char* key) const {
    const rapidjson::Value& v = at(key);
    if (!v.IsUint64()) fail(std::string("'") + key + "' is no number from 0 on");
    return v.GetUint64();
  }
  std::int64_t time(const char* key) const {
    const rapidjson::Value& v = at(key);
    if (!v.IsInt64()) fail(std::string("'") + key + "' is no time");
    return v.GetInt64();
  }
  double seconds(const char* key) const {
    const rapidjson::Value& v = at(key);
    if (!v.IsNumber() || v.GetDouble() < 0) fail(std::string("'") + key + "' is no duration");
    return v.GetDouble();
  }
  // A name of a directory, and nothing that leads out of where it stands.
  std::string name(const char* key) const {
    std::string name = text(key);
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
        has_control(name)) {
      fail(std::string("'") + key + "' is no name of a directory");
    }
    return name;
  }
  std::string digest(const char* key) const {
    std::string digest = text(key);
    const bool hex = std::all_of(digest.begin(), digest.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    if (digest.size() != kDigestSize || !hex) fail(std::string("'") + key + "' is no SHA-256");
    return digest;
  }
  // Calls f with a member that is an object; not where it is null.
  template <class F>
  void object(const char* key, F&& f) const {
    const rapidjson::Value& v = at(key);
    if (!v.IsNull()) f(Members(v, subject_));
  }
  template <class F>
  void array(const char* key, F&& f) const {
    const rapidjson::Value& v = at(key);
    if (!v.IsArray()) fail(std::string("'") + key + "' is no list");
    for (const rapidjson::Value& element : v.GetArray()) f(Members(element, subject_));
  }
  void check_schema(std::string_view schema) const {
    if (text("schema") != schema) fail("'schema' is not " + std::string(schema));
  }

 private:
  [[noreturn]] void fail(std::string why) const {
    throw Error({.code = "E-MIRROR-STATE",
                 .message = "what the mirror has noted can't be read: " + std::move(why),
                 .subject = subject_,
                 .hint = "nothing is written or deleted there; look who has written the file, or "
                         "begin with an empty target"});
  }
  const rapidjson::Value& at(const char* key) const {
    const auto found = value_.FindMember(key);
    if (found == value_.MemberEnd()) fail(std::string("'") + key + "' is missing");
    return found->value;
  }

  const rapidjson::Value& value_;
  const std::string& subject_;
};

rapidjson::Document parse(std::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag>(
      text.data(), text.size());
  if (document.HasParseError()) document.SetNull();
  return document;
}

SourceCheckpoint source_of(const Members& m) {
  return {m.name("name"), m.time("source-time")};
}

MirroredCheckpoint checkpoint_of(const Members& m) {
  MirroredCheckpoint one;
  one.source = source_of(m);
  one.directory = m.name("directory");
  one.digest = m.digest("sha256");
  one.mirrored = m.time("mirrored");
  one.files = m.count("files");
  one.bytes = m.count("bytes");
  one.copied_files = m.count("files-copied");
  one.copied_bytes = m.count("bytes-copied");
  one.seconds = m.seconds("seconds");
  return one;
}

GivenUp given_up_of(const Members& m) {
  return {source_of(m),     m.name("directory"),     m.text("why"),       m.time("at"),
          m.count("bytes"), m.count("bytes-copied"), m.seconds("seconds")};
}

}  // namespace

std::string text_of(const MirrorState& state) {
  rapidjson::StringBuffer buffer;
  Writer w(buffer);
  w.SetIndent(' ', 1);
  w.StartObject();
  put(w, "schema", std::string(kStateSchema));
  put(w, "mirror", state.mirror);
  put(w, "source", state.source);
  put(w, "behind", state.behind);
  put(w, "lag-seconds", state.lag);
  put(w, "lag-bytes", state.lag_bytes);
  put(w, "looked", state.looked);
  put(w, "broken", state.broken);
  put(w, "given-up-in-a-row", state.given_up_in_a_row);
  w.Key("failover");
  if (state.failover) {
    w.StartObject();
    put(w, "at", state.failover->at);
    put(w, "checkpoint", state.failover->checkpoint);
    put(w, "by", state.failover->by);
    w.EndObject();
  } else {
    w.Null();
  }
  w.Key("pending");
  state.pending ? put_checkpoint(w, *state.pending) : static_cast<void>(w.Null());
  w.Key("checkpoints");
  w.StartArray();
  for (const MirroredCheckpoint& one : state.checkpoints) put_checkpoint(w, one);
  w.EndArray();
  w.Key("given-up");
  w.StartArray();
  for (const GivenUp& one : state.given_up) put_given_up(w, one);
  w.EndArray();
  w.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

std::string text_of(const MirrorLease& lease) {
  rapidjson::StringBuffer buffer;
  Writer w(buffer);
  w.SetIndent(' ', 1);
  w.StartObject();
  put(w, "schema", std::string(kLeaseSchema));
  put(w, "name", lease.name);
  put(w, "holder", lease.holder);
  put(w, "until", lease.until);
  w.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

MirrorState parse_mirror_state(std::string_view text, const std::string& subject) {
  const rapidjson::Document document = parse(text);
  const Members m(document, subject);
  m.check_schema(kStateSchema);
  MirrorState state;
  state.mirror = m.text("mirror");
  state.source = m.text("source");
  state.behind = m.count("behind");
  state.lag = m.time("lag-seconds");
  state.lag_bytes = m.count("lag-bytes");
  state.looked = m.time("looked");
  state.broken = m.text("broken");
  state.given_up_in_a_row = m.count("given-up-in-a-row");
  m.object("failover", [&](const Members& note) {
    state.failover = FailoverNote{note.time("at"), note.text("checkpoint"), note.text("by")};
  });
  m.object("pending", [&](const Members& one) { state.pending = checkpoint_of(one); });
  m.array("checkpoints",
          [&](const Members& one) { state.checkpoints.push_back(checkpoint_of(one)); });
  m.array("given-up", [&](const Members& one) { state.given_up.push_back(given_up_of(one)); });
  return state;
}

MirrorLease parse_mirror_lease(std::string_view text, const std::string& subject) {
  const rapidjson::Document document = parse(text);
  const Members m(document, subject);
  m.check_schema(kLeaseSchema);
  return {m.text("name"), m.text("holder"), m.time("until")};
}

}  // namespace stateferry
