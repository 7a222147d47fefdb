// Ids of catalog objects. They are allocated in the transaction that defines the object and never
// reused.
#pragma once

#include "base/strong_id.h"

namespace zerodb {

using NamespaceId = StrongId<struct NamespaceIdTag, uint32_t>;
using DatabaseId = StrongId<struct DatabaseIdTag, uint32_t>;
// Tables, edges and indexes share one sequence of 64-bit ids, which is the first component of their
// keys in the store.
using TableId = StrongId<struct TableIdTag, uint64_t>;
// What the keys of a table's records begin with: the table's id, until all its records are deleted
// at once. Of the same sequence.
using SpaceId = StrongId<struct SpaceIdTag, uint64_t>;
using IndexId = StrongId<struct IndexIdTag, uint64_t>;
using FieldId = StrongId<struct FieldIdTag, uint32_t>;
using EnumId = StrongId<struct EnumIdTag, uint32_t>;
using SchemaVersion = StrongId<struct SchemaVersionTag, uint64_t>;

}  // namespace zerodb
