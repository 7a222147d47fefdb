// The terminal behind a stream: how large it is and whether it can be drawn on.
//
// Threading: free functions.
#pragma once

#include <cstddef>
#include <cstdio>
#include <optional>

namespace zerodb::cli {

struct TerminalSize {
  size_t columns = 80;
  size_t rows = 24;
};

// Nothing if the stream is no terminal. A terminal that does not say is 80 by 24.
std::optional<TerminalSize> terminal_size(std::FILE* stream);

// Whether colours are wanted (NO_COLOR) and understood (TERM).
bool wants_colour();
// Whether the cursor can be moved about, which a line editor needs.
bool can_draw();

}  // namespace zerodb::cli
