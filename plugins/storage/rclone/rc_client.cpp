#include "rc_client.hpp"

#include <curl/curl.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <exception>
#include <mutex>
#include <utility>

#include "errors.hpp"

namespace stateferry::rclone {
namespace {

void set_up_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// Where the body of an answer goes; an exception waits here until libcurl has returned.
struct Body {
  const TakeBytes* take = nullptr;  // null: into `text`
  CURL* curl = nullptr;
  std::string text;
  bool cut = false;  // it ended before its announced length
  std::exception_ptr failure;
};

extern "C" std::size_t take_body(char* data, std::size_t size, std::size_t count, void* user) {
  auto& body = *static_cast<Body*>(user);
  const std::size_t bytes = size * count;
  long status = 0;
  curl_easy_getinfo(body.curl, CURLINFO_RESPONSE_CODE, &status);
  try {
    if (body.take == nullptr || status >= 300) {
      body.text.append(data, bytes);
    } else {
      (*body.take)(std::as_bytes(std::span(data, bytes)));
    }
  } catch (...) {
    body.failure = std::current_exception();
    return 0;
  }
  return bytes;
}

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

void write_text(JsonWriter& json, std::string_view text) {
  json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::string json_of(const std::vector<RcClient::Argument>& arguments, const char* options,
                    const char* settings) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  json.StartObject();
  for (const auto& [name, value] : arguments) {
    json.Key(name);
    write_text(json, value);
  }
  for (const auto& [name, value] : {std::pair{"opt", options}, std::pair{"_config", settings}}) {
    if (*value == '\0') continue;
    json.Key(name);
    json.RawValue(value, std::char_traits<char>::length(value), rapidjson::kObjectType);
  }
  // Else it keeps statistics of a thousand calls, one by one.
  json.Key("_group");
  json.String("stateferry");
  json.EndObject();
  return buffer.GetString();
}

std::string json_of_run(const char* command, const std::vector<std::string>& arguments) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  json.StartObject();
  json.Key("command");
  json.String(command);
  json.Key("arg");
  json.StartArray();
  for (const std::string& argument : arguments) write_text(json, argument);
  json.EndArray();
  json.Key("returnType");
  json.String("STREAM");
  json.EndObject();
  return buffer.GetString();
}

}  // namespace

struct RcClient::State {
  CURL* curl = curl_easy_init();
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  ~State() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
  }

  // Sends what is set up; the status of the answer, or 0 with libcurl's reason in body.text.
  long perform(Body& body) {
    body.curl = curl;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    const CURLcode code = curl_easy_perform(curl);
    if (body.failure) std::rethrow_exception(body.failure);
    if (code != CURLE_OK) {
      if (body.text.empty()) body.text = curl_easy_strerror(code);
      body.cut = code == CURLE_PARTIAL_FILE;
      if (!body.cut) return 0;
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  // The same with a request in JSON, which outlives the call.
  long post(const std::string& request, Body& body) {
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.size()));
    return perform(body);
  }
};

RcClient::RcClient(std::shared_ptr<const Daemon> daemon) : daemon_(std::move(daemon)) {
  set_up_curl();
  state_ = std::make_unique<State>();
}
RcClient::~RcClient() = default;

namespace {

void prepare(CURL* curl, const Daemon& daemon, const std::string& url) {
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_USERNAME, daemon.user().c_str());
  curl_easy_setopt(curl, CURLOPT_PASSWORD, daemon.password().c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // never for this machine itself
}

constexpr std::string_view kNotOpened = "Not Found\n";

[[noreturn]] void fail_engine(const Daemon& daemon, const std::string& why,
                              const std::string& uri) {
  throw IoError("E-STORE-ENGINE", "rclone stopped answering: " + why, uri,
                "it said: " + daemon.last_words());
}

}  // namespace

rapidjson::Document RcClient::call(const char* command, const std::vector<Argument>& arguments,
                                   const char* options, const std::string& uri,
                                   const char* otherwise, const char* settings) {
  const std::string request = json_of(arguments, options, settings);
  prepare(state_->curl, *daemon_, daemon_->url() + "/" + command);
  Body body;
  const long status = state_->post(request, body);
  if (status == 0) fail_engine(*daemon_, body.text, uri);
  rapidjson::Document answer;
  answer.Parse(body.text.data(), body.text.size());
  if (status >= 300 || answer.HasParseError() || !answer.IsObject()) {
    throw error_in(body.text, status, uri, otherwise);
  }
  return answer;
}

void RcClient::run(const char* command, const std::vector<std::string>& arguments,
                   const TakeBytes& take, const std::string& uri) {
  const std::string request = json_of_run(command, arguments);
  prepare(state_->curl, *daemon_, daemon_->url() + "/core/command");
  Body body;
  body.take = &take;
  const long status = state_->post(request, body);
  if (status == 0) fail_engine(*daemon_, body.text, uri);
  if (status >= 300) throw error_in(body.text, status, uri, "E-IO-READ");
}

bool RcClient::get(const Place& place, const std::optional<ByteRange>& range, const TakeBytes& take,
                   const std::string& uri) {
  const auto escaped = [&](const std::string& text) {
    char* const made = curl_easy_escape(state_->curl, text.data(), static_cast<int>(text.size()));
    std::string result(made);
    curl_free(made);
    return result;
  };
  std::string path;
  for (std::string_view rest = place.remote; !rest.empty();) {
    const auto slash = rest.find('/');
    path += "/" + escaped(std::string(rest.substr(0, slash)));
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  }
  prepare(state_->curl, *daemon_, daemon_->url() + "/" + escaped("[" + place.fs + "]") + path);
  const std::string bytes =
      range ? std::to_string(range->offset) + "-" + std::to_string(range->offset + range->size - 1)
            : std::string();
  if (range) curl_easy_setopt(state_->curl, CURLOPT_RANGE, bytes.c_str());
  Body body;
  body.take = &take;
  const long status = state_->perform(body);
  if (status == 0) fail_engine(*daemon_, body.text, uri);
  if (status >= 300) {
    // A plain text where all other errors are JSON, cut since it came behind the file's length.
    if (body.cut || body.text == kNotOpened) return false;
    throw error_in(body.text, status, uri, "E-IO-READ");
  }
  if (body.cut) {
    throw IoError("E-STORE-TEMPORARY", "the file's bytes ended too early", uri,
                  "run the same command again: it goes on");
  }
  return true;
}

}  // namespace stateferry::rclone
