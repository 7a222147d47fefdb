// Table functions: series, json::each, read_csv and read_json.
#include <algorithm>

#include "exec/file_elements.h"
#include "exec/operator.h"
#include "function/time_kernels.h"
#include "value/operators.h"
#include "value/zval_builder.h"

namespace zerodb::exec {

using plan::Node;
using sema::SourceColumn;

namespace {

bool is_behind(const Value& value, const Value& high, bool is_inclusive) {
  const int order = compare(value, high);
  return is_inclusive ? order > 0 : order >= 0;
}

// low, low + step, .. : of whole numbers.
class NumberSeries final : public Elements {
 public:
  NumberSeries(const RangeView& range, i128 step)
      : tag_(range.low().tag()),
        at_(range.low().as_int128()),
        high_(range.high().as_int128()),
        step_(step),
        is_inclusive_(range.is_inclusive()) {}

  Result<std::optional<Value>> next() override {
    if (is_done_ || (is_inclusive_ ? at_ > high_ : at_ >= high_)) return std::optional<Value>();
    Value value = Value::integer(tag_, at_);
    // The end may be the greatest number there is.
    is_done_ = __builtin_add_overflow(at_, step_, &at_);
    return std::optional<Value>(std::move(value));
  }

 private:
  Tag tag_;
  i128 at_;
  i128 high_;
  i128 step_;
  bool is_inclusive_;
  bool is_done_ = false;
};

// Times by a duration.
class TimeSeries final : public Elements {
 public:
  TimeSeries(const RangeView& range, Value step)
      : at_(range.low()),
        high_(range.high()),
        step_(std::move(step)),
        is_inclusive_(range.is_inclusive()) {}

  Result<std::optional<Value>> next() override {
    if (is_done_ || is_behind(at_, high_, is_inclusive_)) return std::optional<Value>();
    Value value = at_;
    auto following = binary(BinaryOp::Add, at_, step_);
    is_done_ = !following.has_value();
    if (!is_done_) at_ = std::move(*following);
    return std::optional<Value>(std::move(value));
  }

 private:
  Value at_;
  Value high_;
  Value step_;
  bool is_inclusive_;
  bool is_done_ = false;
};

// Times by a unit of the calendar, each counted from the start: a month after the 31st of January
// comes the 28th of February, and then the 31st of March.
class UnitSeries final : public Elements {
 public:
  UnitSeries(const RangeView& range, function::TimeUnit unit, function::Zone zone)
      : low_(range.low().as_datetime()),
        high_(range.high()),
        unit_(unit),
        zone_(std::move(zone)),
        is_inclusive_(range.is_inclusive()) {}

  Result<std::optional<Value>> next() override {
    auto instant = function::add_units(low_, count_, unit_, zone_);
    if (!instant.has_value()) {
      if (instant.error().code() == ErrorCode::E0901) return std::optional<Value>();
      return std::move(instant).error();
    }
    Value value = Value::datetime(*instant);
    if (is_behind(value, high_, is_inclusive_)) return std::optional<Value>();
    ++count_;
    return std::optional<Value>(std::move(value));
  }

 private:
  Datetime low_;
  Value high_;
  function::TimeUnit unit_;
  function::Zone zone_;
  bool is_inclusive_;
  i128 count_ = 0;
};

// The members of an object or array; with `deep` those of members as well, parents first.
class Members final : public Elements {
 public:
  Members(const Value& root, bool deep) : deep_(deep) { push(root, ""); }

  Result<std::optional<Value>> next() override {
    while (!open_.empty() && open_.back().at >= open_.back().size) open_.pop_back();
    if (open_.empty()) return std::optional<Value>();
    Level& level = open_.back();
    const uint32_t at = level.at++;
    Value key;
    Value value;
    std::string path = level.path + "/";
    if (level.container.tag() == Tag::Object) {
      const ObjectView view(level.container);
      key = Value::string(view.key(at));
      path += escaped(view.key(at));
      value = view.value(at);
    } else {
      key = Value::int64(at);
      path += std::to_string(at);
      value = SequenceView(level.container).at(at);
    }
    ObjectBuilder builder;
    builder.set("path", Value::string(path));
    builder.set("key", key);
    builder.set("value", value);
    if (deep_) push(value, std::move(path));
    return std::optional<Value>(TRY(builder.build()));
  }

  static bool has_members(const Value& value) {
    return value.tag() == Tag::Object || value.tag() == Tag::Array || value.tag() == Tag::Vector ||
           value.tag() == Tag::Tuple;
  }

 private:
  struct Level {
    Value container;
    std::string path;
    uint32_t size = 0;
    uint32_t at = 0;
  };

  void push(const Value& value, std::string path) {
    if (!has_members(value)) return;
    const uint32_t size =
        value.tag() == Tag::Object ? ObjectView(value).size() : SequenceView(value).size();
    open_.push_back({value, std::move(path), size, 0});
  }

  // As RFC 6901 writes keys in pointers.
  static std::string escaped(std::string_view key) {
    std::string out;
    for (const char c : key) {
      if (c == '~') {
        out += "~0";
      } else if (c == '/') {
        out += "~1";
      } else {
        out += c;
      }
    }
    return out;
  }

  bool deep_;
  std::vector<Level> open_;
};

class Opening {
 public:
  Opening(ExecState& state, const Node& node) : state_(state), node_(node) {}

  // Null: there are no elements.
  Result<std::unique_ptr<Elements>> open() {
    const Value first = TRY(argument(0));
    if (first.is_none()) return std::unique_ptr<Elements>();
    if (node_.label == "series") return series(first);
    if (node_.label == "read_csv") return csv(first);
    if (node_.label == "read_json") return read_json(TRY(files(first)));
    if (!Members::has_members(first))
      return Error(ErrorCode::E0904, "a value of this class has no members").at(node_.args[0].span);
    const Value deep = TRY(argument(1));
    return std::unique_ptr<Elements>(
        std::make_unique<Members>(first, !deep.is_none() && deep.as_bool()));
  }

 private:
  Result<Value> argument(size_t i) { return state_.evaluate(node_.args[i]); }

  Error bad_step(const char* what) const {
    return Error(ErrorCode::E0623, what).at(node_.args[1].span);
  }

  Result<std::unique_ptr<Elements>> series(const Value& first) {
    if (first.tag() != Tag::Range)
      return Error(ErrorCode::E0904, "`series` takes a range").at(node_.args[0].span);
    const RangeView range(first);
    const Value step = TRY(argument(1));
    const Tag tag = range.low().tag();
    const bool is_number = is_integer(tag) && is_integer(range.high().tag());
    if (!is_number && (tag != Tag::Datetime || range.high().tag() != Tag::Datetime)) {
      return Error(ErrorCode::E0904,
                   "`series` takes a range of whole numbers or times with both ends")
          .at(node_.args[0].span);
    }
    return is_number ? numbers(range, step) : times(range, step);
  }

  Result<std::unique_ptr<Elements>> numbers(const RangeView& range, const Value& step) {
    if (!step.is_none() && !is_integer(step.tag()))
      return bad_step("a series of whole numbers goes by a whole number");
    const i128 by = step.is_none() ? 1 : step.as_int128();
    if (by <= 0) return bad_step("the step of a series is positive");
    return std::unique_ptr<Elements>(std::make_unique<NumberSeries>(range, by));
  }

  Result<std::unique_ptr<Elements>> times(const RangeView& range, const Value& step) {
    if (step.tag() == Tag::Duration) {
      if (compare(step, Value::duration({})) <= 0)
        return bad_step("the step of a series is positive");
      return std::unique_ptr<Elements>(std::make_unique<TimeSeries>(range, step));
    }
    if (step.tag() != Tag::String)
      return bad_step("a series of times goes by a duration or a unit such as 'month'");
    auto unit = function::time_unit(step.as_string());
    if (!unit.has_value()) return std::move(unit.error()).at(node_.args[1].span);
    const Value zone = TRY(argument(2));
    auto found =
        function::Zone::find(zone.is_none() ? "UTC" : zone.as_string(), state_.call().zones);
    if (!found.has_value()) return std::move(found.error()).at(node_.args[2].span);
    return std::unique_ptr<Elements>(std::make_unique<UnitSeries>(range, *unit, std::move(*found)));
  }

  Result<std::vector<std::string>> files(const Value& path) {
    const FileAccess* access = state_.call().files;
    if (access == nullptr)
      return Error(ErrorCode::E0610, "this host lets nobody read files").at(node_.args[0].span);
    auto found = access->find(std::string(path.as_string()));
    if (!found.has_value()) return std::move(found.error()).at(node_.args[0].span);
    return found;
  }

  Result<std::unique_ptr<Elements>> csv(const Value& path) {
    CsvOptions options;
    const Value delimiter = TRY(argument(1));
    if (!delimiter.is_none()) {
      const std::string_view text = delimiter.as_string();
      if (text.size() != 1 || text == "\"" || text == "\n" || text == "\r") {
        return Error(ErrorCode::E0623, "a delimiter is one character of ASCII, and no quote")
            .at(node_.args[1].span);
      }
      options.delimiter = text.front();
    }
    const Value header = TRY(argument(2));
    if (!header.is_none()) options.has_header = header.as_bool();
    const Value infer = TRY(argument(3));
    if (!infer.is_none()) options.infers = infer.as_bool();
    const Value none_text = TRY(argument(4));
    if (!none_text.is_none()) options.none_text = none_text.as_string();
    return read_csv(TRY(files(path)), std::move(options));
  }

  ExecState& state_;
  const Node& node_;
};

class TableFunctionOperator final : public Operator {
 public:
  TableFunctionOperator(ExecState& state, const Node& node) : state_(state), node_(node) {}

  Result<uint32_t> next(const Target& target) override {
    if (!is_open_) {
      elements_ = TRY(Opening(state_, node_).open());
      is_open_ = true;
    }
    TRY(state_.check_interrupt());
    uint32_t rows = 0;
    while (elements_ != nullptr && rows < target.capacity) {
      const std::optional<Value> element = TRY(elements_->next());
      if (!element) {
        elements_ = nullptr;
        break;
      }
      for (uint32_t i = 0; i < node_.reads.size(); ++i) {
        const bool is_ordinal = node_.reads[i].kind == SourceColumn::Kind::Ordinal;
        const Column column(state_.arena(), target.columns[i], node_.columns[i].type);
        TRY(store_value(state_.arena(), column, rows,
                        is_ordinal ? Value::int64(ordinal_) : *element));
      }
      ++ordinal_;
      ++rows;
    }
    return rows;
  }

 private:
  ExecState& state_;
  const Node& node_;
  std::unique_ptr<Elements> elements_;
  int64_t ordinal_ = 0;
  bool is_open_ = false;
};

}  // namespace

std::unique_ptr<Operator> make_table_function(ExecState& state, const Node& node) {
  return std::make_unique<TableFunctionOperator>(state, node);
}

}  // namespace zerodb::exec
