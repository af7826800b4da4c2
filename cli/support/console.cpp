#include "support/console.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>

#include "stateferry/diag/error.hpp"
#include "stateferry/diag/shown.hpp"
#include "stateferry/io/byte_sink.hpp"
#include "stateferry/model/dump.hpp"
#include "support/json.hpp"

namespace stateferry::cli {
namespace {

bool g_color = false;
bool g_json_log = false;
int g_verbose = 0;
constexpr std::size_t kStdoutBuffer = std::size_t{64} << 10;
std::string g_stdout;  // printed and not written yet
bool g_reader_left = false;
std::atomic<bool> g_line_open = false;

// Directly, as whoever writes that line does.
void make_room() {
  constexpr std::string_view kClear = "\r\x1b[K";
  if (g_line_open && ::write(STDERR_FILENO, kClear.data(), kClear.size()) < 0) return;
}

bool wants_color(const std::string& choice) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* term = std::getenv("TERM");
  if (term != nullptr && std::string_view(term) == "dumb") return false;
  return ::isatty(STDOUT_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

constexpr std::string_view kColorBegin = "\x1b[";
constexpr std::string_view kColorEnd = "\x1b[0m";
// All that colored() is asked for; nothing else passes for_people().
constexpr std::array<std::string_view, 6> kColors = {"1", "2", "31", "32", "1;31", "1;33"};

std::string colored(std::string_view code, std::string_view text) {
  if (!g_color) return std::string(text);
  return std::string(kColorBegin) + std::string(code) + "m" + shown(text) + std::string(kColorEnd);
}

// Bytes of one of our own colours at the beginning of `text`; 0 when there is none.
std::size_t color_length(std::string_view text) {
  if (text.starts_with(kColorEnd)) return kColorEnd.size();
  for (const std::string_view code : kColors) {
    const std::size_t length = kColorBegin.size() + code.size() + 1;
    if (text.starts_with(kColorBegin) && text.substr(kColorBegin.size()).starts_with(code) &&
        text.substr(0, length).ends_with('m')) {
      return length;
    }
  }
  return 0;
}

// The net below all that is composed for people: whatever comes here, a terminal gets nothing to
// obey but line ends and, where there is colour, ours; and nobody gets a key.
std::string for_people(std::string_view text) {
  const std::string told = without_secrets(text);
  if (!g_color) return shown_lines(told);
  std::string safe;
  std::string_view rest = told;
  while (!rest.empty()) {
    const std::size_t color = color_length(rest);
    const std::size_t plain = color > 0 ? 0 : std::max<std::size_t>(rest.find('\x1b', 1), 1);
    safe += color > 0 ? std::string(rest.substr(0, color)) : shown_lines(rest.substr(0, plain));
    rest.remove_prefix(std::min(color > 0 ? color : plain, rest.size()));
  }
  return safe;
}

void log(spdlog::level::level_enum level, std::string_view text) {
  if (!spdlog::default_logger_raw()->should_log(level)) return;
  make_room();
  if (g_json_log) {
    // The message is JSON text already quoted; level and time are spdlog's.
    spdlog::default_logger_raw()->log(level, "\"message\":{}", json_string(without_secrets(text)));
  } else {
    spdlog::default_logger_raw()->log(level, "{}", for_people(text));
  }
}

spdlog::level::level_enum level_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return spdlog::level::err;
    case Severity::warning:
      return spdlog::level::warn;
    case Severity::note:
      break;
  }
  return spdlog::level::info;
}

}  // namespace

void configure_console(const GlobalOptions& options) {
  g_color = wants_color(options.color);
  g_json_log = options.log_format == "json";
  g_verbose = options.quiet ? 0 : options.verbose;
  auto logger = std::make_shared<spdlog::logger>("stateferry",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (g_json_log) {
    logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc));
  } else {
    logger->set_pattern("%v");
  }
  logger->set_level(options.quiet         ? spdlog::level::err
                    : options.verbose > 1 ? spdlog::level::trace
                    : options.verbose > 0 ? spdlog::level::debug
                                          : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void say(std::string_view text) {
  log(spdlog::level::info, text);
}
void debug(std::string_view text) {
  log(spdlog::level::debug, text);
}

int verbosity() {
  return g_verbose;
}

void set_line_open(bool open) {
  g_line_open = open;
}

void say(const Diagnostic& d) {
  make_room();
  if (!g_json_log) {
    std::string text = render(d);
    if (g_color) {
      for (const auto& [word, code] :
           {std::pair{"error: ", "1;31"}, std::pair{"warning: ", "1;33"}}) {
        const auto at = text.find(word);
        if (at != std::string::npos && at <= text.find('\n')) {
          text.replace(at, std::string_view(word).size(), colored(code, word));
          break;
        }
      }
    }
    spdlog::default_logger_raw()->log(level_of(d.severity), "{}", text);
    return;
  }
  JsonText json(JsonText::Style::compact);
  json.object([&] { write_diagnostic_members(json, d); });
  const std::string object = json.text();
  // Without the braces: the pattern gives them.
  spdlog::default_logger_raw()->log(level_of(d.severity), "{}",
                                    object.substr(1, object.size() - 2));
}

void print(std::string_view text) {
  print_exactly(for_people(text));
}

void print_exactly(std::string_view text) {
  g_stdout += text;
  if (g_stdout.size() >= kStdoutBuffer) finish_stdout();
}

void finish_stdout() {
  // Taken out first: what could not be written once is not tried again on the way out.
  const std::string pending = std::exchange(g_stdout, {});
  if (pending.empty() || g_reader_left) return;
  try {
    descriptor_sink(STDOUT_FILENO, "<stdout>")
        ->write(std::as_bytes(std::span(pending.data(), pending.size())));
  } catch (const Error& error) {
    if (error.code() != "E-IO-PIPE") throw;
    g_reader_left = true;
  }
}

std::string bold(std::string_view text) {
  return colored("1", text);
}
std::string red(std::string_view text) {
  return colored("31", text);
}
std::string green(std::string_view text) {
  return colored("32", text);
}
std::string dim(std::string_view text) {
  return colored("2", text);
}

std::string human_size(std::uint64_t bytes) {
  static constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

ConsoleSink::~ConsoleSink() = default;

void ConsoleSink::report(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) {
    if (errors_++ == 0) exit_ = exit_of(diagnostic.code);
  } else if (diagnostic.severity == Severity::warning) {
    ++warnings_;
  }
  say(diagnostic);
}

ExitCode exit_of(std::string_view code) {
  const CodeInfo* info = find_code(code);
  return info == nullptr ? ExitCode::internal : info->exit;
}

}  // namespace stateferry::cli
