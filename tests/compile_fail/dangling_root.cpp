// The tree of a document lives as long as the document.
#include "stateferry/model/document.hpp"

stateferry::Document make();

std::int64_t checkpoint_id() {
#ifdef STATEFERRY_MISTAKE
  return make().root().checkpoint_id;
#else
  stateferry::Document document = make();
  return document.root().checkpoint_id;
#endif
}
