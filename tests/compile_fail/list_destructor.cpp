// The elements of a list lie in an arena, which destroys nothing.
#include <string>
#include <string_view>

#include "stateferry/memory/list.hpp"

#ifdef STATEFERRY_MISTAKE
using Text = std::string;
#else
using Text = std::string_view;
#endif

void fill(stateferry::Arena& arena, stateferry::List<Text>& list) {
  list.push_back(arena, "text");
}
