// Addresses of documents. Threading: free functions.
#pragma once

#include <string>
#include <string_view>

namespace zerodb::lsp {

// Bytes that the path of an address cannot hold are written by their numbers: `a b` is `a%20b`.
std::string uri_path(std::string_view path);

}  // namespace zerodb::lsp
