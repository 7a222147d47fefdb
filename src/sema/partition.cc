#include "sema/partition.h"

#include <algorithm>

#include "sema/conversion.h"
#include "sema/definition_facility.h"
#include "sema/expression.h"
#include "sema/options.h"
#include "sema/query_select.h"
#include "sema/query_visit.h"
#include "sema/stored_text.h"

namespace zerodb::sema {
namespace {

using catalog::Partition;
using catalog::PartitionLevel;
using catalog::Table;

constexpr size_t kLevelsMax = 2;
constexpr size_t kPartitionsMax = 4096;

bool has_parts(const PartitionLevel& level) {
  return level.method == PartitionLevel::Method::Range ||
         level.method == PartitionLevel::Method::List;
}

Partition::Bound bound_of(ast::PartitionBoundKind kind) {
  switch (kind) {
    case ast::PartitionBoundKind::Below:
      return Partition::Bound::Below;
    case ast::PartitionBoundKind::In:
      return Partition::Bound::In;
    case ast::PartitionBoundKind::Default:
      return Partition::Bound::Default;
    case ast::PartitionBoundKind::None:
      break;
  }
  return Partition::Bound::None;
}

// Checks a level and its partitions against the key of the table.
class LevelChecker {
 public:
  LevelChecker(Checking& c, const Table& table)
      : c_(c), draft_(c.context, c.statement.schema, c.source()), table_(table) {}

  ~LevelChecker() {
    c_.diagnostics.insert(c_.diagnostics.end(), draft_.diagnostics.begin(),
                          draft_.diagnostics.end());
  }
  LevelChecker(const LevelChecker&) = delete;
  LevelChecker& operator=(const LevelChecker&) = delete;

  PartitionLevel level(ast::PartitionLevel node) {
    PartitionLevel level;
    const std::string method = node.method().name();
    if (method == "hash") {
      level.method = PartitionLevel::Method::Hash;
    } else if (method == "range") {
      level.method = PartitionLevel::Method::Range;
    } else if (method == "list") {
      level.method = PartitionLevel::Method::List;
    } else if (method == "time") {
      level.method = PartitionLevel::Method::Time;
    } else {
      auto& diagnostic = draft_.report(
          ErrorCode::E0207, "unknown way to partition `" + method + "`", node.method().span());
      diagnostic.help = "there are hash, range, list and time";
      draft_.suggest(diagnostic, method, {"hash", "range", "list", "time"});
      return level;
    }
    check_arguments(level, node);
    check_count(level, node);
    if (has_parts(level)) {
      if (node.definitions().empty())
        draft_.report(ErrorCode::E0418, "a partition by " + method + " names its parts",
                      node.span());
      for (const ast::PartitionDefinition each : node.definitions())
        part(level, level.parts.size(), each);
    } else if (!node.definitions().empty()) {
      draft_.report(ErrorCode::E0418, "the parts of a partition by " + method + " have no bounds",
                    node.span());
    }
    return level;
  }

  // Takes the types of the expressions from a level that is in the catalog.
  void bind(const PartitionLevel& level) {
    Scope scope = scope_of_table({});
    for (const std::string& text : level.arguments)
      types_.push_back(
          draft_.type(check_expression(draft_, scope, parse_stored_expression(draft_, text))));
  }

  // Puts a part at `position` among those of the level. False after a mistake.
  bool part(PartitionLevel& level, size_t position, ast::PartitionDefinition node) {
    Partition made;
    made.name = node.ident().name();
    made.bound = bound_of(node.bound_kind());
    check_placement(draft_, node.options());
    if (const auto placement = find_option(node.options(), "placement"))
      made.placement = stored_text(placement->value());
    if (level.find(made.name) != nullptr) {
      draft_.report(ErrorCode::E0209, "a partition is called `" + made.name + "` already",
                    node.ident().span());
      return false;
    }
    if (level.parts.size() >= kPartitionsMax) {
      draft_.report(ErrorCode::E1112, "more than " + std::to_string(kPartitionsMax) + " partitions",
                    node.span());
      return false;
    }
    const bool is_range = level.method == PartitionLevel::Method::Range;
    if (made.bound == Partition::Bound::Default) {
      if (level.default_part() != nullptr) {
        draft_.report(ErrorCode::E0418, "there are two DEFAULT partitions", node.span());
        return false;
      }
      if (is_range && position < level.parts.size()) {
        draft_.report(ErrorCode::E0418, "the DEFAULT of a range is its last part", node.span());
        return false;
      }
    } else if (made.bound != (is_range ? Partition::Bound::Below : Partition::Bound::In)) {
      draft_.report(ErrorCode::E0418,
                    is_range ? "a part of a range is bounded by VALUES BELOW (..) or is the DEFAULT"
                             : "a part of a list has VALUES IN (..) or is the DEFAULT",
                    node.span());
      return false;
    } else if (!read_bounds(made, node) || !(is_range ? is_rising(level, position, made, node)
                                                      : is_disjoint(level, made, node))) {
      return false;
    }
    level.parts.insert(level.parts.begin() + static_cast<std::ptrdiff_t>(position),
                       std::move(made));
    return true;
  }

 private:
  Scope scope_of_table(Span span) {
    Scope scope;
    scope.query = draft_.add_query(Query::Kind::Select, span);
    add_table_source(draft_, scope, {&table_}, table_.name, false, span);
    return scope;
  }

  void check_arguments(PartitionLevel& level, ast::PartitionLevel node) {
    Scope scope = scope_of_table(node.span());
    const bool is_time = level.method == PartitionLevel::Method::Time;
    size_t position = 0;
    for (const ast::Argument argument : node.arguments().list()) {
      if (argument.label()) {
        check_label(argument, is_time);
        level.arguments.push_back(argument.label()->name() + " => " +
                                  stored_text(argument.value()));
        continue;
      }
      level.arguments.push_back(stored_text(argument.value()));
      if (is_time && position == 1) {
        check_interval(argument.value(), "the interval");
      } else {
        const ExprId key = check_expression(draft_, scope, argument.value());
        types_.push_back(draft_.type(key));
        check_key_only(key, scope, argument.value().span());
        if (is_time) check_datetime(key, argument.value().span());
      }
      ++position;
    }
    const size_t needed = is_time ? 2 : 1;
    const bool is_right =
        position >= needed && (position == needed || level.method == PartitionLevel::Method::Hash ||
                               level.method == PartitionLevel::Method::Range);
    if (is_right) return;
    draft_.report(ErrorCode::E0602,
                  is_time ? "time takes a datetime of the key and an interval"
                          : "the expression to partition by is missing or one too many",
                  node.arguments().span());
  }

  void check_label(ast::Argument argument, bool is_time) {
    const std::string name = argument.label()->name();
    if (is_time && name == "retention") return check_interval(argument.value(), "`retention`");
    if (is_time && name == "ahead") {
      Scope scope;
      const ExprId value = check_expression(draft_, scope, argument.value());
      const bool is_count = draft_.is_literal(value) &&
                            is_integer(draft_.expr(value).literal.tag()) &&
                            compare(draft_.expr(value).literal, Value::int64(0)) >= 0;
      if (!draft_.is_poison(value) && !is_count)
        draft_.report(ErrorCode::E0317, "`ahead` is a whole number", argument.value().span());
      return;
    }
    auto& diagnostic =
        draft_.report(ErrorCode::E0604, "there is no parameter `" + name + "` of a partition",
                      argument.label()->span());
    if (is_time) draft_.suggest(diagnostic, name, {"retention", "ahead"});
  }

  void check_interval(ast::Expr node, const std::string& what) {
    Scope scope;
    const ExprId value = check_expression(draft_, scope, node);
    if (draft_.is_poison(value)) return;
    const bool is_positive = draft_.is_literal(value) &&
                             draft_.expr(value).literal.tag() == Tag::Duration &&
                             compare(draft_.expr(value).literal, Value::duration({})) > 0;
    if (!is_positive)
      draft_.report(ErrorCode::E0317, what + " is a duration above zero", node.span());
  }

  void check_datetime(ExprId key, Span span) {
    const Type type = draft_.type(key);
    if (draft_.is_poison(key) || type.is_any() || type.is(TypeKind::Datetime)) return;
    draft_.report(ErrorCode::E0306,
                  "time takes a datetime of the key, not `" + draft_.text(type) + "`", span);
  }

  // The record id tells the partition, so nothing but the key may be asked.
  void check_key_only(ExprId root, const Scope& scope, Span span) {
    const auto& columns = draft_.query(scope.query).sources[0].columns;
    bool is_reported = false;
    visit_expression(draft_, root, 0, [&](ExprId id, uint32_t level) {
      const Expr& expr = draft_.expr(id);
      if (expr.kind != ExprKind::Column || expr.depth != level || is_reported) return;
      const auto kind = columns[expr.index].kind;
      if (kind == SourceColumn::Kind::Key || kind == SourceColumn::Kind::Id) return;
      is_reported = true;
      draft_
          .report(ErrorCode::E0417, "`" + columns[expr.index].name + "` is no part of the key",
                  expr.span)
          .help = "a partition follows from the record id: name columns of KEY (..), or id";
    });
    if (!is_reported)
      check_volatility(draft_, root, function::Volatility::Immutable, "PARTITION BY");
    if (!is_reported && draft_.is_literal(root))
      draft_.report(ErrorCode::E0417, "a constant tells no partition from another", span);
  }

  void check_count(PartitionLevel& level, ast::PartitionLevel node) {
    const bool is_hash = level.method == PartitionLevel::Method::Hash;
    if (!node.count()) {
      if (is_hash)
        draft_.report(ErrorCode::E0418, "hash needs PARTITIONS and their number", node.span());
      return;
    }
    if (!is_hash) {
      draft_.report(ErrorCode::E0418, "PARTITIONS belongs to hash", node.count()->span());
      return;
    }
    Scope scope;
    const ExprId count = check_expression(draft_, scope, node.count()->literal());
    if (!draft_.is_literal(count)) return;
    const Value& value = draft_.expr(count).literal;
    const bool is_fine =
        compare(value, Value::int64(1)) >= 0 && compare(value, Value::int64(kPartitionsMax)) <= 0;
    if (is_fine) {
      level.count = static_cast<uint32_t>(value.as_int64());
    } else {
      draft_.report(ErrorCode::E0418,
                    "the number of partitions is 1 to " + std::to_string(kPartitionsMax),
                    node.count()->span());
    }
  }

  // The values of a bound, in order. False after a mistake.
  bool read_bounds(Partition& made, ast::PartitionDefinition node) {
    const bool is_list = made.bound == Partition::Bound::In;
    const auto values = node.bounds()->values();
    if (!is_list && values.size() != types_.size()) {
      draft_.report(ErrorCode::E0414,
                    "there are " + std::to_string(types_.size()) + " expressions and " +
                        std::to_string(values.size()) + " bounds",
                    node.bounds()->span());
      return false;
    }
    size_t position = 0;
    for (const ast::Expr each : values) {
      Scope scope;
      const Type& type = types_[is_list ? 0 : position++];
      ExprId value = check_expression(draft_, scope, each, type.is_any() ? nullptr : &type);
      if (draft_.is_poison(value)) return false;
      if (!type.is_any()) value = store_into(draft_, value, {"the bound", type, each.span()});
      if (draft_.is_poison(value)) return false;
      if (!draft_.is_literal(value)) {
        draft_.report(ErrorCode::E0607, "a bound is a literal", each.span());
        return false;
      }
      made.values.push_back(draft_.expr(value).literal);
      made.texts.push_back(stored_text(each));
    }
    return true;
  }

  bool is_disjoint(const PartitionLevel& level, const Partition& made,
                   ast::PartitionDefinition node) {
    std::vector<const Value*> taken;
    for (const Partition& other : level.parts) {
      for (const Value& value : other.values) taken.push_back(&value);
    }
    size_t position = 0;
    for (const ast::Expr each : node.bounds()->values()) {
      const Value& value = made.values[position++];
      const bool is_taken = std::any_of(taken.begin(), taken.end(),
                                        [&](const Value* other) { return equals(*other, value); });
      if (is_taken) {
        draft_.report(ErrorCode::E0418, "another partition takes this value", each.span());
        return false;
      }
      taken.push_back(&value);
    }
    return true;
  }

  bool is_rising(const PartitionLevel& level, size_t position, const Partition& made,
                 ast::PartitionDefinition node) {
    const auto is_below = [](const Partition& a, const Partition& b) {
      return std::lexicographical_compare(
          a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
          [](const Value& x, const Value& y) { return compare(x, y) < 0; });
    };
    const Partition* before = position > 0 ? &level.parts[position - 1] : nullptr;
    const Partition* behind = position < level.parts.size() ? &level.parts[position] : nullptr;
    if (before != nullptr && before->bound == Partition::Bound::Default) {
      draft_.report(ErrorCode::E0418, "nothing is left behind the DEFAULT of a range", node.span());
      return false;
    }
    const bool rises = (before == nullptr || is_below(*before, made)) &&
                       (behind == nullptr || behind->bound == Partition::Bound::Default ||
                        is_below(made, *behind));
    if (!rises)
      draft_.report(ErrorCode::E0418, "bounds rise from one partition to the next",
                    node.bounds()->span());
    return rises;
  }

  Checking& c_;
  Checking draft_;
  const Table& table_;
  std::vector<Type> types_;  // of the expressions of the level
};

// The partition that a name means: `part` or `outer.inner`. Those of time and hash have names of
// the database's making.
bool is_known(const Table& table, ast::Name name) {
  const auto parts = name.parts();
  if (parts.size() > table.partitions.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    const PartitionLevel& level = table.partitions[i];
    if (has_parts(level) && level.find(parts[i].name()) == nullptr) return false;
  }
  return true;
}

bool require_partition(Checking& c, const Table& table, ast::Name name) {
  if (is_known(table, name)) return true;
  auto& diagnostic = c.report(
      ErrorCode::E0207, "`" + table.name + "` has no partition `" + name.name() + "`", name.span());
  std::vector<std::string> candidates;
  for (const PartitionLevel& level : table.partitions) {
    for (const Partition& each : level.parts) candidates.push_back(each.name);
  }
  c.suggest(diagnostic, name.name(), candidates);
  return false;
}

// Puts the parts of the action at `position`, in their order. False after a mistake.
bool add_parts(Checking& c, const Table& table, PartitionLevel& level, size_t position,
               ast::AlterAction action) {
  LevelChecker checker(c, table);
  checker.bind(level);
  for (const ast::PartitionDefinition node : action.definitions()) {
    if (!checker.part(level, position++, node)) return false;
  }
  return true;
}

bool is_value_of(const std::vector<Value>& values, const Value& value) {
  return std::any_of(values.begin(), values.end(),
                     [&](const Value& each) { return equals(each, value); });
}

// A split changes the map only: its parts take what the old part took, no more and no less.
bool covers(const PartitionLevel& level, size_t first, size_t count, const Partition& old) {
  if (level.method == PartitionLevel::Method::Range) {
    const Partition& last = level.parts[first + count - 1];
    return last.bound == old.bound && std::equal(last.values.begin(), last.values.end(),
                                                 old.values.begin(), old.values.end(), equals);
  }
  if (old.bound == Partition::Bound::Default) return level.default_part() != nullptr;
  // The values of the parts are distinct.
  size_t taken = 0;
  for (size_t i = first; i < first + count; ++i) {
    if (level.parts[i].bound == Partition::Bound::Default) return false;
    for (const Value& value : level.parts[i].values) {
      if (!is_value_of(old.values, value)) return false;
      ++taken;
    }
  }
  return taken == old.values.size();
}

void split_partition(Checking& c, Table& table, PartitionLevel& level, size_t position,
                     ast::AlterAction action) {
  const auto place = level.parts.begin() + static_cast<std::ptrdiff_t>(position);
  const Partition old = std::move(*place);
  level.parts.erase(place);
  const size_t count = action.definitions().size();
  if (!add_parts(c, table, level, position, action) || covers(level, position, count, old)) return;
  auto& diagnostic =
      c.report(ErrorCode::E0418, "the new parts do not take exactly what `" + old.name + "` took",
               action.span());
  if (old.bound == Partition::Bound::Default) {
    diagnostic.help = "one of them is the DEFAULT again";
    return;
  }
  std::string values;
  for (const std::string& text : old.texts) values += (values.empty() ? "" : ", ") + text;
  diagnostic.help = old.bound == Partition::Bound::Below
                        ? "the last one has VALUES BELOW (" + values + ")"
                        : "their values are " + values;
}

void merge_partitions(Checking& c, Table& table, PartitionLevel& level, ast::AlterAction action) {
  auto& parts = level.parts;
  std::vector<size_t> positions;
  for (const ast::Name name : action.names()) {
    if (!require_partition(c, table, name)) return;
    const size_t position = level.position(name.name());
    if (position == parts.size()) return;  // of an inner level
    if (std::find(positions.begin(), positions.end(), position) != positions.end()) {
      c.report(ErrorCode::E0412, "`" + name.name() + "` is named twice", name.span());
      return;
    }
    positions.push_back(position);
  }
  std::sort(positions.begin(), positions.end());
  const bool is_range = level.method == PartitionLevel::Method::Range;
  if (is_range && positions.back() - positions.front() + 1 != positions.size()) {
    c.report(ErrorCode::E0418, "the parts of a range that merge are neighbours", action.span());
    return;
  }
  Partition merged = parts[positions.back()];
  merged.name = action.ident()->name();
  if (!is_range) {
    for (size_t i = 0; i + 1 < positions.size(); ++i) {
      const Partition& each = parts[positions[i]];
      if (each.bound == Partition::Bound::Default) merged.bound = Partition::Bound::Default;
      merged.values.insert(merged.values.end(), each.values.begin(), each.values.end());
      merged.texts.insert(merged.texts.end(), each.texts.begin(), each.texts.end());
    }
    if (merged.bound == Partition::Bound::Default) {
      merged.values.clear();
      merged.texts.clear();
    }
  }
  for (auto each = positions.rbegin(); each != positions.rend(); ++each)
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(*each));
  if (level.find(merged.name) != nullptr) {
    c.report(ErrorCode::E0209, "a partition is called `" + merged.name + "` already",
             action.ident()->span());
    return;
  }
  parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(positions.front()), std::move(merged));
}

// ADD and SPLIT name parts, which only a range and a list have.
bool require_parts(Checking& c, const PartitionLevel& level, Span span) {
  if (has_parts(level)) return true;
  const bool is_hash = level.method == PartitionLevel::Method::Hash;
  c.report(ErrorCode::E0418,
           is_hash ? "the parts of a partition by hash follow from their number"
                   : "the parts of a partition by time are made by the database",
           span)
      .help = "ADD and SPLIT belong to range and list";
  return false;
}

}  // namespace

void check_placement(Checking& c, std::optional<ast::Options> options) {
  static const std::vector<OptionRule> kRules = {{"placement", Tag::String}};
  std::map<std::string, std::string> ignored;
  read_options(c, "a partition", kRules, options, ignored);
  require_placement(c, options);
}

std::vector<PartitionLevel> check_partition_by(Checking& c, const Table& table,
                                               ast::PartitionBy node) {
  std::vector<PartitionLevel> levels;
  for (const ast::PartitionLevel level : node.levels()) {
    LevelChecker own(c, table);
    levels.push_back(own.level(level));
  }
  ASSERT(levels.size() <= kLevelsMax);
  return levels;
}

void alter_partitions(Checking& c, Table& table, ast::AlterAction action) {
  if (table.partitions.empty()) {
    c.report(ErrorCode::E0207, "`" + table.name + "` has no partitions", action.span()).help =
        "they are made with DEFINE TABLE .. PARTITION BY";
    return;
  }
  PartitionLevel& level = table.partitions.front();
  switch (action.action_kind()) {
    case ast::ActionKind::AddPartition: {
      if (!require_parts(c, level, action.span())) return;
      // The DEFAULT of a range stays its last part.
      const bool is_before =
          level.method == PartitionLevel::Method::Range && level.default_part() != nullptr;
      add_parts(c, table, level, level.parts.size() - (is_before ? 1 : 0), action);
      return;
    }
    case ast::ActionKind::DropPartition:
      if (!require_partition(c, table, *action.name())) return;
      if (action.name()->parts().size() == 1)
        std::erase_if(level.parts,
                      [&](const Partition& each) { return each.name == action.name()->name(); });
      return;
    case ast::ActionKind::MoveToPlacement:
      if (!require_partition(c, table, *action.name())) return;
      require_placement(c, action.ident()->name(), action.ident()->span());
      return;
    case ast::ActionKind::MoveToReplicaSet:
      require_partition(c, table, *action.name());
      return;
    case ast::ActionKind::SplitPartition: {
      if (!require_partition(c, table, *action.name())) return;
      if (action.name()->parts().size() > 1) return;  // of an inner level
      if (!require_parts(c, level, action.span())) return;
      split_partition(c, table, level, level.position(action.name()->name()), action);
      return;
    }
    case ast::ActionKind::MergePartitions:
      merge_partitions(c, table, level, action);
      return;
    default:
      UNREACHABLE();
  }
}

}  // namespace zerodb::sema
