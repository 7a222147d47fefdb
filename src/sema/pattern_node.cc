#include "sema/pattern_node.h"

#include <algorithm>

#include "sema/availability.h"
#include "sema/conversion.h"
#include "sema/expression.h"
#include "sema/query_check.h"

namespace zerodb::sema {

using catalog::Table;

std::optional<PatternNode> PatternNode::read(Checking& c, Scope& scope, ast::MatchNode node) {
  PatternNode made(c, scope, node);
  if (!made.read_atoms()) return std::nullopt;
  return made;
}

std::string PatternNode::name() const {
  return node_.alias() ? node_.alias()->name() : std::string();
}

void PatternNode::add_table(const Table* table) {
  if (std::find(tables_.begin(), tables_.end(), table) == tables_.end()) tables_.push_back(table);
}

bool PatternNode::read_atoms() {
  const auto atoms = node_.atoms();
  bool is_sound = true;
  for (const ast::MatchAtom atom : atoms) {
    const bool is_alone = atoms.size() == 1;
    if (atom.parameter()) {
      is_sound &= read_parameter(*atom.parameter(), is_alone);
    } else if (atom.name()) {
      is_sound &= read_name(*atom.name());
    } else {
      if (is_alone) record_ = atom.record_id();
      if (is_alone) range_ = atom.record_range();
      const Table* table = find_table(
          *c_, atom.record_id() ? atom.record_id()->table() : atom.record_range()->table());
      is_sound &= table != nullptr;
      if (table != nullptr) add_table(table);
    }
  }
  return is_sound;
}

// A parameter is a record id of some vertex.
ExprId PatternNode::parameter_value(ast::Parameter parameter) const {
  std::vector<TableId> vertices;
  for (const Table& table : c_->schema().tables()) {
    if (!table.is_edge() && table.kind != Table::Kind::View) vertices.push_back(table.id);
  }
  const ExprId given = check_parameter(*c_, *scope_, parameter);
  const Destination place{"this node of the pattern", Type::record(vertices).optional(),
                          parameter.span()};
  return store_into(*c_, given, place);
}

bool PatternNode::read_parameter(ast::Parameter parameter, bool is_alone) {
  const ExprId value = parameter_value(parameter);
  if (c_->is_poison(value)) return false;
  require_feature(*c_, Feature::PatternParameters, parameter.span());
  if (is_alone) parameter_ = value;
  const Type type = c_->type(value).required();
  if (type.kind() != TypeKind::RecordId) return true;
  for (const TableId id : type.tables()) {
    if (const Table* table = c_->schema().find_table(id)) add_table(table);
  }
  return true;
}

bool PatternNode::read_name(ast::Name name) {
  const std::string text = name.name();
  const auto source = find_source(*scope_, text);
  const bool is_variable =
      source && source->source().has_alias && source->source().shape == ScopeSource::Shape::Record;
  const bool may_be_variable = node_.atoms().size() == 1 && !node_.alias();
  const Table* table = c_->schema().find_table(text);
  if (!is_variable || !may_be_variable) {
    table = find_table(*c_, name);
    if (table != nullptr) add_table(table);
    return table != nullptr;
  }
  if (table != nullptr) {
    c_->report(ErrorCode::E0209, "`" + text + "` is a variable here and a table", name.span())
        .help = "rename the variable";
    return false;
  }
  tables_ = source->source().tables;
  if (source->depth == 0) {
    variable_ = source->position;
  } else {
    outer_ = source;
  }
  return true;
}

ExprId PatternNode::id_of(size_t position) const {
  return column_of(*c_, local_source(*scope_, position), "id", node_.span());
}

ExprId PatternNode::compare(BinaryOp op, ExprId left, ExprId right) const {
  return make_binary(*c_, op, left, right, node_.span());
}

std::vector<ExprId> PatternNode::range_conditions(size_t position, ast::RecordRange range) const {
  std::vector<ExprId> conditions;
  const Table* table = find_table(*c_, range.table());
  if (const auto low = range.from()) {
    const ExprId bound = check_record_key(*c_, *scope_, *table, *low, low->span());
    conditions.push_back(compare(BinaryOp::GreaterEqual, id_of(position), bound));
  }
  if (const auto high = range.to()) {
    const ExprId bound = check_record_key(*c_, *scope_, *table, *high, high->span());
    const BinaryOp op = range.is_inclusive() ? BinaryOp::LessEqual : BinaryOp::Less;
    conditions.push_back(compare(op, id_of(position), bound));
  }
  return conditions;
}

ExprId PatternNode::alternative(size_t position, ast::MatchAtom atom) const {
  if (const auto record = atom.record_id())
    return compare(BinaryOp::Equal, id_of(position), check_record_id(*c_, *scope_, *record));
  if (const auto parameter = atom.parameter())
    return compare(BinaryOp::Equal, id_of(position), parameter_value(*parameter));
  const auto range = atom.record_range();
  const Table* table = find_table(*c_, range ? range->table() : *atom.name());
  Expr made;
  made.kind = ExprKind::IsType;
  made.type = Type::boolean();
  made.target = Type::record({table->id});
  made.span = atom.span();
  made.args = {id_of(position)};
  std::vector<ExprId> conditions = {c_->add(std::move(made))};
  if (range) {
    for (const ExprId each : range_conditions(position, *range)) conditions.push_back(each);
  }
  return make_conjunction(*c_, std::move(conditions), atom.span());
}

bool PatternNode::has_alternatives() const {
  const auto atoms = node_.atoms();
  return atoms.size() > 1 && std::any_of(atoms.begin(), atoms.end(), [](ast::MatchAtom atom) {
           return !atom.name().has_value();
         });
}

void PatternNode::require_alternative(size_t position) const {
  Expr any_of;
  any_of.kind = ExprKind::Or;
  any_of.type = Type::boolean();
  any_of.span = node_.span();
  for (const ast::MatchAtom atom : node_.atoms())
    any_of.args.push_back(alternative(position, atom));
  add_condition(*c_, scope_->query, c_->add(std::move(any_of)));
}

void PatternNode::restrict(size_t position) const {
  if (has_alternatives()) return require_alternative(position);
  if (record_) restrict_to_record(*c_, *scope_, position, *record_);
  if (range_) restrict_to_range(*c_, *scope_, position, *tables_.front(), *range_);
  std::optional<ExprId> record = parameter_;
  if (outer_) record = column_of(*c_, *outer_, "id", node_.span());
  if (!record) return;
  c_->query(scope_->query).sources[scope_->sources[position].id.value()].record = record;
}

void PatternNode::bind(size_t position) const {
  const auto same_as = [&](ExprId other) {
    add_condition(*c_, scope_->query, compare(BinaryOp::Equal, id_of(position), other));
  };
  if (has_alternatives()) require_alternative(position);
  if (variable_) same_as(id_of(*variable_));
  if (outer_) same_as(column_of(*c_, *outer_, "id", node_.span()));
  if (record_) same_as(check_record_id(*c_, *scope_, *record_));
  if (parameter_) same_as(*parameter_);
  if (!range_) return;
  for (const ExprId each : range_conditions(position, *range_))
    add_condition(*c_, scope_->query, each);
}

}  // namespace zerodb::sema
