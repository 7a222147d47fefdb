// record:: functions.
#include "function/domains.h"
#include "function/kernel.h"
#include "value/zval.h"

namespace zerodb::function {
namespace {

Result<Value> table(Args args, CallContext& context) {
  const TableId id = RecordIdView(args[0]).table();
  const auto name =
      context.names.tables != nullptr ? context.names.tables->table_name(id) : std::nullopt;
  if (!name) return Value::none();
  return Value::string(*name);
}

Result<Value> key(Args args, CallContext&) {
  return RecordIdView(args[0]).key();
}

bool may_be_key(Tag tag) {
  return is_integer(tag) || tag == Tag::String || tag == Tag::Uuid || tag == Tag::Datetime ||
         tag == Tag::Array;
}

Result<Value> make(Args args, CallContext& context) {
  const auto id = context.table_ids != nullptr ? context.table_ids->table_id(args[0].as_string())
                                               : std::nullopt;
  if (!id)
    return Error(ErrorCode::E0201, "unknown table `" + std::string(args[0].as_string()) + "`");
  if (!may_be_key(args[1].tag()))
    return bad_argument("a key is an int, string, uuid, datetime or array");
  return Value::record_id(*id, args[1]);
}

// The checker puts a reading of the record in the place of the call.
Result<Value> reading(Args, CallContext&) {
  return Error(ErrorCode::E0610, "records cannot be read here");
}

constexpr Declaration kRecordFunctions[] = {
    {"record::table(x: record) -> string?", Volatility::Stable, Absence::Propagates, 8,
     "The name of the table that a record id points to.", "record::table(person:alice) = 'person'",
     table},
    {"record::key(x: record) -> any", Volatility::Immutable, Absence::Propagates, 5,
     "The key of a record id.", "record::key(person:alice) = 'alice'", key},
    {"record::make(table: string, key: any) -> record", Volatility::Stable, Absence::Propagates, 15,
     "The record id of a table and a key.", "record::make('person', 'alice') = person:alice", make},
    {"record::is_present(x: record) -> bool", Volatility::Stable, Absence::Propagates, 2000,
     "Whether the record that a link points to is there.", "record::is_present(none) = none",
     reading},
    {"record::version(x: record) -> u64?", Volatility::Stable, Absence::Propagates, 2000,
     "When the record was committed last, as a number that rises with every commit; none for one "
     "that is not there or that this transaction has written.",
     "record::version(none) = none", reading},
};

}  // namespace

std::span<const Declaration> record_functions() {
  return kRecordFunctions;
}

}  // namespace zerodb::function
