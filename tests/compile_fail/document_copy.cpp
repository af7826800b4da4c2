// There is one owner of a tree.
#include <utility>

#include "stateferry/model/document.hpp"

stateferry::Document take(stateferry::Document& document) {
#ifdef STATEFERRY_MISTAKE
  return document;
#else
  return std::move(document);
#endif
}
