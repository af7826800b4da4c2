#include "support/crash.hpp"

#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "stateferry/host/guarded_call.hpp"

namespace stateferry::cli {
namespace {

// An overflow of the stack leaves no room on it.
std::array<char, 16384> other_stack;

iovec piece(std::string_view text) {
  return {const_cast<char*>(text.data()), text.size()};
}

// Only calls that POSIX allows in handlers of signals. The signal comes again when it returns, and
// then ends the process: SA_RESETHAND.
void tell(int signal) {
  const std::string_view what = plugin_in_hand;
  if (!what.empty()) {
    const std::array<iovec, 3> text = {
        piece("error: a plugin has crashed: "), piece(what),
        piece(" [E-PLUGIN-FAILED]\n  help: this is a fault of the plugin; tell its authors. Output "
              "is put in place at the end only: nothing is half\n")};
    (void)!::writev(STDERR_FILENO, text.data(), static_cast<int>(text.size()));
  }
  (void)::raise(signal);
}

}  // namespace

void tell_whose_crash_it_is() {
  const stack_t stack = {other_stack.data(), 0, other_stack.size()};
  (void)::sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) continue;
    struct sigaction action {};
    action.sa_handler = tell;
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK;
    (void)::sigaction(signal, &action, nullptr);
  }
}

}  // namespace stateferry::cli
