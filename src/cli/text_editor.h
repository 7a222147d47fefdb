// TextEditor: has a person edit a text in the editor of their choice: ZERODB_EDITOR, VISUAL or
// EDITOR, else vi.
//
// Threading: free functions; they wait until the editor has ended.
#pragma once

#include <optional>
#include <string>

namespace zerodb::cli {

// Nothing if the editor fails or the text cannot be written and read.
std::optional<std::string> edit_text(const std::string& text);
// The same with a file, which keeps what is written; gives what it holds afterwards.
std::optional<std::string> edit_file(const std::string& path);

}  // namespace zerodb::cli
