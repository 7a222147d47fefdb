// The 128-bit integers of the compiler under one name each, so that -Wpedantic is satisfied in one
// place.
#pragma once

namespace zerodb {

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

}  // namespace zerodb
