#include "sema/warning.h"

#include "value/cast.h"
#include "value/operator_types.h"

namespace zerodb::sema {
namespace {

// Whether the float next to the whole number is the same number.
bool is_exact(const Value& whole) {
  const auto near = coerce(whole, Type::float64());
  return near.has_value() && equals(whole, *near);
}

}  // namespace

void warn_of_failure(Checking& c, const Error& error, Span span) {
  c.warn(error, span, "the statement fails when it gets here");
}

void warn_of_loss(Checking& c, ExprId value, const Type& to) {
  const Type from = c.type(value).required();
  if (!from.is_integer() || !to.required().is_float() || !is_lossy_mix(from, to.required())) return;
  if (c.is_literal(value) && is_exact(c.expr(value).literal)) return;
  c.warn(Error(ErrorCode::E0307, "`" + c.text(from) + "` becomes `" + c.text(to.required()) +
                                     "`, which is exact only up to 2^53"),
         c.expr(value).span, "write CAST(.. AS " + c.text(to.required()) + ") if that is meant");
}

}  // namespace zerodb::sema
