#include "io/hidden_name.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <random>
#include <utility>

#include "stateferry/io/byte_sink.hpp"

namespace stateferry {

// Slots are taken and given back with atomics only, since the handler may run at any moment.
struct HiddenNameSlot {
  std::atomic<bool> taken{false};
  std::atomic<const char*> path{nullptr};
};

namespace {

std::array<HiddenNameSlot, 64> g_slots;

extern "C" void remove_and_die(int signal) {
  for (HiddenNameSlot& slot : g_slots) {
    if (const char* path = slot.path.load()) ::unlink(path);
  }
  // Blocked while it is handled, it would come too late.
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, signal);
  ::signal(signal, SIG_DFL);
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  ::raise(signal);
}

std::string random_suffix() {
  static constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  thread_local std::mt19937_64 random{std::random_device{}()};
  std::string suffix;
  for (int i = 0; i < 8; ++i) suffix += kLetters[random() % (sizeof kLetters - 1)];
  return suffix;
}

}  // namespace

HiddenName::HiddenName(std::string path) : path_(std::move(path)) {
  for (HiddenNameSlot& slot : g_slots) {
    bool free = false;
    if (slot.taken.compare_exchange_strong(free, true)) {
      slot.path.store(path_.c_str());
      slot_ = &slot;
      return;
    }
  }
}

void HiddenName::forget() {
  if (slot_ == nullptr) return;
  slot_->path.store(nullptr);
  slot_->taken.store(false);
  slot_ = nullptr;
}

std::string hidden_path(const std::string& directory, const std::string& file) {
  return directory + "/." + file.substr(0, 200) + ".stateferry-" + random_suffix();
}

void remove_temporaries_on_signal() {
  struct sigaction action {};
  action.sa_handler = remove_and_die;
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    ::sigaction(signal, nullptr, &old);
    // A signal that the parent told us to ignore (nohup) stays ignored.
    if (old.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
}

}  // namespace stateferry
