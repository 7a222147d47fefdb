// Types inside catalog rows.
//
// Threading: pure functions.
#pragma once

#include <functional>
#include <memory>

#include "catalog/row_io.h"
#include "value/type.h"

namespace zerodb::catalog {

using FindEnum = std::function<std::shared_ptr<const EnumType>(EnumId)>;

void write_type(RowWriter& out, const Type& type);
// Breaks the reader for bytes that are no type or name an enum that is not there.
Type read_type(RowReader& in, const FindEnum& find_enum);

}  // namespace zerodb::catalog
