// Operators on containers: || of sequences, set algebra, membership.
#include "base/limits.h"
#include "value/operator_parts.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb {
namespace {

bool is_list(Tag tag) {
  return tag == Tag::Array || tag == Tag::Vector;
}

Result<Value> concat_bytes(Tag tag, std::string_view left, std::string_view right) {
  if (left.size() + right.size() > limits::kValueBytesMax)
    return Error(ErrorCode::E0611, "result of || is larger than 64 MiB");
  std::string joined;
  joined.reserve(left.size() + right.size());
  joined.append(left).append(right);
  return tag == Tag::String ? Value::string(joined) : Value::bytes(joined);
}

Result<Value> concat_lists(const Value& left, const Value& right) {
  const SequenceView a(left);
  const SequenceView b(right);
  if (left.tag() == Tag::Vector && right.tag() == Tag::Vector && a.packed_tag() == b.packed_tag()) {
    VectorBuilder vector(a.packed_tag().value_or(Tag::F64));
    for (uint32_t i = 0; i < a.size(); ++i) vector.add(a.at(i));
    for (uint32_t i = 0; i < b.size(); ++i) vector.add(b.at(i));
    return vector.build();
  }
  ArrayBuilder array;
  for (uint32_t i = 0; i < a.size(); ++i) array.add(a.at(i));
  for (uint32_t i = 0; i < b.size(); ++i) array.add(b.at(i));
  return array.build();
}

Result<Value> combine_sets(BinaryOp op, const Value& left, const Value& right) {
  const SequenceView a(left);
  const SequenceView b(right);
  const bool keeps_shared = op == BinaryOp::BitOr || op == BinaryOp::BitAnd;
  const bool keeps_left_only = op != BinaryOp::BitAnd;
  const bool keeps_right_only = op == BinaryOp::BitOr || op == BinaryOp::BitXor;
  HashSetBuilder result;
  uint32_t i = 0;
  uint32_t j = 0;
  while (i < a.size() || j < b.size()) {
    const int order = i == a.size() ? 1 : j == b.size() ? -1 : compare(a.at(i), b.at(j));
    if (order < 0 ? keeps_left_only : order == 0 && keeps_shared) result.add(a.at(i));
    if (order > 0 && keeps_right_only) result.add(b.at(j));
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return result.build();
}

bool in_range(const Value& range, const Value& element) {
  const RangeView view(range);
  const Value low = view.low();
  const Value high = view.high();
  if (!low.is_none() && !comparison(BinaryOp::GreaterEqual, element, low)) return false;
  if (high.is_none()) return !low.is_none();
  return comparison(view.is_inclusive() ? BinaryOp::LessEqual : BinaryOp::Less, element, high);
}

bool in_sequence(const Value& container, const Value& element) {
  const SequenceView view(container);
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (equals(view.at(i), element)) return true;
  }
  return false;
}

// Calls `visit` with each element (keys of maps and objects) until it returns false; false if there
// are no elements to count off.
template <typename Visit>
bool for_each_element(const Value& container, const Visit& visit) {
  switch (container.tag()) {
    case Tag::Array:
    case Tag::Vector:
    case Tag::Tuple:
    case Tag::HashSet: {
      const SequenceView view(container);
      for (uint32_t i = 0; i < view.size() && visit(view.at(i)); ++i) {
      }
      return true;
    }
    case Tag::HashMap: {
      const HashMapView view(container);
      for (uint32_t i = 0; i < view.size() && visit(view.key(i)); ++i) {
      }
      return true;
    }
    case Tag::Object: {
      const ObjectView view(container);
      for (uint32_t i = 0; i < view.size() && visit(Value::string(view.key(i))); ++i) {
      }
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

MaybeResult concat(const Value& left, const Value& right) {
  if (left.tag() == right.tag() && (left.tag() == Tag::String || left.tag() == Tag::Bytes)) {
    return concat_bytes(left.tag(), left.as_bytes(), right.as_bytes());
  }
  if (is_list(left.tag()) && is_list(right.tag())) return concat_lists(left, right);
  return std::nullopt;
}

MaybeResult set_binary(BinaryOp op, const Value& left, const Value& right) {
  if (left.tag() != Tag::HashSet || right.tag() != Tag::HashSet) return std::nullopt;
  if (op != BinaryOp::BitOr && op != BinaryOp::BitAnd && op != BinaryOp::Subtract &&
      op != BinaryOp::BitXor)
    return std::nullopt;
  return combine_sets(op, left, right);
}

std::optional<bool> contains(const Value& container, const Value& element) {
  switch (container.tag()) {
    case Tag::Array:
    case Tag::Vector:
    case Tag::Tuple:
      return in_sequence(container, element);
    case Tag::HashSet:
      return hash_set_contains(SequenceView(container), element);
    case Tag::HashMap:
      return HashMapView(container).find(element).has_value();
    case Tag::Object:
      return element.tag() == Tag::String &&
             ObjectView(container).position(element.as_string()).has_value();
    case Tag::Range:
      return in_range(container, element);
    default:
      return std::nullopt;
  }
}

std::optional<bool> contains_any(const Value& container, const Value& elements) {
  if (!contains(container, Value::boolean(false))) return std::nullopt;
  bool found = false;
  const bool is_container = for_each_element(elements, [&](const Value& element) {
    found = !element.is_none() && contains(container, element).value_or(false);
    return !found;
  });
  if (!is_container) return std::nullopt;
  return found;
}

std::optional<bool> contains_all(const Value& container, const Value& elements) {
  if (!contains(container, Value::boolean(false))) return std::nullopt;
  bool all = true;
  const bool is_container = for_each_element(elements, [&](const Value& element) {
    all = !element.is_none() && contains(container, element).value_or(false);
    return all;
  });
  if (!is_container) return std::nullopt;
  return all;
}

}  // namespace zerodb
