// Text of a document's arena lives as long as the document.
#include "stateferry/model/document.hpp"

stateferry::Document make();

std::size_t used() {
#ifdef STATEFERRY_MISTAKE
  return make().arena().intern("text").size();
#else
  stateferry::Document document = make();
  return document.arena().intern("text").size();
#endif
}
