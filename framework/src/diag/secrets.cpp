// What gives access, found in text of any kind: URIs, connection strings, headers, answers of
// stores.
#include <algorithm>
#include <array>
#include <cstddef>

#include "stateferry/bytes/text.hpp"
#include "stateferry/diag/shown.hpp"

namespace stateferry {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kNoUri = " \t\r\n\"'<>`|\\^{}";

bool is_word(char c) {
  return is_letter_or_digit(c) || c == '_' || c == '-';
}

// Whether `text` begins with `word`, which is in lower case.
bool begins(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(),
                    [](char w, char c) { return w == small_letter(c); });
}

// ---------------------------------------------------------------------------- URIs

bool is_port(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

// Bytes of `rest`, which stands behind `scheme://`, that are a user with a password, without the @;
// 0 when there is none. A key may hold a slash, which doesn't end it then: what stands before it
// would be no port.
std::size_t user_info(std::string_view rest) {
  rest = rest.substr(0, rest.find_first_of(kNoUri));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const auto colon = authority.find(':');
  if (colon == std::string_view::npos) return 0;
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos) return colon < at ? at : 0;
  const auto later = rest.find('@');
  return later != std::string_view::npos && !is_port(authority.substr(colon + 1)) ? later : 0;
}

// ---------------------------------------------------------------------------- parameters

struct Key {
  std::string_view name;  // lower case
  bool with_colon;        // also `name: value`
};
constexpr std::array kKeys = {
    Key{"sig", false},
    Key{"signature", false},
    Key{"password", false},
    Key{"passwd", false},
    Key{"secret", false},
    Key{"access_token", true},
    Key{"refresh_token", true},
    Key{"bearer_token", true},
    Key{"id_token", true},
    Key{"session_token", true},
    Key{"sessiontoken", true},
    Key{"aws_session_token", true},
    Key{"security_token", true},
    Key{"client_secret", true},
    Key{"secret_access_key", true},
    Key{"secretaccesskey", true},
    Key{"aws_secret_access_key", true},
    Key{"secret_key", true},
    Key{"secretkey", true},
    Key{"private_key", true},
    Key{"account_key", true},
    Key{"accountkey", true},
    Key{"sharedaccesskey", true},
    Key{"sharedaccesssignature", true},
    Key{"sas_url", true},
    Key{"sse_customer_key", true},
    Key{"x-amz-credential", true},
    Key{"x-amz-signature", true},
    Key{"x-amz-security-token", true},
    Key{"x-goog-signature", true},
};

std::size_t blanks(std::string_view text) {
  return std::min(text.find_first_not_of(" \t"), text.size());
}

// Bytes of `text` from a parameter's name up to its value; 0 when it begins with none.
std::size_t before_value(std::string_view text) {
  for (const Key& key : kKeys) {
    if (!begins(text, key.name)) continue;
    std::size_t at = key.name.size();
    const bool quoted = at < text.size() && text[at] == '"';
    if (quoted) ++at;
    at += blanks(text.substr(at));
    const std::string_view sign = text.substr(at);
    if (begins(sign, "=")) {
      ++at;
    } else if (begins(sign, "%3d")) {
      at += 3;
    } else if (begins(sign, ":") && (key.with_colon || quoted)) {
      ++at;
    } else {
      continue;
    }
    at += blanks(text.substr(at));
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
    return at;
  }
  return 0;
}

std::size_t value_length(std::string_view text) {
  // Also where a parameter in a URL-encoded text ends.
  const std::size_t encoded = std::min(text.find("%26"), text.size());
  return std::min(encoded, std::min(text.find_first_of("&;,\"' \t\r\n)<>{}]|"), text.size()));
}

// ---------------------------------------------------------------------------- headers

// Bytes of `text` up to what proves who asks; 0 when it begins with no such header.
std::size_t before_proof(std::string_view text) {
  constexpr std::string_view kHeader = "authorization";
  if (begins(text, kHeader)) {
    std::size_t at = kHeader.size();
    if (at < text.size() && text[at] == '"') ++at;
    at += blanks(text.substr(at));
    if (at < text.size() && (text[at] == ':' || text[at] == '=')) {
      ++at;
      return at + blanks(text.substr(at));
    }
  }
  constexpr std::string_view kBearer = "bearer ";
  constexpr std::size_t kShortestToken = 16;
  if (begins(text, kBearer) && value_length(text.substr(kBearer.size())) >= kShortestToken) {
    return kBearer.size();
  }
  return 0;
}

}  // namespace

std::string without_secrets(std::string_view text) {
  std::string result;
  const auto pass = [&](std::size_t count) {
    result.append(text.substr(0, count));
    text.remove_prefix(count);
  };
  const auto hide = [&](std::size_t count) {
    result.append(kHidden);
    text.remove_prefix(count);
  };
  char before = ' ';
  while (!text.empty()) {
    if (begins(text, "://")) {
      pass(3);
      if (const std::size_t user = user_info(text); user > 0) hide(user);
      before = '/';
      continue;
    }
    if (!is_word(before) && is_word(text.front())) {
      if (const std::size_t name = before_proof(text); name > 0) {
        pass(name);
        hide(std::min(text.find_first_of("\r\n\"]}"), text.size()));
        before = ' ';
        continue;
      }
      if (const std::size_t name = before_value(text); name > 0) {
        pass(name);
        if (const std::size_t length = value_length(text); length > 0) hide(length);
        before = ' ';
        continue;
      }
    }
    // What is encoded separates words, too: `%26sig%3D`.
    const bool encoded = text.front() == '%' && text.size() >= 3;
    before = encoded ? ' ' : text.front();
    pass(encoded ? 3 : 1);
  }
  return result;
}

}  // namespace stateferry
