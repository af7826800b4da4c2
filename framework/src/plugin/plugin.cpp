// Out-of-line destructors: one vtable and one type_info for each interface, in this library.
#include "stateferry/plugin/codec.hpp"
#include "stateferry/plugin/transform.hpp"

namespace stateferry {

Codec::~Codec() = default;
Transform::~Transform() = default;
UriTransform::~UriTransform() = default;
HandleTransform::~HandleTransform() = default;
DocumentTransform::~DocumentTransform() = default;
Assertion::~Assertion() = default;

}  // namespace stateferry
