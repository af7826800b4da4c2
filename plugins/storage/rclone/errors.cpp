#include "errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stateferry::rclone {
namespace {

using namespace std::string_view_literals;

// In small letters; the first row with a part of the message wins.
constexpr std::array kDenied = {
    "accessdenied"sv,          "access denied"sv,        "forbidden"sv,
    "status code: 403"sv,      "status code: 401"sv,     "invalidaccesskeyid"sv,
    "signaturedoesnotmatch"sv, "authorizationfailure"sv, "authenticationfailed"sv,
    "permission denied"sv,     "invalid_grant"sv,        "expiredtoken"sv,
    "nocredentialproviders"sv, "no such user"sv,         "operation not permitted"sv};
constexpr std::array kNotFound = {"object not found"sv,
                                  "directory not found"sv,
                                  "nosuchbucket"sv,
                                  "nosuchkey"sv,
                                  "status code: 404"sv,
                                  "not found"sv,
                                  "no such file or directory"sv};
constexpr std::array kUnreachable = {"connection refused"sv, "no such host"sv, "no route to host"sv,
                                     "network is unreachable"sv, "server misbehaving"sv};
constexpr std::array kTemporary = {"slowdown"sv,
                                   "slow down"sv,
                                   "status code: 5"sv,
                                   "status code: 429"sv,
                                   "internalerror"sv,
                                   "internal error"sv,
                                   "internal server error"sv,
                                   "unavailable"sv,
                                   "timeout"sv,
                                   "timed out"sv,
                                   "eof"sv,
                                   "connection reset"sv,
                                   "broken pipe"sv,
                                   "too many requests"sv,
                                   "try again"sv,
                                   "deadline exceeded"sv,
                                   "corrupted on transfer"sv};

template <class Table>
bool any_in(const Table& table, const std::string& text) {
  return std::any_of(table.begin(), table.end(),
                     [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

}  // namespace

IoError error_of(std::string_view message, const std::string& uri, const char* otherwise) {
  std::string small(message);
  std::transform(small.begin(), small.end(), small.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  // One line: rclone appends request ids in further ones.
  std::string text(message.substr(0, message.find('\n')));
  while (text.ends_with(' ')) text.pop_back();
  if (any_in(kDenied, small)) {
    return {"E-IO-DENIED", text, uri,
            "check the credentials in the environment or profile, and what they may do"};
  }
  if (any_in(kNotFound, small)) return {"E-IO-NOT-FOUND", text, uri, "check bucket and path"};
  if (any_in(kUnreachable, small)) {
    return {"E-STORE-UNREACHABLE", text, uri, "check endpoint, network and name"};
  }
  if (any_in(kTemporary, small)) {
    return {"E-STORE-TEMPORARY", text, uri, "run the same command again: it goes on"};
  }
  return {otherwise, text, uri, {}};
}

bool may_go_away(const Error& error) {
  return error.code() == "E-STORE-TEMPORARY" || error.code() == "E-STORE-UNREACHABLE";
}

}  // namespace stateferry::rclone
