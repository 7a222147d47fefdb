#include "generate/ebnf.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace zerodb::generate {
namespace {

constexpr uint32_t kUnknown = UINT32_MAX;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Status rules(std::map<std::string, Term>& out) {
    while (skip()) {
      const std::string name = word();
      if (name.empty() || !accept('=')) return failure("a rule begins with its name and `=`");
      Term made = TRY(choice());
      if (!accept(';')) return failure("`;` is missing");
      if (!out.emplace(name, std::move(made)).second) return failure("two rules have one name");
    }
    return {};
  }

 private:
  Error failure(std::string what) const {
    const auto line =
        std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    return Error(ErrorCode::E0623, fmt::format("line {}: {}", line + 1, what));
  }

  // Over blanks and comments; false at the end.
  bool skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
        ++at_;
      } else {
        return true;
      }
    }
    return false;
  }

  bool accept(char c) {
    if (!skip() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string word() {
    skip();
    const size_t begin = at_;
    while (at_ < text_.size() && std::isalnum(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<Term> choice() {
    Term made{Term::Kind::Choice};
    do {
      made.parts.push_back(TRY(sequence()));
    } while (accept('|'));
    if (made.parts.size() == 1) return Term(std::move(made.parts.front()));
    return made;
  }

  Result<Term> sequence() {
    Term made{Term::Kind::Sequence};
    while (skip() && std::string_view("|)]};").find(text_[at_]) == std::string_view::npos)
      made.parts.push_back(TRY(item()));
    return made;
  }

  Result<Term> enclosed(Term::Kind kind, char close) {
    Term made{kind};
    made.parts.push_back(TRY(choice()));
    if (!accept(close)) return failure(fmt::format("`{}` is missing", close));
    return made;
  }

  Result<Term> item() {
    if (accept('[')) return enclosed(Term::Kind::Optional, ']');
    if (accept('{')) return enclosed(Term::Kind::Repeat, '}');
    if (accept('(')) return enclosed(Term::Kind::Sequence, ')');
    if (accept('\'')) {
      const size_t end = text_.find('\'', at_);
      if (end == std::string_view::npos || end == at_) return failure("a sign is not closed");
      Term made{Term::Kind::Literal, std::string(text_.substr(at_, end - at_))};
      at_ = end + 1;
      return made;
    }
    std::string name = word();
    if (name.empty()) return failure(fmt::format("`{}` begins nothing", text_[at_]));
    const bool is_terminal = std::isupper(static_cast<unsigned char>(name.front())) != 0;
    return Term{is_terminal ? Term::Kind::Terminal : Term::Kind::Rule, std::move(name)};
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

Result<Ebnf> Ebnf::read(std::string_view text) {
  Ebnf made;
  TRY(Reader(text).rules(made.rules_));
  TRY(made.measure());
  return made;
}

// Heights are the least fixed point from below unknown.
Status Ebnf::measure() {
  std::map<std::string, uint32_t> heights;
  const auto height_of = [&](const auto& self, Term& term) -> uint32_t {
    uint32_t height = 0;
    switch (term.kind) {
      case Term::Kind::Literal:
      case Term::Kind::Terminal:
        break;
      case Term::Kind::Rule: {
        // RARROW and the like are terminals that the grammar itself spells out, so capitals may be
        // rules too.
        const auto found = heights.find(term.text);
        height = found == heights.end() ? kUnknown : found->second + 1;
        break;
      }
      case Term::Kind::Sequence:
        for (Term& part : term.parts) height = std::max(height, self(self, part));
        break;
      case Term::Kind::Choice:
        height = kUnknown;
        for (Term& part : term.parts) height = std::min(height, self(self, part));
        break;
      case Term::Kind::Optional:
      case Term::Kind::Repeat:
        self(self, term.parts.front());
        break;
    }
    term.height = height;
    return height;
  };
  const auto bind = [&](const auto& self, Term& term) -> Status {
    if (term.kind == Term::Kind::Terminal && rules_.contains(term.text))
      term.kind = Term::Kind::Rule;
    if (term.kind == Term::Kind::Rule && !rules_.contains(term.text))
      return Error(ErrorCode::E0623, "there is no rule " + term.text);
    for (Term& part : term.parts) TRY(self(self, part));
    return {};
  };
  for (auto& [name, term] : rules_) TRY(bind(bind, term));
  for (bool changed = true; changed;) {
    changed = false;
    for (auto& [name, term] : rules_) {
      const uint32_t height = height_of(height_of, term);
      if (height == kUnknown) continue;
      const auto [entry, is_new] = heights.try_emplace(name, height);
      if (!is_new && entry->second <= height) continue;
      entry->second = height;
      changed = true;
    }
  }
  for (const auto& [name, term] : rules_) {
    if (!heights.contains(name))
      return Error(ErrorCode::E0623, "rule " + name + " derives no finite text");
  }
  return {};
}

}  // namespace zerodb::generate
