// The Java Object Serialization Stream Protocol, as far as a walk needs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stateferry/bytes/byte_reader.hpp"
#include "stateferry/model/state_handles.hpp"

namespace stateferry {

/// A field of type String that had a value, in the order of the stream. All views point into the
/// bytes that are walked; modified UTF-8.
struct JavaText {
  std::string_view of_class;
  std::string_view field;
  std::string_view text;
};

/// The classes that a stream has described, and the numbers under which it refers back to them and
/// to other objects.
class JavaClasses {
 public:
  struct Field {
    char type;
    std::string_view name;
  };
  struct Class {
    std::string_view name = {};
    std::uint8_t flags = 0;
    std::vector<Field> fields = {};  ///< in wire order
    int super = kNone;
  };
  static constexpr int kNone = -1;

  /// Gives the next number to a class, which is told later and has an index until then.
  int add();
  void set(int index, Class described) { at(index) = std::move(described); }
  /// Gives the next number to what is no class.
  void add_object() { numbered_.push_back(kNone); }
  const Class& operator[](int index) const { return classes_[static_cast<std::size_t>(index)]; }
  /// The index behind a number as the stream has it; kNone for what is no class, nothing for a
  /// number that was not given.
  std::optional<int> numbered(std::int32_t number) const noexcept;
  /// A class and those above it, the topmost first; empty when there are too many.
  std::vector<int> lineage(int index) const;

 private:
  Class& at(int index) { return classes_[static_cast<std::size_t>(index)]; }

  std::vector<Class> classes_;
  std::vector<int> numbered_;
};

/// Walks one stream: every type code, so that classes that nobody has heard of still have a length.
/// `bytes` outlives it.
class JavaStream {
 public:
  /// `base` is added to the offsets in errors.
  JavaStream(Bytes bytes, std::uint64_t base) : in_(bytes), base_(base) {}

  /// Walks the stream header and one object; returns the length. Throws FormatError. What was met
  /// until then can be asked for even so.
  std::uint64_t walk();
  /// All texts so far, in order: class names, field names, values.
  const std::vector<std::string_view>& texts() const noexcept { return texts_; }
  /// The values of String fields so far.
  const std::vector<JavaText>& fields() const noexcept { return fields_; }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  std::string_view utf();
  std::int32_t count();
  void content(int depth);
  int reference();
  int class_desc(int depth);
  int class_desc_body(int depth);
  void annotations(int depth);
  void object(int depth);
  void class_data(int index, int depth);
  void value(char type, int depth);
  void array(int depth);

  ByteReader in_;
  std::uint64_t base_;
  JavaClasses classes_;
  std::vector<std::string_view> texts_;
  std::vector<JavaText> fields_;
};

}  // namespace stateferry
