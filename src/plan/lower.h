// Lowering: checked expressions into a Program.
//
// Lazy evaluation becomes masks: the operands of AND, OR, CASE and ?? that may be left out are
// computed under the mask of the rows that need them. Typed instructions are chosen where both
// operands have a common typed form; everything else goes to the host. Literals become parameters,
// so that programs of statements that differ in literals are equal. Threading: one lowering, one
// thread.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"
#include "plan/scope.h"
#include "sema/statement.h"

namespace zerodb::plan {

// A column of the query right around the one that uses it, and the parameter that carries it in.
struct OuterRef {
  sema::SourceId source;
  uint32_t index = 0;
  Type type;
  uint32_t parameter = 0;
};

struct SubplanRef {
  uint32_t subplan = 0;
  std::vector<OuterRef> outer;
};

// What lowering asks of the plan that is being made.
class PlanParts {
 public:
  virtual ~PlanParts() = default;
  virtual uint32_t literal(const Value& value) = 0;
  virtual uint32_t outer(uint32_t depth, sema::SourceId source, uint32_t index,
                         const Type& type) = 0;
  // Plans the query of a ScalarQuery, ArrayQuery, ExistsQuery or InQuery.
  virtual Result<SubplanRef> subplan(const sema::Expr& expr) = 0;
};

class Lowering {
 public:
  // All borrowed. The columns of the scope become the inputs.
  Lowering(PlanParts& parts, const sema::Statement& statement, const Scope& scope);

  Result<Reg> lower(sema::ExprId id);
  // In the physical form of the type.
  Result<Reg> lower_as(sema::ExprId id, const Type& type);
  // As a Bool that is never none.
  Result<Reg> condition(sema::ExprId id);
  // As lower_as() where the condition holds, and none where not.
  Result<Reg> lower_where(sema::ExprId held, sema::ExprId id, const Type& type);
  // Conditions that must all hold; later ones are asked only where the ones before hold. Sets the
  // mask of all that follows and the selection.
  Status filter(std::span<const sema::ExprId> conditions);

  // One inline or host aggregate: under the filter, over the group of each row.
  Status aggregate(const sema::Aggregate& aggregate, Reg group);
  Reg group_index(std::vector<Reg> keys);

  void output(Reg reg) { program_->outputs.push_back(reg); }
  void output_inputs();
  Program& program() { return *program_; }
  ProgramPtr finish();

 private:
  // While it lives, instructions run under another mask.
  class MaskScope;

  Result<Reg> lower_expr(const sema::Expr& expr);
  Result<Reg> lower_column(const sema::Expr& expr);
  Result<Reg> lower_binary(const sema::Expr& expr);
  Result<Reg> lower_in_list(const sema::Expr& expr);
  Result<Reg> lower_equal_to_one(const sema::Expr& expr, Physical physical);
  Result<Reg> lower_in_set(const sema::Expr& expr);
  bool is_whole_literal(sema::ExprId id) const;
  Result<Reg> lower_as(sema::ExprId id, Physical physical);
  Result<Reg> lower_arithmetic(const sema::Expr& expr, Op op, Physical physical);
  Result<Reg> lower_unary(const sema::Expr& expr);
  Result<Reg> lower_and(const sema::Expr& expr);
  Result<Reg> lower_or(const sema::Expr& expr);
  Result<Reg> lower_coalesce(const sema::Expr& expr);
  Result<Reg> lower_case(const sema::Expr& expr);
  Result<Reg> lower_try(const sema::Expr& expr);
  Result<Reg> lower_coerce(const sema::Expr& expr);
  Result<Reg> lower_subquery(const sema::Expr& expr);
  Reg lower_joined(const sema::Expr& expr, const Scope::Joined& joined);
  // A host instruction over the operands as they are.
  Result<Reg> host(const sema::Expr& expr, Op op);

  Reg input(uint32_t position) const { return program_->inputs[position]; }
  Reg parameter(uint32_t id, const Type& type);
  Reg add_register(const Type& type);
  Instr& emit(Op op, Reg dst, Reg a = kNoReg, Reg b = kNoReg);
  Reg emit_bool(Op op, Reg a, Reg b = kNoReg);
  // The register in the physical form of `type`.
  Reg convert(Reg reg, const Type& type);
  Reg truth(Reg reg);
  Reg narrow_mask(Reg condition);
  Reg exclude_mask(Reg condition);
  void move(Reg dst, Reg from, Reg mask);
  Reg none_of(const Type& type);
  const Register& reg(Reg r) const { return program_->registers[r.value()]; }
  const sema::Expr& expr(sema::ExprId id) const { return statement_.exprs[id]; }

  PlanParts& parts_;
  const sema::Statement& statement_;
  const Scope& scope_;
  std::shared_ptr<Program> program_;
  std::map<std::pair<uint32_t, Physical>, Reg> parameters_;
  Reg mask_ = kNoReg;
  Span span_;
};

}  // namespace zerodb::plan
