// A file that is replaced whole: readers and crashes see the old text or the new one.
//
// Threading: free functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace zerodb::cli {

// Writes a file beside it, syncs, and renames. Mode stays; where a link points, the target is
// replaced. E1206 if the path is no regular file that may be written, or the disk refuses.
Status replace_file(const std::string& path, std::string_view text);

}  // namespace zerodb::cli
