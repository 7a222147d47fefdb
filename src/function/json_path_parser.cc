// The grammar of RFC 9535 by recursive descent, with its rules of what a filter may compare.
#include <charconv>

#include "function/json_path.h"
#include "value/number_text.h"
#include "value/utf8.h"

namespace zerodb::function {
namespace {

using Term = JsonPath::Term;
using Selector = JsonPath::Selector;
using TermPtr = std::shared_ptr<const Term>;

constexpr int kDepthMax = 64;
constexpr int64_t kIndexMax = (int64_t{1} << 53) - 1;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_begin(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool gives_value(const Term& term) {
  switch (term.kind) {
    case Term::Kind::Literal:
      return true;
    case Term::Kind::Query:
      return term.query.is_singular();
    case Term::Kind::Call:
      return term.function != Term::Function::Match && term.function != Term::Function::Search;
    default:
      return false;
  }
}

// May decide a filter: a query asks whether there is anything.
bool gives_truth(const Term& term) {
  switch (term.kind) {
    case Term::Kind::Literal:
      return false;
    case Term::Kind::Call:
      return !gives_value(term);
    default:
      return true;
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonPath::Query> parse() {
    if (!take("$")) return wrong("a JSONPath begins with `$`");
    JsonPath::Query query;
    TRY(segments(query));
    if (at_ != text_.size()) return wrong("a `.` or `[` was expected");
    return query;
  }

 private:
  Error wrong(std::string_view what) const {
    return Error(ErrorCode::E0626,
                 std::string(what) + " at position " + std::to_string(at_) + " of the JSONPath");
  }

  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool take(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  void blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  Status segments(JsonPath::Query& query) {
    for (;;) {
      const size_t before = at_;
      blanks();
      JsonPath::Segment segment;
      if (take("..")) {
        segment.is_descendant = true;
        if (peek() == '[') {
          TRY(brackets(segment));
        } else {
          TRY(shorthand(segment));
        }
      } else if (take(".")) {
        TRY(shorthand(segment));
      } else if (peek() == '[') {
        TRY(brackets(segment));
      } else {
        at_ = before;
        return {};
      }
      query.segments.push_back(std::move(segment));
    }
  }

  Status shorthand(JsonPath::Segment& segment) {
    Selector selector;
    if (!take("*")) {
      if (!is_name_begin(peek())) return wrong("a name or `*` was expected");
      const size_t begin = at_;
      while (is_name_begin(peek()) || is_digit(peek())) ++at_;
      selector.kind = Selector::Kind::Name;
      selector.name = text_.substr(begin, at_ - begin);
    }
    segment.selectors.push_back(std::move(selector));
    return {};
  }

  Status brackets(JsonPath::Segment& segment) {
    ++at_;
    do {
      blanks();
      segment.selectors.push_back(TRY(selector()));
      blanks();
    } while (take(","));
    if (!take("]")) return wrong("a `,` or `]` was expected");
    return {};
  }

  Result<Selector> selector() {
    Selector selector;
    if (take("*")) return selector;
    if (peek() == '\'' || peek() == '"') {
      selector.kind = Selector::Kind::Name;
      selector.name = TRY(quoted());
      return selector;
    }
    if (take("?")) {
      blanks();
      selector.kind = Selector::Kind::Filter;
      selector.filter = TRY(truth());
      return selector;
    }
    std::optional<int64_t> first;
    if (peek() != ':') first = TRY(integer());
    const size_t behind = at_;
    blanks();
    if (!take(":")) {
      at_ = behind;
      selector.kind = Selector::Kind::Index;
      selector.index = *first;
      return selector;
    }
    selector.kind = Selector::Kind::Slice;
    selector.begin = first;
    blanks();
    if (peek() == '-' || is_digit(peek())) {
      selector.end = TRY(integer());
      blanks();
    }
    if (take(":")) {
      blanks();
      if (peek() == '-' || is_digit(peek())) selector.step = TRY(integer());
    }
    return selector;
  }

  Result<int64_t> integer() {
    const size_t begin = at_;
    take("-");
    if (!is_digit(peek())) return wrong("a selector was expected");
    while (is_digit(peek())) ++at_;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    const std::string_view size = digits.substr(digits.front() == '-' ? 1 : 0);
    if ((size.size() > 1 && size.front() == '0') || digits == "-0") {
      at_ = begin;
      return wrong("a position has no leading zero");
    }
    int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || value > kIndexMax || value < -kIndexMax) {
      at_ = begin;
      return wrong("a position is too large");
    }
    return value;
  }

  Result<uint32_t> hex_digits() {
    uint32_t code = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4)
      return wrong("four hexadecimal digits were expected");
    at_ += 4;
    return code;
  }

  Result<std::string> quoted() {
    const char quote = peek();
    ++at_;
    std::string out;
    for (;;) {
      if (at_ >= text_.size()) return wrong("a string is not closed");
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return wrong("a control character in a string");
      ++at_;
      if (c == quote) return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      const char escaped = peek();
      if (at_ < text_.size()) ++at_;
      switch (escaped) {
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'n':
          out += '\n';
          break;
        case 'r':
          out += '\r';
          break;
        case 't':
          out += '\t';
          break;
        case '/':
        case '\\':
          out += escaped;
          break;
        case 'u':
          TRY(escaped_character(out));
          break;
        default:
          if (escaped != quote) return wrong("an unknown escape");
          out += quote;
      }
    }
  }

  Status escaped_character(std::string& out) {
    uint32_t code = TRY(hex_digits());
    if (code >= 0xdc00 && code < 0xe000) return wrong("half a surrogate pair");
    if (code >= 0xd800 && code < 0xdc00) {
      if (!take("\\u")) return wrong("half a surrogate pair");
      const uint32_t low = TRY(hex_digits());
      if (low < 0xdc00 || low >= 0xe000) return wrong("half a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    utf8::append(out, code);
    return {};
  }

  // What decides a filter.
  Result<TermPtr> truth() {
    TermPtr term = TRY(alternatives());
    if (!gives_truth(*term)) return wrong("a comparison or a query was expected");
    return term;
  }

  Result<TermPtr> alternatives() {
    return chain(Term::Kind::Or, "||",
                 [this] { return chain(Term::Kind::And, "&&", [this] { return basic(); }); });
  }

  template <typename Part>
  Result<TermPtr> chain(Term::Kind kind, std::string_view between, Part part) {
    TermPtr first = TRY(part());
    size_t behind = at_;
    blanks();
    if (!text_.substr(at_).starts_with(between)) {
      at_ = behind;
      return first;
    }
    Term made;
    made.kind = kind;
    made.args.push_back(std::move(first));
    while (take(between)) {
      blanks();
      made.args.push_back(TRY(part()));
      behind = at_;
      blanks();
    }
    at_ = behind;
    for (const TermPtr& each : made.args) {
      if (!gives_truth(*each)) return wrong("a comparison or a query was expected");
    }
    return std::make_shared<const Term>(std::move(made));
  }

  Result<TermPtr> basic() {
    if (++depth_ > kDepthMax) return wrong("too deep");
    const bool is_negated = take("!");
    if (is_negated) blanks();
    TermPtr term;
    if (take("(")) {
      blanks();
      term = TRY(truth());
      blanks();
      if (!take(")")) return wrong("a `)` was expected");
    } else {
      term = TRY(primary());
      if (!is_negated) term = TRY(comparison(std::move(term)));
    }
    --depth_;
    if (!is_negated) return term;
    if (!gives_truth(*term)) return wrong("`!` denies a query, a comparison in `(` `)` or a test");
    Term made;
    made.kind = Term::Kind::Not;
    made.args.push_back(std::move(term));
    return std::make_shared<const Term>(std::move(made));
  }

  // The value alone, or what it is compared with.
  Result<TermPtr> comparison(TermPtr left) {
    using Comparison = Term::Comparison;
    constexpr std::pair<std::string_view, Comparison> kSigns[] = {
        {"==", Comparison::Equal},     {"!=", Comparison::NotEqual},
        {"<=", Comparison::LessEqual}, {">=", Comparison::GreaterEqual},
        {"<", Comparison::Less},       {">", Comparison::Greater}};
    const size_t behind = at_;
    blanks();
    for (const auto& [sign, comparison] : kSigns) {
      if (!take(sign)) continue;
      if (!gives_value(*left)) return wrong("only single values are compared");
      blanks();
      TermPtr right = TRY(primary());
      if (!gives_value(*right)) return wrong("only single values are compared");
      Term made;
      made.kind = Term::Kind::Compare;
      made.comparison = comparison;
      made.args = {std::move(left), std::move(right)};
      return std::make_shared<const Term>(std::move(made));
    }
    at_ = behind;
    return left;
  }

  Result<TermPtr> primary() {
    Term made;
    const char c = peek();
    if (c == '@' || c == '$') {
      ++at_;
      made.kind = Term::Kind::Query;
      made.query.is_absolute = c == '$';
      if (++depth_ > kDepthMax) return wrong("too deep");
      TRY(segments(made.query));
      --depth_;
    } else if (c == '\'' || c == '"') {
      made.literal = Value::string(TRY(quoted()));
    } else if (c == '-' || is_digit(c)) {
      made.literal = TRY(number());
    } else {
      const size_t begin = at_;
      while ((peek() >= 'a' && peek() <= 'z') || is_digit(peek()) || peek() == '_') ++at_;
      const std::string_view word = text_.substr(begin, at_ - begin);
      if (peek() == '(') return call(word);
      if (word == "true" || word == "false") {
        made.literal = Value::boolean(word == "true");
      } else if (word != "null") {
        at_ = begin;
        return wrong("a value was expected");
      }
    }
    return std::make_shared<const Term>(std::move(made));
  }

  Result<Value> number() {
    const size_t begin = at_;
    take("-");
    if (!is_digit(peek())) return wrong("a digit was expected");
    if (peek() == '0' && is_digit(peek(1))) return wrong("a number has no leading zero");
    while (is_digit(peek())) ++at_;
    bool is_whole = true;
    if (peek() == '.') {
      if (!is_digit(peek(1))) return wrong("a digit must follow the point");
      is_whole = false;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      is_whole = false;
      ++at_;
      if (peek() == '-' || peek() == '+') ++at_;
      if (!is_digit(peek())) return wrong("the exponent has no digit");
      while (is_digit(peek())) ++at_;
    }
    const std::string digits(text_.substr(begin, at_ - begin));
    if (is_whole) {
      int64_t whole = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), whole);
      if (error == std::errc()) return Value::int64(whole);
    }
    const auto found = parse_float64(digits);
    if (!found) return wrong("a number is too large");
    return Value::float64(*found);
  }

  Result<TermPtr> call(std::string_view name) {
    using Function = Term::Function;
    struct Known {
      std::string_view name;
      Function function;
      size_t arguments;
    };
    constexpr Known kKnown[] = {{"length", Function::Length, 1},
                                {"count", Function::Count, 1},
                                {"match", Function::Match, 2},
                                {"search", Function::Search, 2},
                                {"value", Function::Value, 1}};
    const Known* known = nullptr;
    for (const Known& each : kKnown) {
      if (each.name == name) known = &each;
    }
    if (known == nullptr) return wrong("an unknown function");
    ++at_;
    Term made;
    made.kind = Term::Kind::Call;
    made.function = known->function;
    blanks();
    while (peek() != ')') {
      if (!made.args.empty()) {
        if (!take(",")) return wrong("a `,` or `)` was expected");
        blanks();
      }
      made.args.push_back(TRY(alternatives()));
      blanks();
    }
    ++at_;
    if (made.args.size() != known->arguments) return wrong("the wrong number of arguments");
    const bool wants_query =
        known->function == Function::Count || known->function == Function::Value;
    for (const TermPtr& each : made.args) {
      if (wants_query ? each->kind != Term::Kind::Query : !gives_value(*each))
        return wrong(wants_query ? "the argument must be a query"
                                 : "the argument must be a single value");
    }
    return std::make_shared<const Term>(std::move(made));
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

bool JsonPath::Query::is_singular() const {
  for (const Segment& each : segments) {
    if (each.is_descendant || each.selectors.size() != 1) return false;
    const Selector::Kind kind = each.selectors.front().kind;
    if (kind != Selector::Kind::Name && kind != Selector::Kind::Index) return false;
  }
  return true;
}

Result<JsonPath> JsonPath::parse(std::string_view text) {
  return JsonPath(TRY(Parser(text).parse()));
}

}  // namespace zerodb::function
