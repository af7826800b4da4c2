#include "model/java_stream.hpp"

#include <cstring>
#include <string>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr int kMaxDepth = 32;

}  // namespace

std::uint64_t JavaStream::walk() {
  if (in_.i32() != static_cast<std::int32_t>(0xACED0005)) fail("no Java serialization stream");
  content(0);
  return in_.offset();
}

void JavaStream::fail(const std::string& what) const {
  throw FormatError("E-FORMAT-PROPERTIES", "the checkpoint properties are damaged: " + what,
                    base_ + in_.offset(), "the file is damaged or cut; take another copy of it");
}

std::string_view JavaStream::utf() {
  const std::size_t n = in_.peek_u16();
  const auto bytes = in_.take(n + 2).subspan(2);
  texts_.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return texts_.back();
}

std::int32_t JavaStream::count() {
  const std::int32_t n = in_.i32();
  if (n < 0 || static_cast<std::uint64_t>(n) > in_.remaining()) fail("a count is wrong");
  return n;
}

int JavaStream::handle(int class_index) {
  handles_.push_back(class_index);
  return class_index;
}

void JavaStream::content(int depth) {
  if (depth > kMaxDepth) fail("objects are nested too deeply");
  switch (const std::uint8_t code = in_.u8()) {
    case 0x70:  // TC_NULL
      break;
    case 0x71:  // TC_REFERENCE
      reference();
      break;
    case 0x72:  // TC_CLASSDESC
      class_desc_body(depth);
      break;
    case 0x73:  // TC_OBJECT
      object(depth);
      break;
    case 0x74:  // TC_STRING
      handle();
      utf();
      break;
    case 0x75:  // TC_ARRAY
      array(depth);
      break;
    case 0x76:  // TC_CLASS
      class_desc(depth);
      handle();
      break;
    case 0x77:  // TC_BLOCKDATA
      in_.take(in_.u8());
      break;
    case 0x7A:  // TC_BLOCKDATALONG
      in_.take(static_cast<std::size_t>(count()));
      break;
    case 0x7C: {  // TC_LONGSTRING
      handle();
      const std::int64_t n = in_.i64();
      if (n < 0 || static_cast<std::uint64_t>(n) > in_.remaining()) fail("a length is wrong");
      in_.take(static_cast<std::size_t>(n));
      break;
    }
    case 0x7E:  // TC_ENUM
      class_desc(depth);
      handle();
      content(depth + 1);
      break;
    default:
      fail("type code " + std::to_string(code) + " does not exist");
  }
}

int JavaStream::reference() {
  const std::int64_t index = std::int64_t{in_.i32()} - 0x7E0000;
  if (index < 0 || index >= static_cast<std::int64_t>(handles_.size())) {
    fail("a back reference points nowhere");
  }
  return handles_[static_cast<std::size_t>(index)];
}

// A class description in a place where only that may stand; -1 for null.
int JavaStream::class_desc(int depth) {
  if (depth > kMaxDepth) fail("classes are nested too deeply");
  switch (in_.u8()) {
    case 0x70:
      return -1;
    case 0x71: {
      const int index = reference();
      if (index < 0) fail("a back reference is not to a class");
      return index;
    }
    case 0x72:
      return class_desc_body(depth);
    default:
      fail("no class description where one must stand");
  }
}

int JavaStream::class_desc_body(int depth) {
  ClassDesc c;
  c.name = utf();
  in_.i64();  // serialVersionUID
  const int index = handle(static_cast<int>(classes_.size()));
  classes_.emplace_back();
  c.flags = in_.u8();
  const std::size_t n = in_.peek_u16();
  in_.take(2);
  for (std::size_t i = 0; i < n; ++i) {
    const char type = static_cast<char>(in_.u8());
    if (std::strchr("BCDFIJSZL[", type) == nullptr || type == '\0') fail("a field has no type");
    const std::string_view field = utf();
    if (type == 'L' || type == '[') content(depth + 1);  // the field's class, a string
    c.fields.push_back({type, field});
  }
  annotations(depth);
  c.super = class_desc(depth + 1);
  classes_[static_cast<std::size_t>(index)] = std::move(c);
  return index;
}

void JavaStream::annotations(int depth) {
  for (;;) {
    if (in_.remaining() > 0 && in_.peek_u8() == 0x78) {  // TC_ENDBLOCKDATA
      in_.u8();
      return;
    }
    content(depth + 1);
  }
}

void JavaStream::object(int depth) {
  const int index = class_desc(depth + 1);
  if (index < 0) fail("an object has no class");
  handle();
  // Values of the super class come first.
  std::vector<int> chain;
  for (int c = index; c >= 0; c = classes_[static_cast<std::size_t>(c)].super) {
    if (chain.size() > static_cast<std::size_t>(kMaxDepth)) fail("classes are nested too deeply");
    chain.push_back(c);
  }
  for (auto c = chain.rbegin(); c != chain.rend(); ++c) class_data(*c, depth);
}

void JavaStream::class_data(int index, int depth) {
  const std::uint8_t flags = classes_[static_cast<std::size_t>(index)].flags;
  if ((flags & 0x04) != 0) {  // SC_EXTERNALIZABLE
    if ((flags & 0x08) == 0) fail("an externalizable class without block data has no length");
    annotations(depth);
    return;
  }
  // By index: reading a value may describe further classes and move the vector.
  const std::size_t n = classes_[static_cast<std::size_t>(index)].fields.size();
  for (std::size_t i = 0; i < n; ++i) {
    const ClassDesc& c = classes_[static_cast<std::size_t>(index)];
    const Field field = c.fields[i];
    const std::string_view name = c.name;
    const bool is_text = field.type == 'L' && in_.remaining() > 0 && in_.peek_u8() == 0x74;
    value(field.type, depth);
    if (is_text) fields_.push_back({name, field.name, texts_.back()});
  }
  if ((flags & 0x01) != 0) annotations(depth);  // SC_WRITE_METHOD
}

void JavaStream::value(char type, int depth) {
  switch (type) {
    case 'B':
    case 'Z':
      in_.take(1);
      break;
    case 'C':
    case 'S':
      in_.take(2);
      break;
    case 'F':
    case 'I':
      in_.take(4);
      break;
    case 'D':
    case 'J':
      in_.take(8);
      break;
    default:
      content(depth + 1);
      break;
  }
}

void JavaStream::array(int depth) {
  const int index = class_desc(depth + 1);
  if (index < 0) fail("an array has no class");
  handle();
  const std::string_view name = classes_[static_cast<std::size_t>(index)].name;
  if (name.size() < 2) fail("an array has no element type");
  const char element = name[1];
  const std::int32_t n = count();
  for (std::int32_t i = 0; i < n; ++i) value(element, depth);
}

}  // namespace stateferry
