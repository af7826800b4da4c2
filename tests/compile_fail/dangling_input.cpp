// The input of a document lives as long as the document.
#include "stateferry/model/document.hpp"

stateferry::Document make();

std::size_t size() {
#ifdef STATEFERRY_MISTAKE
  return make().input().bytes().size();
#else
  stateferry::Document document = make();
  return document.input().bytes().size();
#endif
}
