// The table `item` of a million rows, for us and for SQLite alike: a number and a text each.
#pragma once

#include "our_session.h"
#include "sqlite_peer.h"

namespace zerodb::bench {

inline constexpr int64_t kItems = 1'000'000;

void fill_items(OurSession& ours, const std::string& table = "item");
void fill_items(SqlitePeer& peer, const std::string& table = "item");

}  // namespace zerodb::bench
