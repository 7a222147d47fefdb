// StrongId: an integer that cannot be mixed up with another one. `using TableId = StrongId<struct
// TableIdTag, uint64_t>;`
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace zerodb {

template <typename Tag, typename Rep>
class StrongId {
 public:
  using rep = Rep;
  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  constexpr auto operator<=>(const StrongId&) const = default;

 private:
  Rep value_ = 0;
};

}  // namespace zerodb

template <typename Tag, typename Rep>
struct std::hash<zerodb::StrongId<Tag, Rep>> {
  size_t operator()(zerodb::StrongId<Tag, Rep> id) const noexcept {
    return std::hash<Rep>{}(id.value());
  }
};
