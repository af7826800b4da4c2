#include "stateferry_test/equal.hpp"

#include <algorithm>

#include "stateferry/model/reflect.hpp"

namespace stateferry::test {
namespace {

// f(const Field&, member of a, member of b) for each member of two records of one type, in wire
// order.
template <class Record, class F>
void for_each_member_pair(const Record& a, const Record& b, F&& f) {
  std::apply([&](const auto&... m) { (f(*m.field, a.*(m.pointer), b.*(m.pointer)), ...); },
             Members<Record>::list);
  if constexpr (std::is_same_v<Record, SubtaskEntry>) for_each_member_pair(a.state, b.state, f);
}

// Compares in wire order and stops at the first difference, where the path then stands.
class Comparison {
 public:
  template <ModelRecord R>
  bool same(const R& a, const R& b) {
    bool equal = true;
    for_each_member_pair(a, b, [&](const Field& f, const auto& x, const auto& y) {
      equal = equal && member(f, x, y);
    });
    return equal;
  }
  std::string path() const { return path_.text(); }

 private:
  template <class T>
  bool member(const Field& f, const T& x, const T& y) {
    if constexpr (kIsList<T> || kIsVariant<T> || ModelRecord<T>) {
      path_.push(f);
      path_.set_leaf(nullptr);
      if (!same(x, y)) return false;
      path_.pop();
      return true;
    } else {
      path_.set_leaf(&f);
      return same(x, y);
    }
  }
  template <class T>
  bool same(const List<T>& a, const List<T>& b) {
    if (a.size() != b.size()) return false;
    for (std::uint32_t i = 0; i < a.size(); ++i) {
      path_.set_index(i);
      path_.set_leaf(nullptr);
      if (!same(a[i], b[i])) return false;
    }
    return true;
  }
  bool same(const Extras& a, const Extras& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
  template <class... T>
  bool same(const std::variant<T...>& a, const std::variant<T...>& b) {
    if (a.index() != b.index()) return false;
    return std::visit(
        [&](const auto& x) {
          using X = std::remove_cvref_t<decltype(x)>;
          const auto& y = std::get<X>(b);
          if constexpr (std::is_pointer_v<X>) {
            return same(*x, *y);
          } else {
            return same(x, y);
          }
        },
        a);
  }
  template <class T>
  bool same(const std::optional<T>& a, const std::optional<T>& b) {
    return a == b;
  }
  template <LocationKind K>
  bool same(const LocationText<K>& a, const LocationText<K>& b) {
    return a.text == b.text;
  }
  bool same(const Bytes& a, const Bytes& b) { return std::ranges::equal(a, b); }
  bool same(const I64Array& a, const I64Array& b) { return same(a.bytes(), b.bytes()); }
  template <class T>
  requires(std::is_scalar_v<T> || std::is_same_v<T, std::string_view> ||
           std::is_same_v<T, OperatorId>) bool same(const T& a, const T& b) {
    return a == b;
  }

  ModelPath path_;
};

}  // namespace

std::optional<std::string> first_difference(const CheckpointMetadata& a,
                                            const CheckpointMetadata& b) {
  Comparison comparison;
  if (comparison.same(a, b)) return std::nullopt;
  return comparison.path();
}

}  // namespace stateferry::test
