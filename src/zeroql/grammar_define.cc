#include "zeroql/grammar.h"

namespace zerodb::zeroql {

namespace {

struct DefineWord {
  Keyword keyword;
  NodeKind kind;
};

constexpr DefineWord kDefineWords[] = {
    {Keyword::Namespace, NodeKind::DefineNamespace},
    {Keyword::Database, NodeKind::DefineDatabase},
    {Keyword::Table, NodeKind::DefineTable},
    {Keyword::Edge, NodeKind::DefineEdge},
    {Keyword::View, NodeKind::DefineView},
    {Keyword::Field, NodeKind::DefineField},
    {Keyword::Index, NodeKind::DefineIndex},
    {Keyword::Analyzer, NodeKind::DefineAnalyzer},
    {Keyword::Sequence, NodeKind::DefineSequence},
    {Keyword::Placement, NodeKind::DefinePlacement},
    {Keyword::Type, NodeKind::DefineType},
    {Keyword::Enum, NodeKind::DefineEnum},
    {Keyword::Module, NodeKind::DefineModule},
    {Keyword::Function, NodeKind::DefineFunction},
    {Keyword::Param, NodeKind::DefineParam},
    {Keyword::Role, NodeKind::DefineRole},
    {Keyword::User, NodeKind::DefineUser},
};

constexpr uint8_t kOrReplace = ast::DefineTable::kOrReplace;
constexpr uint8_t kIfNotExists = ast::DefineTable::kIfNotExists;

}  // namespace

NodeKind Grammar::define_kind() {
  for (const DefineWord& word : kDefineWords) {
    if (at(word.keyword)) return word.kind;
  }
  return NodeKind::ErrorStatement;
}

void Grammar::define() {
  const Start s = start();
  uint8_t flags = 0;
  cursor_.advance();
  if (accept(Keyword::Or)) {
    expect(Keyword::Replace);
    flags |= kOrReplace;
  }
  const NodeKind kind = define_kind();
  if (kind == NodeKind::ErrorStatement) {
    expected("what to define, such as TABLE, EDGE or INDEX");
  } else {
    cursor_.advance();
    if (at(Keyword::If) && peek().is(Keyword::Not)) {
      cursor_.advance();
      cursor_.advance();
      expect(Keyword::Exists);
      flags |= kIfNotExists;
    }
    define_body(kind, flags);
  }
  finish(kind, s, flags);
}

void Grammar::define_body(NodeKind kind, uint8_t& flags) {
  switch (kind) {
    case NodeKind::DefineTable:
      return define_table(flags);
    case NodeKind::DefineIndex:
      return define_index(flags);
    case NodeKind::DefineFunction:
      return define_function(flags);
    case NodeKind::DefineEdge:
      name();
      expect(Keyword::From);
      endpoint_tables();
      expect(Keyword::To);
      endpoint_tables();
      if (at(TokenKind::LeftParen)) table_items();
      return define_options();
    case NodeKind::DefineView:
      name();
      if (at(TokenKind::LeftParen)) ident_list();
      expect(Keyword::As);
      query();
      return define_options();
    case NodeKind::DefineField:
      field_path_with_all();
      expect(Keyword::On);
      foreign_on_table();
      name();
      expect(Keyword::Type);
      type();
      return field_modifiers();
    case NodeKind::DefineType:
      name();
      expect(Keyword::As);
      type();
      while (at(Keyword::Assert)) field_modifier();
      return define_options();
    case NodeKind::DefineEnum:
      name();
      expect(Keyword::As);
      ident_list();
      return define_options();
    case NodeKind::DefineModule:
      ident();
      expect(Keyword::From);
      expr();
      return define_options();
    case NodeKind::DefineParam:
      parameter();
      if (accept(Keyword::Type)) type();
      expect(Keyword::Value);
      expr();
      return define_options();
    case NodeKind::DefineNamespace:
    case NodeKind::DefineDatabase:
    case NodeKind::DefineSequence:
      name();
      return define_options();
    default:
      ident();
      return define_options();
  }
}

void Grammar::define_table(uint8_t& flags) {
  name();
  foreign_exists();
  if (accept(Keyword::Schemafull)) {
    flags |= ast::DefineTable::kSchemafull;
  } else if (accept(Keyword::Schemaless)) {
    flags |= ast::DefineTable::kSchemaless;
  }
  if (at(TokenKind::LeftParen)) table_items();
  if (at(Keyword::Key)) table_key();
  if (at(Keyword::Partition)) partition_by();
  define_options();
}

void Grammar::define_index(uint8_t& flags) {
  ident();
  expect(Keyword::On);
  foreign_on_table();
  name();
  bracketed(&Grammar::index_part);
  if (accept(Keyword::Unique)) flags |= ast::DefineIndex::kUnique;
  if (at(Keyword::Using)) {
    const Start method = start();
    cursor_.advance();
    ident();
    if (at(TokenKind::LeftParen)) options();
    finish(NodeKind::IndexMethod, method);
  }
  optional_where();
  define_options();
}

void Grammar::index_part() {
  const Start s = start();
  if (at(TokenKind::LeftParen)) {
    const uint32_t open = cursor_.at();
    cursor_.advance();
    expr();
    close(TokenKind::RightParen, open);
  } else {
    field_path_with_all();
  }
  const bool is_descending = accept(Keyword::Desc);
  if (!is_descending) accept(Keyword::Asc);
  finish(NodeKind::IndexPart, s, is_descending ? 1 : 0);
}

void Grammar::define_function(uint8_t& flags) {
  if (peek().is(TokenKind::DoubleColon)) {
    path();
  } else {
    ident();
  }
  const uint32_t open = cursor_.at();
  if (expect(TokenKind::LeftParen)) list(&Grammar::function_parameter, TokenKind::RightParen, open);
  expect(Keyword::Returns);
  type();
  const Start body = start();
  if (accept(Keyword::As)) {
    expr();
    finish(NodeKind::FunctionBody, body);
  } else if (accept(Keyword::From)) {
    expect(Keyword::Module);
    ident();
    expect(Keyword::Export);
    string_literal();
    finish(NodeKind::FunctionExport, body);
  } else {
    expected("AS and an expression, or FROM MODULE");
  }
  auto volatility = ast::Volatility::Unwritten;
  if (accept(Keyword::Immutable)) {
    volatility = ast::Volatility::Immutable;
  } else if (accept(Keyword::Stable)) {
    volatility = ast::Volatility::Stable;
  } else if (accept(Keyword::Volatile)) {
    volatility = ast::Volatility::Volatile;
  }
  flags |= static_cast<uint8_t>(static_cast<unsigned>(volatility) << 2);
  define_options();
}

void Grammar::function_parameter() {
  const Start s = start();
  ident();
  if (!accept(TokenKind::RecordColon)) expect(TokenKind::Colon);
  type();
  if (accept(TokenKind::Equal)) expr();
  finish(NodeKind::FunctionParameter, s);
}

void Grammar::define_options() {
  if (accept(Keyword::With)) options();
  if (at(Keyword::Comment)) comment();
}

void Grammar::options() {
  const Start s = start();
  const uint32_t open = cursor_.at();
  if (expect(TokenKind::LeftParen)) {
    option();
    recover_in_list(TokenKind::RightParen);
    if (accept(TokenKind::Comma)) {
      list(&Grammar::option, TokenKind::RightParen, open);
    } else {
      close(TokenKind::RightParen, open);
    }
  }
  finish(NodeKind::Options, s);
}

void Grammar::option() {
  const Start s = start();
  ident();
  expect(TokenKind::Equal);
  expr();
  finish(NodeKind::Option, s);
}

void Grammar::comment() {
  const Start s = start();
  cursor_.advance();
  string_literal();
  finish(NodeKind::Comment, s);
}

void Grammar::string_literal() {
  if (at(TokenKind::String) || at(TokenKind::DoubleString))
    return literal(ast::LiteralKind::String);
  expected("a string");
}

void Grammar::integer_literal() {
  if (at(TokenKind::Integer)) return literal(ast::LiteralKind::Integer);
  expected("an integer");
}

void Grammar::table_items() {
  const Start items = start();
  cursor_.advance();
  // There is at least one.
  if (at(TokenKind::RightParen)) table_item();
  list(&Grammar::table_item, TokenKind::RightParen, items.token);
  finish(NodeKind::TableItems, items);
}

// A word before `ASSERT (` or `UNIQUE (`, or these two alone, make a rule of the table; all else is
// a field.
void Grammar::table_item() {
  const auto is_rule_at = [&](uint32_t ahead) {
    const Token& token = peek(ahead);
    return (token.is(Keyword::Assert) || token.is(Keyword::Unique)) &&
           peek(ahead + 1).is(TokenKind::LeftParen);
  };
  if (is_rule_at(0)) return table_rule(false);
  if (at_ident() && is_rule_at(1)) return table_rule(true);
  if (foreign_rule()) return;
  field();
}

void Grammar::table_rule(bool is_named) {
  const Start s = start();
  if (is_named) ident();
  const bool is_assert = at(Keyword::Assert);
  if (!is_assert && !at(Keyword::Unique)) {
    expected("ASSERT or UNIQUE");
  } else {
    cursor_.advance();
    if (is_assert) {
      const uint32_t open = cursor_.at();
      expect(TokenKind::LeftParen);
      expr();
      close(TokenKind::RightParen, open);
    } else {
      bracketed(&Grammar::field_path);
    }
  }
  finish(is_assert ? NodeKind::TableAssert : NodeKind::TableUnique, s);
}

void Grammar::field() {
  const Start s = start();
  ident();
  if (!foreign_type()) type();
  field_modifiers();
  finish(NodeKind::Field, s);
}

void Grammar::field_modifiers() {
  while (field_modifier() || foreign_attribute()) continue;
}

bool Grammar::field_modifier() {
  const Start s = start();
  NodeKind kind = NodeKind::FieldUnique;
  uint8_t detail = 0;
  if (accept(Keyword::Default)) {
    expr();
    kind = NodeKind::FieldDefault;
  } else if (accept(Keyword::Computed)) {
    expr();
    kind = NodeKind::FieldComputed;
  } else if (accept(Keyword::Assert)) {
    expr();
    kind = NodeKind::FieldAssert;
  } else if (accept(Keyword::Unique)) {
    kind = NodeKind::FieldUnique;
  } else if (accept(Keyword::Readonly)) {
    kind = NodeKind::FieldReadonly;
  } else if (accept(Keyword::Reference)) {
    kind = NodeKind::FieldReference;
    if (accept(Keyword::On)) {
      expect(Keyword::Delete);
      auto rule = ast::OnDelete::Restrict;
      if (accept(Keyword::Cascade)) {
        rule = ast::OnDelete::Cascade;
      } else if (accept(Keyword::Unset)) {
        rule = ast::OnDelete::Unset;
      } else if (!accept(Keyword::Restrict)) {
        expected("RESTRICT, CASCADE or UNSET");
      }
      detail = static_cast<uint8_t>(rule);
    }
  } else if (at(Keyword::Comment)) {
    comment();
    return true;
  } else {
    return false;
  }
  finish(kind, s, detail);
  return true;
}

void Grammar::table_key() {
  const Start s = start();
  const uint32_t open = cursor_.at() + 1;
  cursor_.advance();
  if (expect(TokenKind::LeftParen)) {
    comma_list(&Grammar::key_column);
    close(TokenKind::RightParen, open);
  }
  finish(NodeKind::TableKey, s);
}

void Grammar::key_column() {
  const Start s = start();
  ident();
  type();
  finish(NodeKind::KeyColumn, s);
}

void Grammar::partition_by() {
  const Start s = start();
  cursor_.advance();
  expect(Keyword::By);
  partition_level();
  if (accept(Keyword::Then)) {
    expect(Keyword::By);
    partition_level();
  }
  finish(NodeKind::PartitionBy, s);
}

void Grammar::partition_level() {
  const Start s = start();
  ident();
  const Start arguments = start();
  bracketed(&Grammar::argument);
  finish(NodeKind::Arguments, arguments);
  if (at(Keyword::Partitions)) {
    const Start count = start();
    cursor_.advance();
    integer_literal();
    finish(NodeKind::PartitionCount, count);
  }
  if (at(TokenKind::LeftParen)) bracketed(&Grammar::partition_definition);
  finish(NodeKind::PartitionLevel, s);
}

void Grammar::partition_definition() {
  const Start s = start();
  auto kind = ast::PartitionBoundKind::None;
  ident();
  if (accept(Keyword::Values)) {
    if (accept(Keyword::Below)) {
      kind = ast::PartitionBoundKind::Below;
    } else if (accept(Keyword::In)) {
      kind = ast::PartitionBoundKind::In;
    } else {
      expected("BELOW or IN");
    }
    const Start bounds = start();
    bracketed(&Grammar::expr);
    finish(NodeKind::PartitionBounds, bounds);
  } else if (accept(Keyword::Default)) {
    kind = ast::PartitionBoundKind::Default;
  }
  if (accept(Keyword::With)) options();
  finish(NodeKind::PartitionDefinition, s, static_cast<uint8_t>(kind));
}

void Grammar::endpoint_tables() {
  const Start s = start();
  ident();
  while (accept(TokenKind::Bar)) ident();
  finish(NodeKind::EndpointTables, s);
}

}  // namespace zerodb::zeroql
