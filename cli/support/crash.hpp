// Says whose code it was when the process crashes.
#pragma once

namespace stateferry::cli {

/// From now on, a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) within a call to a plugin is
/// told on stderr as that plugin's, before the process ends by the signal as it would have. A
/// handler that is there already, such as a sanitizer's, stays.
void tell_whose_crash_it_is();

}  // namespace stateferry::cli
