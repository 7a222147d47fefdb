#include "function/json_pointer.h"

#include <charconv>

#include "value/zval.h"

namespace zerodb::function {

Result<std::vector<std::string>> pointer_steps(std::string_view text) {
  std::vector<std::string> steps;
  if (text.empty()) return steps;
  if (text[0] != '/') return Error(ErrorCode::E0626, "a JSON pointer is empty or begins with `/`");
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      steps.emplace_back();
    } else if (text[i] == '~') {
      if (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))
        return Error(ErrorCode::E0626, "`~` must be followed by 0 or 1");
      steps.back() += text[++i] == '0' ? '~' : '/';
    } else {
      steps.back() += text[i];
    }
  }
  return steps;
}

void append_step(std::string& pointer, std::string_view step) {
  pointer += '/';
  for (const char c : step) {
    if (c == '~' || c == '/') {
      pointer += c == '~' ? "~0" : "~1";
    } else {
      pointer += c;
    }
  }
}

std::optional<int64_t> position_of(std::string_view step) {
  if (step.empty() || (step.size() > 1 && step[0] == '0')) return std::nullopt;
  int64_t position = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), position);
  if (error != std::errc() || end != step.data() + step.size() || position < 0) return std::nullopt;
  return position;
}

std::optional<Value> descend(Value value, std::span<const std::string> steps) {
  for (const std::string& step : steps) {
    if (value.tag() == Tag::Object) {
      const auto found = ObjectView(value).find(step);
      if (!found) return std::nullopt;
      value = *found;
    } else if (value.tag() == Tag::Array || value.tag() == Tag::Vector ||
               value.tag() == Tag::Tuple) {
      const auto position = position_of(step);
      const SequenceView view(value);
      if (!position || *position >= view.size()) return std::nullopt;
      value = view.at(static_cast<uint32_t>(*position));
    } else {
      return std::nullopt;
    }
  }
  return value;
}

}  // namespace zerodb::function
