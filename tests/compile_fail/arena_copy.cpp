// Two arenas never own the same memory.
#include <utility>

#include "stateferry/memory/arena.hpp"

stateferry::Arena take(stateferry::Arena& arena) {
#ifdef STATEFERRY_MISTAKE
  return arena;
#else
  return std::move(arena);
#endif
}
