// Evaluates the examples of the declarations: literals, calls, methods, ranges and one comparison.
// Only for tests: the language itself lives in libraries above this one, whose tests run the same
// examples through it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "function/library.h"
#include "value/decimal.h"
#include "value/number_text.h"
#include "value/operators.h"
#include "value/temporal.h"
#include "value/utf8.h"
#include "value/uuid.h"
#include "value/zval_builder.h"

namespace zerodb::function::test {

class ExampleReader {
 public:
  ExampleReader(const Library& library, CallContext& context, std::string_view text)
      : library_(library), context_(context), rest_(text) {}

  // `expression`, or `expression = error E0123`.
  Result<Value> evaluate() {
    const Value left = TRY(range());
    blanks();
    if (rest_.empty()) return left;
    if (word("IS")) {
      const bool negated = word("NOT");
      if (!word("none")) return malformed();
      return Value::boolean(left.is_none() != negated);
    }
    if (word("IN")) return binary(BinaryOp::In, left, TRY(range()));
    for (const auto& [text, op] : {std::pair<std::string_view, BinaryOp>{"<=", BinaryOp::LessEqual},
                                   {"<", BinaryOp::Less},
                                   {"=", BinaryOp::Equal}}) {
      if (accept(text)) return binary(op, left, TRY(range()));
    }
    return malformed();
  }

 private:
  Error malformed() const {
    return Error(ErrorCode::E1299, "cannot read the example before `" + std::string(rest_) + "`");
  }
  void blanks() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }
  bool accept(std::string_view token) {
    blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  bool word(std::string_view wanted) {
    blanks();
    if (!rest_.starts_with(wanted) ||
        (rest_.size() > wanted.size() && is_word(rest_[wanted.size()])))
      return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  std::string name() {
    blanks();
    std::string out;
    while (!rest_.empty() && (is_word(rest_[0]) || rest_.starts_with("::"))) {
      const size_t length = rest_[0] == ':' ? 2 : 1;
      out += rest_.substr(0, length);
      rest_.remove_prefix(length);
    }
    return out;
  }

  Result<Value> range() {
    const Value low = TRY(postfix());
    const bool inclusive = accept("..=");
    if (!inclusive && !accept("..")) return low;
    return make_range(low, TRY(postfix()), inclusive);
  }

  Result<Value> postfix() {
    Value value = TRY(primary());
    while (rest_.starts_with('.') && !rest_.starts_with("..")) {
      rest_.remove_prefix(1);
      const std::string method = name();
      if (!accept("(")) return malformed();
      value = TRY(call(method, {value}, true));
    }
    return value;
  }

  Result<Value> call(const std::string& function, std::vector<Value> values, bool is_method) {
    std::vector<std::string> names(values.size());
    while (!accept(")")) {
      if (values.size() > (is_method ? 1u : 0u)) accept(",");
      const std::string_view before = rest_;
      std::string label = name();
      if (label.empty() || !accept("=>")) {
        rest_ = before;
        label.clear();
      }
      names.push_back(label);
      values.push_back(TRY(range()));
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    return is_method ? library_.call_method_dynamic(function, values, views, context_)
                     : library_.call_dynamic(function, values, views, context_);
  }

  Result<std::string> quoted() {
    std::string out;
    while (true) {
      if (rest_.empty()) return malformed();
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '\'') return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      const char escape = rest_.empty() ? ' ' : rest_[0];
      rest_.remove_prefix(1);
      if (escape == 'n') {
        out += '\n';
      } else if (escape == 'x') {
        out += static_cast<char>(std::stoi(std::string(rest_.substr(0, 2)), nullptr, 16));
        rest_.remove_prefix(2);
      } else if (escape == 'u') {
        const size_t end = rest_.find('}');
        utf8::append(out, static_cast<uint32_t>(
                              std::stoul(std::string(rest_.substr(1, end - 1)), nullptr, 16)));
        rest_.remove_prefix(end + 1);
      } else {
        out += escape;
      }
    }
  }

  // A literal whose text is raw up to the next quote: re'..', d'..', u'..'.
  std::string raw() {
    const size_t end = rest_.find('\'');
    std::string out(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return out;
  }

  Result<Value> array() {
    ArrayBuilder builder;
    while (!accept("]")) {
      builder.add(TRY(range()));
      accept(",");
    }
    return builder.build();
  }

  Result<Value> object() {
    ObjectBuilder builder;
    while (!accept("}")) {
      const std::string key = name();
      if (!accept(":")) return malformed();
      builder.set(key, TRY(range()));
      accept(",");
    }
    return builder.build();
  }

  Result<Value> hash_map() {
    HashMapBuilder builder;
    while (!accept("}")) {
      const Value key = TRY(postfix());
      if (!accept("=>")) return malformed();
      builder.set(key, TRY(postfix()));
      accept(",");
    }
    return builder.build();
  }

  Result<Value> tuple() {
    TupleBuilder builder;
    while (!accept(")")) {
      builder.add(TRY(range()));
      accept(",");
    }
    return builder.build();
  }

  Result<Value> number() {
    std::string digits;
    if (accept("-")) digits = "-";
    const auto take = [&] {
      while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
        digits += rest_[0];
        rest_.remove_prefix(1);
      }
    };
    take();
    bool is_float = false;
    if (rest_.size() > 1 && rest_[0] == '.' && rest_[1] >= '0' && rest_[1] <= '9') {
      is_float = true;
      digits += '.';
      rest_.remove_prefix(1);
      take();
    }
    const std::string suffix = name();
    if (suffix == "dec") return Value::decimal(*decimal::parse(digits));
    if (suffix == "u8" || suffix == "i8")
      return Value::integer(suffix == "u8" ? Tag::U8 : Tag::I8, *parse_int128(digits));
    if (!suffix.empty()) {
      const auto duration = parse_duration(digits + suffix);
      if (!duration) return malformed();
      return Value::duration(*duration);
    }
    if (is_float) return Value::float64(*parse_float64(digits));
    const auto integer = parse_int128(digits);
    if (!integer) return malformed();
    return Value::int64(static_cast<int64_t>(*integer));
  }

  Result<Value> primary() {
    if (accept("'")) return Value::string(TRY(quoted()));
    if (accept("re'")) return Value::regex(raw());
    if (accept("b'")) return Value::bytes(TRY(quoted()));
    if (accept("d'")) return Value::datetime(*parse_datetime(raw()));
    if (accept("u'")) return Value::uuid(*parse_uuid(raw()));
    if (accept("[")) return array();
    if (accept("{")) return object();
    if (accept("hashmap{")) return hash_map();
    if (accept("(")) return tuple();
    if (word("none")) return Value::none();
    if (word("true")) return Value::boolean(true);
    if (word("false")) return Value::boolean(false);
    if (accept("person:")) return Value::record_id(TableId(7), Value::string(name()));
    if (!rest_.empty() && (rest_[0] == '-' || (rest_[0] >= '0' && rest_[0] <= '9')))
      return number();
    const std::string function = name();
    if (function.empty() || !accept("(")) return malformed();
    return call(function, {}, false);
  }

  const Library& library_;
  CallContext& context_;
  std::string_view rest_;
};

}  // namespace zerodb::function::test
