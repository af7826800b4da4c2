#include "errors.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/shown.hpp"

namespace stateferry::rclone {
namespace {

using namespace std::string_view_literals;

// What a store answered: its status (0: none), its own word for what is wrong, and a line about it.
struct Said {
  int status = 0;
  std::string code;
  std::string text;
};

// What stands between `before` and the first of `ends`.
std::string_view between(std::string_view text, std::string_view before, std::string_view ends) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + before.size());
  return text.substr(0, text.find_first_of(ends));
}

int number_after(std::string_view text, std::string_view before) {
  const std::string_view digits = between(text, before, " ,:;\n\t");
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// `failed to find object: Forbidden: Forbidden` has a word of AWS between two colons.
std::string_view word_of_aws(std::string_view line) {
  while (!line.empty()) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return {};
    const std::string_view word = line.substr(0, colon);
    const bool camel = !word.empty() && is_letter(word.front()) && !is_small_letter(word.front()) &&
                       std::all_of(word.begin(), word.end(), is_letter_or_digit);
    if (camel) return word;
    line.remove_prefix(colon + 2);
  }
  return {};
}

// `403 No such thing.` without the number.
std::string_view words_behind_number(std::string_view status) {
  const auto blank = status.find(' ');
  return blank == std::string_view::npos ? std::string_view() : status.substr(blank + 1);
}

// The library for Azure begins with places in its own source, and says `HTTP request failed` of all
// that never reached the store.
std::string_view without_places(std::string_view message) {
  for (;;) {
    const std::string_view line = message.substr(0, message.find('\n'));
    const bool says_nothing = line.find_first_not_of(" \t\r") == std::string_view::npos ||
                              line.find("-> github.com/") != std::string_view::npos ||
                              line == "HTTP request failed";
    if (!says_nothing || line.size() == message.size()) return message;
    message.remove_prefix(line.size() + 1);
  }
}

Said read(std::string_view message) {
  Said said;
  message = without_places(message);
  std::string_view line = message.substr(0, message.find('\n'));
  while (line.ends_with(' ')) line.remove_suffix(1);
  said.text = line;
  // Azure, by the older and the newer of its libraries.
  for (const auto& [code, status] : {std::pair{"ServiceCode="sv, "RESPONSE Status: "sv},
                                     std::pair{"ERROR CODE: "sv, "RESPONSE "sv}}) {
    const std::string_view word = between(message, code, ") ,\n");
    if (word.empty()) continue;
    said.code = word;
    said.status = number_after(message, status);
    std::string_view about = between(message, "Description=", "\n,");
    if (about.empty()) about = words_behind_number(between(message, "RESPONSE Status: ", "\n"));
    said.text = said.code + (about.empty() ? "" : ": ") + std::string(about);
    return said;
  }
  if (const int status = number_after(message, "googleapi: Error "); status != 0) {
    said.status = status;
    return said;
  }
  said.status = number_after(message, "status code: ");
  if (said.status == 0) said.status = number_after(message, "got HTTP response code ");
  if (said.status == 0) said.status = number_after(message, "StatusCode: ");
  const std::string_view cause = between(message, "caused by: ", "\n");
  if (!cause.empty()) said.text = cause;
  const std::string_view newer = between(message, "api error ", ":\n");
  said.code = newer.empty() ? word_of_aws(line) : newer;
  return said;
}

// In small letters.
constexpr std::array kDeniedCodes = {"accessdenied"sv,
                                     "invalidaccesskeyid"sv,
                                     "signaturedoesnotmatch"sv,
                                     "expiredtoken"sv,
                                     "invalidtoken"sv,
                                     "tokenrefreshrequired"sv,
                                     "requesttimetooskewed"sv,
                                     "authenticationfailed"sv,
                                     "authorizationfailure"sv,
                                     "nocredentialproviders"sv,
                                     "invalidauthenticationinfo"sv,
                                     "insufficientaccountpermissions"sv};
constexpr std::array kNotFoundCodes = {"nosuchbucket"sv, "nosuchkey"sv, "containernotfound"sv,
                                       "blobnotfound"sv};
constexpr std::array kTemporaryCodes = {"slowdown"sv, "internalerror"sv, "serverbusy"sv,
                                        "requesttimeout"sv, "serviceunavailable"sv};
// Words of a message without a status; the first row with a part of it wins.
constexpr std::array kDeniedWords = {"invalid_grant"sv, "no such user"sv,
                                     "access denied"sv, "could not find default credentials"sv,
                                     "forbidden"sv,     "failed to acquire msi token"sv,
                                     "unauthorized"sv,  "unable to authenticate"sv};
constexpr std::array kDeniedFileWords = {"permission denied"sv, "operation not permitted"sv};
constexpr std::array kNotFoundWords = {"object not found"sv, "directory not found"sv,
                                       "no such file or directory"sv, "file does not exist"sv,
                                       "bucket doesn't exist"sv};
// HDFS: what goes away, though it is said of all name nodes at once.
constexpr std::array kHdfsTemporaryWords = {"replication in progress"sv, "standbyexception"sv,
                                            "safemodeexception"sv, "retriableexception"sv};
// With a colon the connection ended without an answer; a body breaks off by an unexpected EOF.
constexpr std::array kUnreachableWords = {"connection refused"sv, "no such host"sv,
                                          "no route to host"sv,   "network is unreachable"sv,
                                          "server misbehaving"sv, "no available namenodes"sv,
                                          "i/o timeout"sv,        "timed out"sv,
                                          "deadline exceeded"sv,  ": eof"sv,
                                          "connection reset"sv,   "broken pipe"sv};
constexpr std::array kTemporaryWords = {
    "eof"sv, "timeout"sv, "try again"sv, "corrupted on transfer"sv, "unavailable"sv, "safe mode"sv};

template <class Table>
bool among(const Table& table, std::string_view word) {
  return std::find(table.begin(), table.end(), word) != table.end();
}
template <class Table>
bool any_in(const Table& table, const std::string& text) {
  return std::any_of(table.begin(), table.end(),
                     [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

enum class Kind { denied, expired, denied_file, not_found, unreachable, temporary, other };

Kind kind_of(const Said& said, const std::string& message) {
  const std::string code = in_small_letters(said.code);
  if (said.status == 401 || said.status == 403 || among(kDeniedCodes, code)) return Kind::denied;
  // S3 answers a HEAD with an expired token by this alone.
  if (said.status == 400 && code == "badrequest") return Kind::expired;
  if (said.status == 404 || among(kNotFoundCodes, code)) return Kind::not_found;
  if (said.status == 408 || said.status == 429 || said.status >= 500 ||
      among(kTemporaryCodes, code)) {
    return Kind::temporary;
  }
  if (said.status != 0) return Kind::other;
  if (any_in(kHdfsTemporaryWords, message)) return Kind::temporary;
  if (any_in(kDeniedWords, message)) return Kind::denied;
  if (any_in(kDeniedFileWords, message)) return Kind::denied_file;
  if (any_in(kNotFoundWords, message)) return Kind::not_found;
  if (any_in(kUnreachableWords, message)) return Kind::unreachable;
  return any_in(kTemporaryWords, message) ? Kind::temporary : Kind::other;
}

}  // namespace

IoError error_of(std::string_view message, const std::string& uri, const char* otherwise) {
  const Said said = read(message);
  const std::string text = without_secrets(said.text);
  switch (kind_of(said, in_small_letters(message))) {
    case Kind::denied:
      return {"E-IO-DENIED", text, uri,
              "check the credentials in the environment or profile, when they expire, and what "
              "they may do; where a bucket may not be listed, files that aren't there are denied"};
    case Kind::expired:
      return {"E-IO-DENIED", text, uri,
              "the credentials may have expired, or be for another region"};
    case Kind::denied_file:
      return {"E-IO-DENIED", text, uri,
              "check the owner and the permissions of the file and of its directory"};
    case Kind::not_found:
      return {"E-IO-NOT-FOUND", text, uri, "check bucket and path"};
    case Kind::unreachable:
      return {"E-STORE-UNREACHABLE", text, uri, "check endpoint, network and name"};
    case Kind::temporary:
      return {"E-STORE-TEMPORARY", text, uri, "run the same command again: it goes on"};
    case Kind::other:
      break;
  }
  return {otherwise, text, uri,
          said.status == 400 ? "the credentials may have expired, or be for another region"
                             : std::string()};
}

IoError error_in(std::string_view body, long status, const std::string& uri,
                 const char* otherwise) {
  rapidjson::Document answer;
  answer.Parse(body.data(), body.size());
  if (!answer.HasParseError() && answer.IsObject()) {
    const rapidjson::Value& fields = answer;
    const auto error = fields.FindMember("error");
    if (error != fields.MemberEnd() && error->value.IsString()) {
      return error_of({error->value.GetString(), error->value.GetStringLength()}, uri, otherwise);
    }
  }
  const std::string_view line = body.substr(0, body.find('\n'));
  return error_of("rclone answered " + std::to_string(status) + ": " + std::string(line), uri,
                  otherwise);
}

}  // namespace stateferry::rclone
