#include "function/json_path.h"

#include <re2/re2.h>

#include <algorithm>

#include "function/regex.h"
#include "value/utf8.h"
#include "value/zval.h"

namespace zerodb::function {
namespace {

using Term = JsonPath::Term;
using Selector = JsonPath::Selector;

bool is_list(const Value& value) {
  return value.tag() == Tag::Array || value.tag() == Tag::Vector || value.tag() == Tag::Tuple;
}

// An I-Regexp (RFC 9485) as RE2 reads it: a dot there stands for no end of line at all.
std::string regex_of(std::string_view pattern) {
  std::string out;
  bool is_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      out += c;
      out += pattern[++i];
      continue;
    }
    if (c == '[') is_class = true;
    if (c == ']') is_class = false;
    if (c == '.' && !is_class) {
      out += "[^\\n\\r]";
    } else {
      out += c;
    }
  }
  return out;
}

class Search {
 public:
  Search(const Value& root, CallContext& context) : root_(root), patterns_(context.regexes) {}

  Result<std::vector<Value>> find(const JsonPath::Query& query, const Value& current) {
    std::vector<Value> found{query.is_absolute ? root_ : current};
    for (const JsonPath::Segment& segment : query.segments) {
      std::vector<Value> next;
      for (const Value& each : found) TRY(apply(segment, each, next));
      found = std::move(next);
    }
    return found;
  }

 private:
  Status visit() {
    if (++visits_ > kJsonPathVisitsMax)
      return Error(ErrorCode::E0611, "a JSONPath looks at more than 4 million values");
    return {};
  }

  // Each part of the value, in its order.
  template <typename Each>
  Status each_part(const Value& value, Each each) {
    if (value.tag() == Tag::Object) {
      const ObjectView view(value);
      for (uint32_t i = 0; i < view.size(); ++i) TRY(each(view.value(i)));
    } else if (is_list(value)) {
      const SequenceView view(value);
      for (uint32_t i = 0; i < view.size(); ++i) TRY(each(view.at(i)));
    }
    return {};
  }

  Status apply(const JsonPath::Segment& segment, const Value& value, std::vector<Value>& out) {
    TRY(visit());
    for (const Selector& each : segment.selectors) TRY(select(each, value, out));
    if (!segment.is_descendant) return {};
    return each_part(value, [&](const Value& part) { return apply(segment, part, out); });
  }

  Status add(Value value, std::vector<Value>& out) {
    TRY(visit());
    out.push_back(std::move(value));
    return {};
  }

  Status select(const Selector& selector, const Value& value, std::vector<Value>& out) {
    switch (selector.kind) {
      case Selector::Kind::Name: {
        if (value.tag() != Tag::Object) return {};
        auto found = ObjectView(value).find(selector.name);
        return found ? add(std::move(*found), out) : Status();
      }
      case Selector::Kind::Wildcard:
        return each_part(value, [&](Value part) { return add(std::move(part), out); });
      case Selector::Kind::Index: {
        if (!is_list(value)) return {};
        const SequenceView view(value);
        const int64_t size = view.size();
        const int64_t at = selector.index < 0 ? selector.index + size : selector.index;
        return at >= 0 && at < size ? add(view.at(static_cast<uint32_t>(at)), out) : Status();
      }
      case Selector::Kind::Slice:
        return slice(selector, value, out);
      case Selector::Kind::Filter:
        return each_part(value, [&](Value part) -> Status {
          if (!TRY(holds(*selector.filter, part))) return {};
          return add(std::move(part), out);
        });
    }
    return {};
  }

  Status slice(const Selector& selector, const Value& value, std::vector<Value>& out) {
    if (!is_list(value) || selector.step == 0) return {};
    const SequenceView view(value);
    const int64_t size = view.size();
    const auto from_end = [&](int64_t at) { return at < 0 ? at + size : at; };
    const int64_t step = selector.step;
    if (step > 0) {
      const int64_t begin = std::clamp(from_end(selector.begin.value_or(0)), int64_t{0}, size);
      const int64_t end = std::clamp(from_end(selector.end.value_or(size)), int64_t{0}, size);
      for (int64_t i = begin; i < end; i += step) TRY(add(view.at(static_cast<uint32_t>(i)), out));
      return {};
    }
    const int64_t last = size - 1;
    const int64_t begin =
        selector.begin ? std::clamp(from_end(*selector.begin), int64_t{-1}, last) : last;
    const int64_t end =
        selector.end ? std::clamp(from_end(*selector.end), int64_t{-1}, last) : int64_t{-1};
    for (int64_t i = begin; i > end; i += step) TRY(add(view.at(static_cast<uint32_t>(i)), out));
    return {};
  }

  Result<bool> holds(const Term& term, const Value& current) {
    switch (term.kind) {
      case Term::Kind::And:
        for (const auto& each : term.args) {
          if (!TRY(holds(*each, current))) return false;
        }
        return true;
      case Term::Kind::Or:
        for (const auto& each : term.args) {
          if (TRY(holds(*each, current))) return true;
        }
        return false;
      case Term::Kind::Not:
        return !TRY(holds(*term.args.front(), current));
      case Term::Kind::Query:
        return !TRY(find(term.query, current))
        .empty();
      case Term::Kind::Compare: {
        const auto left = TRY(value_of(*term.args[0], current));
        const auto right = TRY(value_of(*term.args[1], current));
        return compares(term.comparison, left, right);
      }
      case Term::Kind::Call:
        return matches(term, current);
      case Term::Kind::Literal:
        break;
    }
    return false;
  }

  // Nothing is no value, and not the same as null.
  Result<std::optional<Value>> value_of(const Term& term, const Value& current) {
    if (term.kind == Term::Kind::Literal) return std::optional(term.literal);
    if (term.kind == Term::Kind::Query) {
      std::vector<Value> found = TRY(find(term.query, current));
      return found.size() == 1 ? std::optional(std::move(found.front())) : std::nullopt;
    }
    const Term& argument = *term.args.front();
    if (term.function == Term::Function::Length) {
      const auto value = TRY(value_of(argument, current));
      return value ? length_of(*value) : std::nullopt;
    }
    std::vector<Value> found = TRY(find(argument.query, current));
    if (term.function == Term::Function::Count)
      return std::optional(Value::int64(static_cast<int64_t>(found.size())));
    return found.size() == 1 ? std::optional(std::move(found.front())) : std::nullopt;
  }

  static std::optional<Value> length_of(const Value& value) {
    if (value.tag() == Tag::String)
      return Value::int64(static_cast<int64_t>(utf8::count(value.as_string())));
    if (value.tag() == Tag::Object) return Value::int64(ObjectView(value).size());
    if (is_list(value)) return Value::int64(SequenceView(value).size());
    return std::nullopt;
  }

  static bool is_less(const std::optional<Value>& left, const std::optional<Value>& right) {
    if (!left || !right) return false;
    const bool are_numbers = is_number(left->tag()) && is_number(right->tag());
    const bool are_alike =
        left->tag() == right->tag() && left->tag() >= Tag::String && left->tag() <= Tag::Uuid;
    return (are_numbers || are_alike) && compare(*left, *right) < 0;
  }

  static bool compares(Term::Comparison comparison, const std::optional<Value>& left,
                       const std::optional<Value>& right) {
    const auto are_equal = [&] {
      return left && right ? equals(*left, *right) : left.has_value() == right.has_value();
    };
    switch (comparison) {
      case Term::Comparison::Equal:
        return are_equal();
      case Term::Comparison::NotEqual:
        return !are_equal();
      case Term::Comparison::Less:
        return is_less(left, right);
      case Term::Comparison::LessEqual:
        return is_less(left, right) || are_equal();
      case Term::Comparison::Greater:
        return is_less(right, left);
      case Term::Comparison::GreaterEqual:
        return is_less(right, left) || are_equal();
    }
    return false;
  }

  // What is no text, or no pattern, does not match.
  Result<bool> matches(const Term& term, const Value& current) {
    const auto text = TRY(value_of(*term.args[0], current));
    const auto pattern = TRY(value_of(*term.args[1], current));
    if (!text || !pattern || text->tag() != Tag::String || pattern->tag() != Tag::String)
      return false;
    const auto compiled = patterns_.compiled(regex_of(pattern->as_string()));
    if (!compiled.has_value()) return false;
    return term.function == Term::Function::Match
               ? re2::RE2::FullMatch(text->as_string(), **compiled)
               : re2::RE2::PartialMatch(text->as_string(), **compiled);
  }

  const Value& root_;
  PatternSource patterns_;
  uint64_t visits_ = 0;
};

}  // namespace

Result<std::vector<Value>> JsonPath::find(const Value& root, CallContext& context) const {
  return Search(root, context).find(query_, root);
}

}  // namespace zerodb::function
