// An arena runs no destructors, so it takes no type that has one.
#include <string>

#include "stateferry/memory/arena.hpp"

void fill(stateferry::Arena& arena) {
#ifdef STATEFERRY_MISTAKE
  arena.make<std::string>();
#else
  arena.make<int>();
#endif
}
