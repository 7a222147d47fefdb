#include "sema/copy_check.h"

#include <algorithm>
#include <set>

#include "sema/expression.h"
#include "sema/options.h"
#include "sema/query_select.h"
#include "sema/write_check.h"
#include "value/cast.h"

namespace zerodb::sema {
namespace {

using catalog::Table;
using Format = CopyStatement::Format;

std::optional<Format> format_of(std::string_view name) {
  if (name == "csv") return Format::Csv;
  if (name == "ndjson") return Format::Ndjson;
  if (name == "json") return Format::Json;
  return std::nullopt;
}

class CopyChecker {
 public:
  CopyChecker(Checking& c, ast::Copy node) : c_(c), node_(node) {}

  CopyStatement check() {
    copy_.is_from = node_.is_from();
    check_options();
    check_file();
    if (node_.query()) {
      copy_.query = check_query(c_, nullptr, *node_.query());
    } else if (copy_.is_from) {
      check_target();
    } else {
      check_source();
    }
    if (!copy_.is_from) check_names();
    c_.statement.writes = copy_.is_from;
    return std::move(copy_);
  }

 private:
  // The columns that are named, each once: E0412.
  std::vector<ast::Ident> named_columns() {
    std::vector<ast::Ident> out;
    if (!node_.columns()) return out;
    for (const ast::Ident ident : node_.columns()->idents()) {
      const bool is_seen =
          std::ranges::any_of(out, [&](ast::Ident other) { return other.name() == ident.name(); });
      if (is_seen)
        c_.report(ErrorCode::E0412, "`" + ident.name() + "` is given twice", ident.span());
      out.push_back(ident);
    }
    return out;
  }

  void check_target() {
    const Table* table = find_target(c_, *node_.table());
    if (table == nullptr) return;
    copy_.table = table->id;
    c_.written = catalog::Privileges::kCreate;
    for (const ast::Ident ident : named_columns()) {
      if (check_column_place(c_, *table, ident.name(), WriteMode::Create, ident.span()))
        copy_.columns.push_back(ident.name());
    }
    if (!table->schemafull && copy_.columns.empty() && !copy_.has_header &&
        copy_.format == Format::Csv) {
      c_.report(ErrorCode::E0413,
                "`" + table->name + "` is schemaless and the file has no header: name the columns",
                node_.table()->span());
    }
    // The record that is written: what the indexes of its table hold is bound to it.
    Scope written;
    written.query = c_.add_query(Query::Kind::Select, node_.span());
    add_table_source(c_, written, {table}, node_.table()->last().name(), false,
                     node_.table()->span(), Reach::Create);
    copy_.rules = bind_rules(c_, *table, node_.table()->span());
  }

  void check_source() {
    const Table* table = find_target(c_, *node_.table());
    if (table == nullptr) return;
    const Span span = node_.table()->span();
    Scope scope;
    scope.query = c_.add_query(Query::Kind::Select, span);
    copy_.query = scope.query;
    add_table_source(c_, scope, {table}, node_.table()->last().name(), false, span);
    for (const ast::Ident ident : named_columns()) {
      const ExprId column = column_of(c_, local_source(scope, 0), ident.name(), ident.span());
      const Type type = c_.type(column);
      c_.query(scope.query).outputs.push_back({ident.name(), column, type});
    }
    if (!node_.columns()) {
      copy_.rows_are_objects = !table->schemafull;
      if (copy_.rows_are_objects && copy_.format == Format::Csv) {
        c_.report(ErrorCode::E0413, "`" + table->name + "` is schemaless: name the columns", span);
        return;
      }
      add_star(c_, scope, span);
    }
    c_.query(scope.query).cardinality = Cardinality::Many;
  }

  // Rows become objects in JSON.
  void check_names() {
    if (c_.failed() || !copy_.format || copy_.format == Format::Csv) return;
    std::set<std::string_view> names;
    for (const Output& output : c_.query(copy_.query).outputs) {
      if (names.insert(output.name).second) continue;
      c_.report(ErrorCode::E0411,
                "two columns are called `" + output.name + "`, and rows become objects here",
                node_.query() ? node_.query()->span() : node_.span())
          .help = "name one of them with AS";
      return;
    }
  }

  void check_file() {
    const ast::CopyFile file = node_.file();
    copy_.span = c_.place(file.span());
    Scope scope;
    switch (file.file_kind()) {
      case ast::CopyFileKind::Stdin:
      case ast::CopyFileKind::Stdout:
        copy_.is_standard_stream = true;
        break;
      case ast::CopyFileKind::File: {
        const ExprId name = check_expression(c_, scope, *file.file());
        if (c_.is_poison(name)) return;
        copy_.file = std::string(c_.expr(name).literal.as_string());
        if (!copy_.format) copy_.format = format_of_name(*copy_.file);
        break;
      }
      case ast::CopyFileKind::Parameter: {
        const ExprId name = check_expression(c_, scope, *file.parameter());
        if (c_.is_poison(name)) return;
        const Value& literal = c_.expr(name).literal;
        if (c_.is_literal(name) && literal.tag() == Tag::String) {
          copy_.file = std::string(literal.as_string());
        } else if (c_.expr(name).kind != ExprKind::Parameter ||
                   storing(c_.type(name), Type::string()) == Storing::Never) {
          c_.report(ErrorCode::E0306, "the name of a file is a string", file.span());
        } else {
          copy_.parameter = c_.expr(name).index;
        }
        break;
      }
    }
    if (!copy_.format && !copy_.parameter) copy_.format = Format::Csv;
  }

  static std::optional<Format> format_of_name(std::string_view name) {
    if (name.ends_with(".ndjson") || name.ends_with(".jsonl")) return Format::Ndjson;
    if (name.ends_with(".json")) return Format::Json;
    return std::nullopt;
  }

  void check_options() {
    if (!node_.options()) return;
    std::vector<std::string> known = {"format", "header", "delimiter", "none_text"};
    if (copy_.is_from) known.emplace_back("rejects");
    std::vector<std::string> seen;
    for (const ast::OptionEntry option : node_.options()->list()) {
      const std::string name = option.ident().name();
      if (std::ranges::find(known, name) == known.end()) {
        auto& diagnostic = c_.report(ErrorCode::E0210, "unknown option `" + name + "` of COPY",
                                     option.ident().span());
        c_.suggest(diagnostic, name, known);
      } else if (std::ranges::find(seen, name) != seen.end()) {
        c_.report(ErrorCode::E0412, "option `" + name + "` is given twice", option.ident().span());
      } else {
        check_option(option, name);
      }
      seen.push_back(name);
    }
  }

  void check_option(ast::OptionEntry option, const std::string& name) {
    const auto value = option_value(c_, option);
    if (!value) return;
    const auto refuse = [&](const std::string& what) {
      c_.report(ErrorCode::E0317, what, option.value().span());
    };
    if (name == "header") {
      if (value->tag() != Tag::Bool) return refuse("`header` is a bool");
      copy_.has_header = value->as_bool();
      return;
    }
    if (value->tag() != Tag::String) return refuse("`" + name + "` is a string");
    const std::string text(value->as_string());
    if (name == "format") {
      copy_.format = format_of(text);
      if (!copy_.format) refuse("`format` is 'csv', 'ndjson' or 'json'");
    } else if (name == "delimiter") {
      const bool fits = text.size() == 1 && text != "\"" && text != "\n" && text != "\r";
      if (!fits) return refuse("`delimiter` is one character of ASCII, and no quote");
      copy_.delimiter = text.front();
    } else if (name == "none_text") {
      copy_.none_text = text;
    } else {
      copy_.rejects = text;
    }
  }

  Checking& c_;
  ast::Copy node_;
  CopyStatement copy_;
};

}  // namespace

CopyStatement check_copy(Checking& c, ast::Copy node) {
  return CopyChecker(c, node).check();
}

}  // namespace zerodb::sema
