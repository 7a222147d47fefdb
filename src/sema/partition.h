// PARTITION BY and the changes of partitions.
//
// Threading: free functions over their arguments.
#pragma once

#include "sema/definition.h"

namespace zerodb::sema {

// The levels of a table whose key is known already: E0417, E0418 and others.
std::vector<catalog::PartitionLevel> check_partition_by(Checking& c, const catalog::Table& table,
                                                        ast::PartitionBy node);

// ADD, DROP, MOVE, SPLIT and MERGE: applies the change to the levels of the table.
void alter_partitions(Checking& c, catalog::Table& table, ast::AlterAction action);

// E0207 unless there is a placement of that name, which the option gives as a string.
void check_placement(Checking& c, std::optional<ast::Options> options);

}  // namespace zerodb::sema
