// LikePattern: a pattern of LIKE, taken apart once and matched with many texts.
//
// The pattern is cut at `%` into pieces, and each piece is looked for once, from left to right. A
// piece without `_` is found by memmem, which is linear; one with `_` by a bit-parallel scan that
// takes one step a code point for every 64 code points of the piece. So the whole takes time in
// proportion to the text, times the length of the pieces with `_` / 64. Threading: immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace zerodb {

class LikePattern {
 public:
  // `escape`: one character, or empty; `fold_case` for ILIKE. E0626.
  static Result<LikePattern> parse(std::string_view pattern, std::string_view escape,
                                   bool fold_case);
  bool matches(std::string_view text) const;

 private:
  static constexpr uint32_t kAnyOne = UINT32_MAX;  // `_`

  // Literal code points and kAnyOne between two `%`.
  struct Piece {
    std::vector<uint32_t> units;
    std::string literal;  // its text if there is no kAnyOne
    bool has_any = false;

    void add_literal(uint32_t c);
  };
  class Masks;

  explicit LikePattern(bool fold_case) : fold_case_(fold_case), pieces_(1) {}
  static std::optional<size_t> match_here(const Piece& piece, std::string_view text);
  static std::optional<size_t> find_with_any(const Piece& piece, std::string_view text);
  static std::optional<size_t> find(const Piece& piece, std::string_view text);
  bool match_pieces(std::string_view text) const;

  bool fold_case_;
  std::vector<Piece> pieces_;
};

}  // namespace zerodb
