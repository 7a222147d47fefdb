// TokenCursor: where the parser stands, and whether it is in panic.
//
// In panic, after a mistake, the cursor pretends to stand at the end, so that every rule that is
// under way winds up by itself without saying anything more. The rule that can go on (the list, the
// clause, the statement) calms the cursor and skips to its next element. Threading: belongs to one
// parser.
#pragma once

#include <vector>

#include "zeroql/token.h"

namespace zerodb::zeroql {

class TokenCursor {
 public:
  // The tokens are borrowed and end in EndOfInput.
  explicit TokenCursor(const std::vector<Token>& tokens)
      : tokens_(tokens.data()),
        last_(static_cast<uint32_t>(tokens.size() - 1)),
        current_(tokens_) {}

  // EndOfInput in panic.
  const Token& current() const { return *current_; }
  const Token& peek(uint32_t ahead) const {
    return is_panicking() || at_ + ahead > last_ ? tokens_[last_] : tokens_[at_ + ahead];
  }
  // What stands here, panic or not.
  const Token& actual() const { return tokens_[at_]; }
  const Token& before() const { return tokens_[at_ == 0 ? 0 : at_ - 1]; }
  uint32_t at() const { return at_; }
  bool is_at_end() const { return at_ == last_; }

  void advance() {
    if (current_->kind == TokenKind::EndOfInput) return;
    ++at_;
    ++current_;
  }
  void skip() {
    if (at_ != last_) ++at_;
  }
  void panic() {
    is_panicking_ = true;
    current_ = tokens_ + last_;
  }
  void calm() {
    is_panicking_ = false;
    current_ = tokens_ + at_;
  }
  bool is_panicking() const { return is_panicking_; }

  struct Mark {
    uint32_t at;
    bool is_panicking;
  };
  Mark mark() const { return {at_, is_panicking_}; }
  void restore(Mark mark) {
    at_ = mark.at;
    mark.is_panicking ? panic() : calm();
  }

 private:
  const Token* tokens_;
  uint32_t last_;
  uint32_t at_ = 0;
  const Token* current_;
  bool is_panicking_ = false;
};

}  // namespace zerodb::zeroql
