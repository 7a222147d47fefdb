#include "value/like.h"

#include <utf8proc.h>

#include <cstring>
#include <unordered_map>

#include "value/operators.h"
#include "value/utf8.h"

namespace zerodb {
namespace {

uint32_t fold_code_point(uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  return static_cast<uint32_t>(
      utf8proc_tolower(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))));
}

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) utf8::append(out, fold_code_point(utf8::next(text, &at)));
  return out;
}

// Byte offset of the code point that has `count` code points from it to the end; nothing if there
// are fewer.
std::optional<size_t> offset_from_end(std::string_view text, size_t count) {
  size_t at = text.size();
  for (; count > 0; --count) {
    if (at == 0) return std::nullopt;
    do {
      --at;
    } while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
  }
  return at;
}

}  // namespace

void LikePattern::Piece::add_literal(uint32_t c) {
  units.push_back(c);
  utf8::append(literal, c);
}

Result<LikePattern> LikePattern::parse(std::string_view pattern, std::string_view escape,
                                       bool fold_case) {
  if (!escape.empty() && utf8::count(escape) != 1)
    return Error(ErrorCode::E0626, "ESCAPE takes one character");
  LikePattern out(fold_case);
  std::vector<Piece>& pieces = out.pieces_;
  size_t at = 0;
  while (at < pattern.size()) {
    if (!escape.empty() && pattern.substr(at).starts_with(escape)) {
      at += escape.size();
      if (at >= pattern.size())
        return Error(ErrorCode::E0626, "LIKE pattern ends with its escape character");
      const uint32_t c = utf8::next(pattern, &at);
      pieces.back().add_literal(fold_case ? fold_code_point(c) : c);
      continue;
    }
    const uint32_t c = utf8::next(pattern, &at);
    if (c == '%') {
      pieces.emplace_back();
    } else if (c == '_') {
      pieces.back().units.push_back(kAnyOne);
      pieces.back().has_any = true;
    } else {
      pieces.back().add_literal(fold_case ? fold_code_point(c) : c);
    }
  }
  return out;
}

// Bytes of the start of `text` that the piece matches, or nothing.
std::optional<size_t> LikePattern::match_here(const Piece& piece, std::string_view text) {
  if (!piece.has_any)
    return text.starts_with(piece.literal) ? std::optional(piece.literal.size()) : std::nullopt;
  size_t at = 0;
  for (const uint32_t unit : piece.units) {
    if (at >= text.size()) return std::nullopt;
    const uint32_t c = utf8::next(text, &at);
    if (unit != kAnyOne && unit != c) return std::nullopt;
  }
  return at;
}

// Bit masks of a piece: for each code point, the states whose unit accepts it.
class LikePattern::Masks {
 public:
  explicit Masks(const std::vector<uint32_t>& units) : any_((units.size() + 63) / 64) {
    for (size_t i = 0; i < units.size(); ++i) {
      if (units[i] == kAnyOne) any_[i / 64] |= uint64_t{1} << (i % 64);
    }
    for (size_t i = 0; i < units.size(); ++i) {
      if (units[i] == kAnyOne) continue;
      auto& mask = masks_.try_emplace(units[i], any_).first->second;
      mask[i / 64] |= uint64_t{1} << (i % 64);
    }
  }
  const std::vector<uint64_t>& of(uint32_t c) const {
    const auto found = masks_.find(c);
    return found == masks_.end() ? any_ : found->second;
  }

 private:
  std::vector<uint64_t> any_;
  std::unordered_map<uint32_t, std::vector<uint64_t>> masks_;
};

// Byte just behind the first match in `text`, by Shift-And over words of 64 states.
std::optional<size_t> LikePattern::find_with_any(const Piece& piece, std::string_view text) {
  const size_t last = piece.units.size() - 1;
  const Masks masks(piece.units);
  std::vector<uint64_t> state((piece.units.size() + 63) / 64);
  for (size_t at = 0; at < text.size();) {
    const std::vector<uint64_t>& mask = masks.of(utf8::next(text, &at));
    uint64_t carry = 1;
    for (size_t w = 0; w < state.size(); ++w) {
      const uint64_t shifted = (state[w] << 1) | carry;
      carry = state[w] >> 63;
      state[w] = shifted & mask[w];
    }
    if (((state[last / 64] >> (last % 64)) & 1) != 0) return at;
  }
  return std::nullopt;
}

std::optional<size_t> LikePattern::find(const Piece& piece, std::string_view text) {
  if (piece.units.empty()) return 0;
  if (piece.has_any) return find_with_any(piece, text);
  const void* found = memmem(text.data(), text.size(), piece.literal.data(), piece.literal.size());
  if (found == nullptr) return std::nullopt;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data()) + piece.literal.size();
}

bool LikePattern::match_pieces(std::string_view text) const {
  const auto head = match_here(pieces_.front(), text);
  if (!head) return false;
  text.remove_prefix(*head);
  if (pieces_.size() == 1) return text.empty();
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const auto behind = find(pieces_[i], text);
    if (!behind) return false;
    text.remove_prefix(*behind);
  }
  const auto tail = offset_from_end(text, pieces_.back().units.size());
  return tail && match_here(pieces_.back(), text.substr(*tail)).has_value();
}

bool LikePattern::matches(std::string_view text) const {
  return fold_case_ ? match_pieces(folded(text)) : match_pieces(text);
}

Result<bool> like(std::string_view text, std::string_view pattern, std::string_view escape,
                  bool fold_case) {
  const LikePattern parsed = TRY(LikePattern::parse(pattern, escape, fold_case));
  return parsed.matches(text);
}

}  // namespace zerodb
