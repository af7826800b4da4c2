#include "model/java_stream.hpp"

#include <cstring>
#include <string>

#include "stateferry/diag/error.hpp"

namespace stateferry {
namespace {

constexpr int kMaxDepth = 32;

/// Bytes of a value of a primitive type; 0 for objects and arrays.
std::size_t size_of(char type) noexcept {
  switch (type) {
    case 'B':
    case 'Z':
      return 1;
    case 'C':
    case 'S':
      return 2;
    case 'F':
    case 'I':
      return 4;
    case 'D':
    case 'J':
      return 8;
    default:
      return 0;
  }
}

}  // namespace

int JavaClasses::add() {
  const int index = static_cast<int>(classes_.size());
  classes_.emplace_back();
  numbered_.push_back(index);
  return index;
}

std::optional<int> JavaClasses::numbered(std::int32_t number) const noexcept {
  const std::int64_t at = std::int64_t{number} - 0x7E0000;
  if (at < 0 || at >= static_cast<std::int64_t>(numbered_.size())) return std::nullopt;
  return numbered_[static_cast<std::size_t>(at)];
}

std::vector<int> JavaClasses::lineage(int index) const {
  std::vector<int> classes;
  for (; index != kNone; index = (*this)[index].super) {
    if (classes.size() > static_cast<std::size_t>(kMaxDepth)) return {};
    classes.insert(classes.begin(), index);
  }
  return classes;
}

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
      classes_.add_object();
      utf();
      break;
    case 0x75:  // TC_ARRAY
      array(depth);
      break;
    case 0x76:  // TC_CLASS
      class_desc(depth);
      classes_.add_object();
      break;
    case 0x77:  // TC_BLOCKDATA
      in_.take(in_.u8());
      break;
    case 0x7A:  // TC_BLOCKDATALONG
      in_.take(static_cast<std::size_t>(count()));
      break;
    case 0x7C: {  // TC_LONGSTRING
      classes_.add_object();
      const std::int64_t n = in_.i64();
      if (n < 0 || static_cast<std::uint64_t>(n) > in_.remaining()) fail("a length is wrong");
      in_.take(static_cast<std::size_t>(n));
      break;
    }
    case 0x7E:  // TC_ENUM
      class_desc(depth);
      classes_.add_object();
      content(depth + 1);
      break;
    default:
      fail("type code " + std::to_string(code) + " does not exist");
  }
}

int JavaStream::reference() {
  const auto index = classes_.numbered(in_.i32());
  if (!index) fail("a back reference points nowhere");
  return *index;
}

// A class description in a place where only that may stand; kNone for null.
int JavaStream::class_desc(int depth) {
  if (depth > kMaxDepth) fail("classes are nested too deeply");
  switch (in_.u8()) {
    case 0x70:
      return JavaClasses::kNone;
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
  JavaClasses::Class c;
  c.name = utf();
  in_.i64();  // serialVersionUID
  const int index = classes_.add();
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
  classes_.set(index, std::move(c));
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
  classes_.add_object();
  // Values of the super class come first.
  const std::vector<int> lineage = classes_.lineage(index);
  if (lineage.empty()) fail("classes are nested too deeply");
  for (const int c : lineage) class_data(c, depth);
}

void JavaStream::class_data(int index, int depth) {
  const std::uint8_t flags = classes_[index].flags;
  if ((flags & 0x04) != 0) {  // SC_EXTERNALIZABLE
    if ((flags & 0x08) == 0) fail("an externalizable class without block data has no length");
    annotations(depth);
    return;
  }
  // By index: reading a value may describe further classes and move the vector.
  const std::size_t n = classes_[index].fields.size();
  for (std::size_t i = 0; i < n; ++i) {
    const JavaClasses::Field field = classes_[index].fields[i];
    const std::string_view name = classes_[index].name;
    const bool is_text = field.type == 'L' && in_.remaining() > 0 && in_.peek_u8() == 0x74;
    value(field.type, depth);
    if (is_text) fields_.push_back({name, field.name, texts_.back()});
  }
  if ((flags & 0x01) != 0) annotations(depth);  // SC_WRITE_METHOD
}

void JavaStream::value(char type, int depth) {
  if (const std::size_t size = size_of(type); size > 0) {
    in_.take(size);
  } else {
    content(depth + 1);
  }
}

void JavaStream::array(int depth) {
  const int index = class_desc(depth + 1);
  if (index < 0) fail("an array has no class");
  classes_.add_object();
  const std::string_view name = classes_[index].name;
  if (name.size() < 2) fail("an array has no element type");
  const char element = name[1];
  const std::int32_t n = count();
  for (std::int32_t i = 0; i < n; ++i) value(element, depth);
}

}  // namespace stateferry
