#include "exec/nested_rules.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "value/cast.h"
#include "value/operators.h"
#include "value/zval.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using catalog::PlaceStep;
using Steps = std::span<const PlaceStep>;

namespace {

bool is_list(Tag tag) {
  return is_sequence(tag) || tag == Tag::HashSet;
}

// The elements of a list.
std::vector<Value> elements_of(const Value& list) {
  std::vector<Value> out;
  const SequenceView view(list);
  for (uint32_t i = 0; i < view.size(); ++i) out.push_back(view.at(i));
  return out;
}

Result<Value> list_of(const Value& like, const std::vector<Value>& elements) {
  if (like.tag() == Tag::Vector) {
    VectorBuilder builder(elements.front().tag());
    for (const Value& element : elements) {
      if (element.tag() != elements.front().tag())
        return Error(ErrorCode::E0306, "the elements of a vector have one type");
      builder.add(element);
    }
    return builder.build();
  }
  if (like.tag() == Tag::HashSet) {
    HashSetBuilder builder;
    for (const Value& element : elements) builder.add(element);
    return builder.build();
  }
  ElementList list;
  for (const Value& element : elements) list.add(element);
  return list.build(like.tag(), like.tag() == Tag::Array);
}

// Calls visit(value) for each value at the place; an absent key is given as none. What stands
// around the place may lack it.
Status visit_places(const Value& value, Steps steps,
                    const std::function<Status(const Value&)>& visit) {
  if (steps.empty()) return visit(value);
  const PlaceStep& step = steps.front();
  const Steps rest = steps.subspan(1);
  switch (step.kind) {
    case PlaceStep::Kind::Member:
      if (value.tag() != Tag::Object) return ok_status();
      return visit_places(ObjectView(value).find(step.name).value_or(Value::none()), rest, visit);
    case PlaceStep::Kind::Element: {
      if (!is_sequence(value.tag())) return ok_status();
      const SequenceView view(value);
      if (step.position < 0 || step.position >= view.size()) return ok_status();
      return visit_places(view.at(static_cast<uint32_t>(step.position)), rest, visit);
    }
    case PlaceStep::Kind::AllElements:
      if (!is_list(value.tag())) return ok_status();
      for (const Value& element : elements_of(value)) TRY(visit_places(element, rest, visit));
      return ok_status();
    case PlaceStep::Kind::Keys:
    case PlaceStep::Kind::Values: {
      if (value.tag() != Tag::HashMap) return ok_status();
      const HashMapView map(value);
      for (uint32_t i = 0; i < map.size(); ++i) {
        const bool is_key = step.kind == PlaceStep::Kind::Keys;
        TRY(visit_places(is_key ? map.key(i) : map.value(i), rest, visit));
      }
      return ok_status();
    }
    case PlaceStep::Kind::Bounds: {
      if (value.tag() != Tag::Range) return ok_status();
      const RangeView range(value);
      TRY(visit_places(range.low(), rest, visit));
      return visit_places(range.high(), rest, visit);
    }
    case PlaceStep::Kind::Success:
    case PlaceStep::Kind::Failure: {
      if (value.tag() != Tag::Result) return ok_status();
      const ResultView result(value);
      if (result.is_ok() != (step.kind == PlaceStep::Kind::Success)) return ok_status();
      return visit_places(result.value(), rest, visit);
    }
    case PlaceStep::Kind::Variant: {
      const auto is = [&](const Type& type) { return is_of_type(value, type); };
      if (!is(step.type) || std::ranges::any_of(step.others, is)) return ok_status();
      return visit_places(value, rest, visit);
    }
  }
  return ok_status();
}

// A change of the value at a place: nothing for an absent key, and as answer "as it was".
using Change = std::function<Result<std::optional<Value>>(const std::optional<Value>&)>;

Result<std::optional<Value>> changed(const std::optional<Value>& value, Steps steps, bool makes,
                                     const Change& change);

Result<std::optional<Value>> changed_member(const std::optional<Value>& value, Steps steps,
                                            bool makes, const Change& change) {
  const bool is_object = value && value->tag() == Tag::Object;
  if (!is_object) {
    // A value of another kind has no such place; types say what may stand there.
    if (!makes || (value && !value->is_none())) return std::optional<Value>();
    auto inner = TRY(changed(std::nullopt, steps.subspan(1), makes, change));
    if (!inner) return inner;
    ObjectBuilder made;
    made.set(steps.front().name, std::move(*inner));
    return std::optional(TRY(made.build()));
  }
  auto inner =
      TRY(changed(ObjectView(*value).find(steps.front().name), steps.subspan(1), makes, change));
  if (!inner) return inner;
  ObjectBuilder builder(*value);
  builder.set(steps.front().name, std::move(*inner));
  return std::optional(TRY(builder.build()));
}

Result<std::optional<Value>> changed_elements(const std::optional<Value>& value, Steps steps,
                                              bool makes, const Change& change) {
  const PlaceStep& step = steps.front();
  const bool is_all = step.kind == PlaceStep::Kind::AllElements;
  if (!value || (is_all ? !is_list(value->tag()) : !is_sequence(value->tag())))
    return std::optional<Value>();
  std::vector<Value> elements = elements_of(*value);
  bool is_changed = false;
  for (size_t i = 0; i < elements.size(); ++i) {
    if (!is_all && std::cmp_not_equal(i, step.position)) continue;
    auto inner = TRY(changed(elements[i], steps.subspan(1), makes, change));
    if (!inner) continue;
    elements[i] = std::move(*inner);
    is_changed = true;
  }
  if (!is_changed) return std::optional<Value>();
  return std::optional(TRY(list_of(*value, elements)));
}

Result<std::optional<Value>> changed(const std::optional<Value>& value, Steps steps, bool makes,
                                     const Change& change) {
  if (steps.empty()) return change(value);
  if (steps.front().kind == PlaceStep::Kind::Member)
    return changed_member(value, steps, makes, change);
  return changed_elements(value, steps, makes, change);
}

Steps inner_steps(const catalog::PlaceRule& field) {
  return Steps(field.place).subspan(1);
}

// The values at the place, one after the other.
Result<std::vector<Value>> values_at(const DraftTable& table, const Draft& draft,
                                     const catalog::PlaceRule& field) {
  std::vector<Value> out;
  const std::optional<Value> top = table.get(draft, field.place.front().name);
  if (!top) return out;
  TRY(visit_places(*top, inner_steps(field), [&](const Value& value) {
    out.push_back(value);
    return ok_status();
  }));
  return out;
}

// Changes the draft's field at the place.
Status change_at(const DraftTable& table, Draft& draft, const catalog::PlaceRule& field, bool makes,
                 const Change& change) {
  const std::string& name = field.place.front().name;
  auto value = TRY(changed(table.get(draft, name), inner_steps(field), makes, change));
  return value ? table.set(draft, name, std::move(*value)) : ok_status();
}

}  // namespace

Result<NestedRules> NestedRules::make(ExecState& state, const DraftTable& table,
                                      const plan::RuleSet& rules) {
  NestedRules out(state, table);
  for (const plan::RuleSet::Nested& each : rules.nested) {
    out.rules_.push_back({
      &each.at, &each, TRY(RecordFrame::make(state, table, each.default_value))
      , TRY(RecordFrame::make(state, table, each.asserts))
    });
  }
  return out;
}

Status NestedRules::check_types(Draft& draft) const {
  for (const Rule& rule : rules_) {
    const catalog::Field& field = rule.field->rule;
    if (field.type.is_any()) continue;
    TRY(change_at(
        table_, draft, *rule.field, false,
        [&](const std::optional<Value>& value) -> Result<std::optional<Value>> {
          if (!value || value->is_none()) return std::optional<Value>();
          Result<Value> fitted = coerce(*value, field.type, state_.names());
          if (!fitted) {
            return Error(fitted.error().code(),
                         "field `" + field.name + "`: " + std::string(fitted.error().message()));
          }
          const bool is_same = fitted->tag() == value->tag() && !is_composite(value->tag());
          return is_same ? std::optional<Value>() : std::optional(std::move(*fitted));
        }));
  }
  return ok_status();
}

Status NestedRules::apply_defaults(std::span<Draft* const> drafts) {
  for (Rule& rule : rules_) {
    if (rule.default_frame.is_empty()) continue;
    std::vector<RecordRow> rows;
    for (Draft* draft : drafts) rows.push_back({draft, {}, nullptr, nullptr});
    const ArenaMark mark(state_.arena());
    TRY(rule.default_frame.run(rows));
    for (uint32_t row = 0; row < drafts.size(); ++row) {
      const Value given = rule.default_frame.output(row, 0);
      if (given.is_none()) continue;
      const Value value = TRY(coerce(given, rule.field->rule.type, state_.names()));
      TRY(change_at(table_, *drafts[row], *rule.field, true,
                    [&](const std::optional<Value>& old) -> Result<std::optional<Value>> {
                      return old ? std::optional<Value>() : std::optional(value);
                    }));
    }
  }
  return ok_status();
}

Status NestedRules::check_required(const Draft& draft) const {
  for (const Rule& rule : rules_) {
    const catalog::Field& field = rule.field->rule;
    if (field.type.admits_none()) continue;
    for (const Value& value : TRY(values_at(table_, draft, *rule.field))) {
      if (!value.is_none()) continue;
      return Error(ErrorCode::E1004,
                   "field `" + field.name + "` of `" + table_.table().name + "` needs a value");
    }
  }
  return ok_status();
}

Status NestedRules::ask(Rule& rule, std::span<const RecordRow> rows) const {
  const ArenaMark mark(state_.arena());
  TRY(rule.assert_frame.run(rows));
  for (uint32_t row = 0; row < rows.size(); ++row) {
    for (uint32_t i = 0; i < rule.plan->assert_count; ++i) {
      const Value holds = rule.assert_frame.output(row, i);
      if (holds.tag() == Tag::Bool && holds.as_bool()) continue;
      return Error(ErrorCode::E1003, "the rule `" + rule.field->rule.name + "` of `" +
                                         table_.table().name + "` does not hold");
    }
  }
  return ok_status();
}

Status NestedRules::check_asserts(std::span<Draft* const> drafts) {
  for (Rule& rule : rules_) {
    if (rule.plan->assert_count == 0) continue;
    std::vector<std::pair<const Draft*, Value>> asked;
    for (const Draft* draft : drafts) {
      // The rule is not asked about none.
      for (Value& value : TRY(values_at(table_, *draft, *rule.field))) {
        if (!value.is_none()) asked.emplace_back(draft, std::move(value));
      }
    }
    for (size_t begin = 0; begin < asked.size(); begin += RecordFrame::kRowsMax) {
      const size_t end = std::min(asked.size(), begin + RecordFrame::kRowsMax);
      std::vector<RecordRow> rows;
      for (size_t i = begin; i < end; ++i)
        rows.push_back({asked[i].first, std::span(&asked[i].second, 1), nullptr, nullptr});
      TRY(ask(rule, rows));
    }
  }
  return ok_status();
}

Status NestedRules::check_read_only(const Draft& before, const Draft& after) const {
  for (const Rule& rule : rules_) {
    if (!rule.field->rule.read_only) continue;
    const std::vector<Value> old_values = TRY(values_at(table_, before, *rule.field));
    const std::vector<Value> new_values = TRY(values_at(table_, after, *rule.field));
    bool is_same = old_values.size() == new_values.size();
    for (size_t i = 0; is_same && i < old_values.size(); ++i)
      is_same = equals(old_values[i], new_values[i]);
    if (!is_same)
      return Error(ErrorCode::E1005, "field `" + rule.field->rule.name + "` is READONLY");
  }
  return ok_status();
}

}  // namespace zerodb::exec
