// Messages as text, for scenarios.
#pragma once

#include <string>

#include "raft/message.h"

namespace zerodb::sim {

// "1->2 Append, term 3, previous 4/2, commit 3, entries 5/3".
std::string describe(const raft::Message& message);
std::string describe(raft::LogPosition position);

}  // namespace zerodb::sim
