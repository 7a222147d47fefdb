#include "function/json_patch.h"

#include <algorithm>
#include <string>
#include <vector>

#include "function/json_pointer.h"
#include "value/operators.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::function {
namespace {

using Steps = std::span<const std::string>;

Error misfit(std::string what) {
  return Error(ErrorCode::E0623, std::move(what));
}

std::vector<Value> items_of(const Value& array) {
  const SequenceView view(array);
  std::vector<Value> elements;
  for (uint32_t i = 0; i < view.size(); ++i) elements.push_back(view.at(i));
  return elements;
}

Result<Value> list_of(const std::vector<Value>& elements) {
  ArrayBuilder array;
  for (const Value& element : elements) array.add(element);
  return array.build();
}

class Differ {
 public:
  Status compare(const std::string& path, const Value& from, const Value& to) {
    if (equals(from, to)) return ok_status();
    if (from.tag() == Tag::Object && to.tag() == Tag::Object) return objects(path, from, to);
    if (from.tag() == Tag::Array && to.tag() == Tag::Array) return arrays(path, from, to);
    return add("replace", path, &to);
  }
  Result<Value> finish() const { return patch_.build(); }

 private:
  Status add(std::string_view op, const std::string& path, const Value* value = nullptr) {
    ObjectBuilder operation;
    operation.set("op", Value::string(op));
    operation.set("path", Value::string(path));
    if (value != nullptr) operation.set("value", *value);
    patch_.add(TRY(operation.build()));
    return ok_status();
  }

  static std::string below(const std::string& path, std::string_view step) {
    std::string out = path;
    append_step(out, step);
    return out;
  }

  Status objects(const std::string& path, const Value& from, const Value& to) {
    const ObjectView before(from);
    const ObjectView after(to);
    for (uint32_t i = 0; i < before.size(); ++i) {
      const std::string key(before.key(i));
      if (!after.find(key)) TRY(add("remove", below(path, key)));
    }
    for (uint32_t i = 0; i < after.size(); ++i) {
      const std::string key(after.key(i));
      const Value value = after.value(i);
      if (const auto old = before.find(key)) {
        TRY(compare(below(path, key), *old, value));
      } else {
        TRY(add("add", below(path, key), &value));
      }
    }
    return ok_status();
  }

  // The elements at both ends that are equal stay; of those between, the ones that have a
  // counterpart are compared, the others added or, from the end, removed.
  Status arrays(const std::string& path, const Value& from, const Value& to) {
    const std::vector<Value> before = items_of(from);
    const std::vector<Value> after = items_of(to);
    const size_t shorter = std::min(before.size(), after.size());
    size_t head = 0;
    while (head < shorter && equals(before[head], after[head])) ++head;
    size_t tail = 0;
    while (tail < shorter - head &&
           equals(before[before.size() - 1 - tail], after[after.size() - 1 - tail]))
      ++tail;
    const size_t both = shorter - tail;
    for (size_t i = head; i < both; ++i)
      TRY(compare(below(path, std::to_string(i)), before[i], after[i]));
    for (size_t i = before.size() - tail; i > both; --i)
      TRY(add("remove", below(path, std::to_string(i - 1))));
    for (size_t i = both; i < after.size() - tail; ++i)
      TRY(add("add", below(path, std::to_string(i)), &after[i]));
    return ok_status();
  }

  ArrayBuilder patch_;
};

enum class Change : uint8_t { Add, Remove, Replace };

// The place of a step in an array; `size` itself, also written `-`, only to add.
Result<size_t> element_place(const std::string& step, size_t size, Change change) {
  if (step == "-" && change == Change::Add) return size;
  const auto position = position_of(step);
  const size_t end = change == Change::Add ? size + 1 : size;
  if (!position || static_cast<uint64_t>(*position) >= end)
    return misfit("there is no place `" + step + "` in the array");
  return static_cast<size_t>(*position);
}

Result<Value> changed(const Value& root, Steps steps, Change change, const Value& value);

Result<Value> changed_object(const Value& root, Steps steps, Change change, const Value& value) {
  ObjectBuilder object(root);
  const auto old = ObjectView(root).find(steps[0]);
  const bool is_target = steps.size() == 1;
  if (!old && !(is_target && change == Change::Add))
    return misfit("there is no key `" + steps[0] + "`");
  if (!is_target) {
    object.set(steps[0], TRY(changed(*old, steps.subspan(1), change, value)));
  } else if (change == Change::Remove) {
    object.erase(steps[0]);
  } else {
    object.set(steps[0], value);
  }
  return object.build();
}

Result<Value> changed_array(const Value& root, Steps steps, Change change, const Value& value) {
  std::vector<Value> elements = items_of(root);
  const bool is_target = steps.size() == 1;
  const size_t place =
      TRY(element_place(steps[0], elements.size(), is_target ? change : Change::Replace));
  const auto at = elements.begin() + static_cast<ptrdiff_t>(place);
  if (!is_target) {
    *at = TRY(changed(*at, steps.subspan(1), change, value));
  } else if (change == Change::Add) {
    elements.insert(at, value);
  } else if (change == Change::Remove) {
    elements.erase(at);
  } else {
    *at = value;
  }
  return list_of(elements);
}

// The root with the part at the steps changed.
Result<Value> changed(const Value& root, Steps steps, Change change, const Value& value) {
  if (steps.empty()) return change == Change::Remove ? Value::none() : value;
  if (root.tag() == Tag::Object) return changed_object(root, steps, change, value);
  if (root.tag() == Tag::Array) return changed_array(root, steps, change, value);
  return misfit("a path leads into a value that is neither object nor array");
}

class Operation {
 public:
  explicit Operation(const Value& object) : view_(object) {}

  Result<Value> applied_to(const Value& root) const {
    const std::string op = TRY(text("op"));
    const auto path = TRY(pointer("path"));
    if (op == "add") return changed(root, path, Change::Add, TRY(value()));
    if (op == "replace") return changed(root, path, Change::Replace, TRY(value()));
    if (op == "remove") return changed(root, path, Change::Remove, Value::none());
    if (op == "copy") return changed(root, path, Change::Add, TRY(source(root)));
    if (op == "move") return moved(root, path);
    if (op != "test") return misfit("there is no operation `" + op + "`");
    const auto there = descend(root, path);
    const Value wanted = TRY(value());
    if (!there || !equals(*there, wanted))
      return misfit("the test of `" + TRY(text("path")) + "` fails");
    return root;
  }

 private:
  Result<std::string> text(std::string_view key) const {
    const auto found = view_.find(key);
    if (!found || found->tag() != Tag::String)
      return misfit("an operation has no string `" + std::string(key) + "`");
    return std::string(found->as_string());
  }
  Result<std::vector<std::string>> pointer(std::string_view key) const {
    const std::string written = TRY(text(key));
    return pointer_steps(written);
  }
  Result<Value> value() const {
    const auto found = view_.find("value");
    if (!found) return misfit("an operation has no `value`");
    return *found;
  }
  Result<Value> source(const Value& root) const {
    const auto from = TRY(pointer("from"));
    const auto found = descend(root, from);
    if (!found) return misfit("there is nothing at `" + TRY(text("from")) + "`");
    return *found;
  }
  Result<Value> moved(const Value& root, const std::vector<std::string>& path) const {
    const auto from = TRY(pointer("from"));
    const Value part = TRY(source(root));
    if (from == path) return root;
    if (path.size() > from.size() && std::equal(from.begin(), from.end(), path.begin()))
      return misfit("a value cannot move into itself");
    const Value without = TRY(changed(root, from, Change::Remove, Value::none()));
    return changed(without, path, Change::Add, part);
  }

  ObjectView view_;
};

}  // namespace

Result<Value> json_diff(const Value& from, const Value& to) {
  Differ differ;
  TRY(differ.compare("", from, to));
  return differ.finish();
}

Result<Value> json_patched(const Value& value, const Value& patch) {
  Value result = value;
  const SequenceView operations(patch);
  for (uint32_t i = 0; i < operations.size(); ++i) {
    const Value operation = operations.at(i);
    if (operation.tag() != Tag::Object) return misfit("an operation is an object");
    result = TRY(Operation(operation).applied_to(result));
  }
  return result;
}

}  // namespace zerodb::function
