// Adapter of toml++, built without exceptions: what it cannot read is a value too.
#define TOML_EXCEPTIONS 0
#include "lint/configuration.h"

#include <toml++/toml.h>

namespace zerodb::lint {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view name) : name_(name) {}

  Result<Configuration> read(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text, name_);
    if (!parsed) {
      const toml::parse_error& error = parsed.error();
      return std::unexpected(complain(error.source(), error.description()));
    }
    const toml::node* lint = parsed.table().get("lint");
    Configuration found;
    if (lint == nullptr) return found;
    if (!lint->is_table()) return std::unexpected(complain(lint->source(), "`lint` is a table"));
    for (const auto& [key, value] : *lint->as_table()) TRY(read_key(key.str(), value, found));
    return found;
  }

 private:
  Status read_key(std::string_view key, const toml::node& value, Configuration& out) {
    if (key == "exclude") return read_list(value, out.exclude);
    if (key == "schema") return read_list(value, out.schemas);
    if (key == "rules") return read_rules(value, out);
    return std::unexpected(complain(
        value.source(), "`lint` has exclude, schema and rules, but no `" + std::string(key) + "`"));
  }

  Status read_list(const toml::node& value, std::vector<std::string>& out) {
    const toml::array* list = value.as_array();
    if (list == nullptr)
      return std::unexpected(complain(value.source(), "a list of strings is expected"));
    for (const toml::node& each : *list) {
      const auto* text = each.as_string();
      if (text == nullptr) return std::unexpected(complain(each.source(), "a string is expected"));
      out.push_back(text->get());
    }
    return ok_status();
  }

  Status read_rules(const toml::node& value, Configuration& out) {
    const toml::table* rules = value.as_table();
    if (rules == nullptr)
      return std::unexpected(complain(value.source(), "`lint.rules` is a table"));
    for (const auto& [key, level] : *rules) {
      const Rule* rule = find_rule(key.str());
      if (rule == nullptr)
        return std::unexpected(
            complain(key.source(), "there is no rule `" + std::string(key.str()) + "`"));
      const auto* name = level.as_string();
      const auto severity = name == nullptr ? std::nullopt : severity_from_name(name->get());
      if (!severity)
        return std::unexpected(
            complain(level.source(), "a rule is \"off\", \"info\", \"warning\" or \"error\""));
      out.severities[rule->code] = *severity;
    }
    return ok_status();
  }

  Error complain(const toml::source_region& place, std::string_view what) const {
    return {ErrorCode::E0623,
            std::string(name_) + ":" + std::to_string(place.begin.line) + ": " + std::string(what)};
  }

  std::string_view name_;
};

}  // namespace

Result<Configuration> read_configuration(std::string_view text, std::string_view name) {
  return Reader(name).read(text);
}

}  // namespace zerodb::lint
