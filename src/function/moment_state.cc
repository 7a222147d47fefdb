// Variances, covariances and lines of best fit.
//
// Sums of values, squares and products are kept exactly (FloatSum; a product is a float and its
// rest, by fma), and combined at the end in sums that are exact again. So neither the order of rows
// nor the way they were split shows, and nothing is lost when a mean is large against a deviation.
// Two roundings remain: that of the numerator, and the division.
#include <array>
#include <cmath>

#include "function/aggregate_parts.h"
#include "function/float_sum.h"
#include "function/number_kernels.h"
#include "value/operator_parts.h"

namespace zerodb::function {
namespace {

void add_product(FloatSum& sum, double left, double right) {
  const double product = left * right;
  sum.add(product);
  if (std::isfinite(product)) sum.add(std::fma(left, right, -product));
}

// A sum as floats of falling size that add up to it, but for less than 2^-150 of it.
std::array<double, 3> parts_of(const FloatSum& sum) {
  std::array<double, 3> parts{};
  FloatSum rest = sum;
  for (double& part : parts) {
    part = rest.value();
    if (!std::isfinite(part)) break;
    rest.add(-part);
  }
  return parts;
}

// count * products - left * right: `count` squared times the covariance.
double scaled_covariance(uint64_t count, const FloatSum& products, const FloatSum& left,
                         const FloatSum& right) {
  FloatSum total;
  for (const double part : parts_of(products)) add_product(total, static_cast<double>(count), part);
  for (const double a : parts_of(left)) {
    for (const double b : parts_of(right)) add_product(total, -a, b);
  }
  return total.value();
}

// E0901 for an infinity or NaN that comes of finite values.
Result<Value> as_result(double value, bool saw_non_finite) {
  if (!std::isfinite(value) && !saw_non_finite)
    return Error(ErrorCode::E0901, "the result is out of range");
  return Value::float64(value);
}

enum class Share : uint8_t { Sample, Population };

class VarianceState final : public AggregateState {
 public:
  enum class Root : uint8_t { No, Yes };
  VarianceState(Share share, Root root) : share_(share), root_(root) {}

  Status add(std::span<const Value> arguments) override {
    if (arguments[0].is_none()) return ok_status();
    if (!is_number(arguments[0].tag()))
      return wrong_class("a variance is of numbers", arguments[0]);
    const double x = to_double(arguments[0]);
    ++count_;
    sum_.add(x);
    add_product(squares_, x, x);
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const VarianceState&>(other);
    count_ += same.count_;
    sum_.merge(same.sum_);
    squares_.merge(same.squares_);
    return ok_status();
  }
  Result<Value> finish() const override {
    if (count_ < (share_ == Share::Sample ? 2u : 1u)) return Value::none();
    const auto count = static_cast<double>(count_);
    const double divisor = count * (share_ == Share::Sample ? count - 1 : count);
    const double scaled = scaled_covariance(count_, squares_, sum_, sum_);
    const double variance = std::isnan(scaled) ? scaled : std::max(0.0, scaled / divisor);
    return as_result(root_ == Root::Yes ? std::sqrt(variance) : variance, sum_.saw_non_finite());
  }
  size_t bytes() const override { return sizeof(*this); }

 private:
  Share share_;
  Root root_;
  uint64_t count_ = 0;
  FloatSum sum_;
  FloatSum squares_;
};

// Of the rows where both values are there.
class CovarianceState final : public AggregateState {
 public:
  enum class Wanted : uint8_t { Sample, Population, Correlation, Slope, Intercept };
  explicit CovarianceState(Wanted wanted) : wanted_(wanted) {}

  Status add(std::span<const Value> arguments) override {
    for (const Value& value : arguments) {
      if (value.is_none()) return ok_status();
      if (!is_number(value.tag())) return wrong_class("a covariance is of numbers", value);
    }
    const double y = to_double(arguments[0]);
    const double x = to_double(arguments[1]);
    ++count_;
    y_.add(y);
    x_.add(x);
    add_product(yx_, y, x);
    add_product(yy_, y, y);
    add_product(xx_, x, x);
    return ok_status();
  }
  Status merge(const AggregateState& other) override {
    const auto& same = static_cast<const CovarianceState&>(other);
    count_ += same.count_;
    y_.merge(same.y_);
    x_.merge(same.x_);
    yx_.merge(same.yx_);
    yy_.merge(same.yy_);
    xx_.merge(same.xx_);
    return ok_status();
  }
  Result<Value> finish() const override {
    if (count_ == 0) return Value::none();
    const auto count = static_cast<double>(count_);
    const double shared = scaled_covariance(count_, yx_, y_, x_);
    const bool saw_non_finite = y_.saw_non_finite() || x_.saw_non_finite();
    switch (wanted_) {
      case Wanted::Population:
        return as_result(shared / (count * count), saw_non_finite);
      case Wanted::Sample:
        if (count_ < 2) return Value::none();
        return as_result(shared / (count * (count - 1)), saw_non_finite);
      default:
        return of_line(shared, saw_non_finite);
    }
  }
  size_t bytes() const override { return sizeof(*this); }

 private:
  // None where the points stand in one column, or for a correlation in one row.
  Result<Value> of_line(double shared, bool saw_non_finite) const {
    const double spread_x = scaled_covariance(count_, xx_, x_, x_);
    if (spread_x <= 0) return Value::none();
    if (wanted_ == Wanted::Correlation) {
      const double spread_y = scaled_covariance(count_, yy_, y_, y_);
      if (spread_y <= 0) return Value::none();
      const double both = spread_x * spread_y;
      const double share = std::isnormal(both) ? shared / std::sqrt(both)
                                               : shared / std::sqrt(spread_x) / std::sqrt(spread_y);
      return as_result(std::isnan(share) ? share : std::clamp(share, -1.0, 1.0), saw_non_finite);
    }
    if (wanted_ == Wanted::Slope) return as_result(shared / spread_x, saw_non_finite);
    // (sum of y - slope * sum of x) / count, without rounding the slope.
    FloatSum above;
    for (const double part : parts_of(y_)) add_product(above, spread_x, part);
    for (const double part : parts_of(x_)) add_product(above, -shared, part);
    return as_result(above.value() / (static_cast<double>(count_) * spread_x), saw_non_finite);
  }

  Wanted wanted_;
  uint64_t count_ = 0;
  FloatSum y_;
  FloatSum x_;
  FloatSum yx_;
  FloatSum yy_;
  FloatSum xx_;
};

using Wanted = CovarianceState::Wanted;
using Root = VarianceState::Root;

}  // namespace

State make_var_samp(Types) {
  return std::make_unique<VarianceState>(Share::Sample, Root::No);
}
State make_var_pop(Types) {
  return std::make_unique<VarianceState>(Share::Population, Root::No);
}
State make_stddev_samp(Types) {
  return std::make_unique<VarianceState>(Share::Sample, Root::Yes);
}
State make_stddev_pop(Types) {
  return std::make_unique<VarianceState>(Share::Population, Root::Yes);
}
State make_corr(Types) {
  return std::make_unique<CovarianceState>(Wanted::Correlation);
}
State make_covar_samp(Types) {
  return std::make_unique<CovarianceState>(Wanted::Sample);
}
State make_covar_pop(Types) {
  return std::make_unique<CovarianceState>(Wanted::Population);
}
State make_regr_slope(Types) {
  return std::make_unique<CovarianceState>(Wanted::Slope);
}
State make_regr_intercept(Types) {
  return std::make_unique<CovarianceState>(Wanted::Intercept);
}

}  // namespace zerodb::function
