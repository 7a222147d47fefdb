; Made from editors/tree-sitter-zeroql/queries/highlights.scm by editors/helix/queries.py.
; No node is captured by two patterns, so it does not matter whether an editor takes the first of them or the last.

; Words

[
  ; words begin
  "ALL" "ANY" "AS" "ASC" "BY" "CASE" "CAST" "CREATE" "CROSS" "DEFINE" "DELETE" "DESC" "DISTINCT" "ELSE" "END" "EXCEPT"
  "EXISTS" "FROM" "FULL" "GROUP" "HAVING" "INNER" "INSERT" "INTERSECT" "INTO" "JOIN" "LATERAL" "LEFT" "LIMIT" "MATCH"
  "OFFSET" "ON" "ORDER" "OUTER" "QUALIFY" "RELATE" "RETURNING" "RIGHT" "SELECT" "SET" "THEN" "TRY_CAST" "UNION" "UNSET"
  "UPDATE" "UPSERT" "USING" "VALUES" "WHEN" "WHERE" "WINDOW" "WITH" "ACYCLIC" "ADD" "AFTER" "ALTER" "ANALYZE" "ANALYZER"
  "ANALYZERS" "APPROX" "ARRAY" "ASSERT" "AT" "BEGIN" "BELOW" "CASCADE" "COMMENT" "COMMIT" "COMPUTED" "CONFLICT"
  "CONSTRAINT" "CONTENT" "COPY" "CURRENT" "DATABASE" "DATABASES" "DEFAULT" "DESCRIBE" "DIFF" "DO" "DROP" "EDGE" "EDGES"
  "ENUM" "ENUMS" "ESCAPE" "EXECUTE" "EXPLAIN" "EXPORT" "FIELD" "FIELDS" "FILTER" "FIRST" "FOLLOWING" "FORMAT" "FUNCTION"
  "FUNCTIONS" "GRANT" "GROUPING" "GROUPS" "HASHMAP" "HASHSET" "IF" "IMMUTABLE" "INDEX" "INDEXES" "ISOLATION" "KEY"
  "KEYSPACE" "KILL" "LAST" "LET" "LIVE" "MERGE" "MODULE" "MODULES" "MOVE" "NAME" "NAMESPACE" "NAMESPACES" "NO" "NOTHING"
  "NULLS" "OMIT" "ONLY" "OVER" "PARAM" "PARAMS" "PARTITION" "PARTITIONS" "PLACEMENT" "PLACEMENTS" "PRECEDING" "RANGE"
  "READ" "READONLY" "REBUILD" "RECURSIVE" "REFERENCE" "RELEASE" "REMOVE" "RENAME" "REPLACE" "REPLICA" "RESET" "RESTRICT"
  "RETURNS" "REVOKE" "ROLE" "ROLES" "ROLLBACK" "ROW" "ROWS" "SAVEPOINT" "SCHEMAFULL" "SCHEMALESS" "SEQUENCE" "SEQUENCES"
  "SERIALIZABLE" "SETS" "SHORTEST" "SHOW" "SNAPSHOT" "SPLIT" "STABLE" "STDIN" "STDOUT" "TABLE" "TABLES" "TO" "TRAIL"
  "TYPE" "TYPES" "UNBOUNDED" "UNIQUE" "USE" "USER" "USERS" "VALUE" "VARIANT" "VIEW" "VIEWS" "VOLATILE" "WALK" "WRITE"
  ; words end
] @keyword

[
  "AND" "BETWEEN" "CONTAINS" "DIV" "ILIKE" "IN" "IS" "LIKE" "MATCHES" "NOT" "OR"
] @keyword.operator

; Literals

[(integer) (duration)] @constant.numeric
[(float) (decimal)] @constant.numeric.float
(boolean) @constant.builtin.boolean
(none) @constant.builtin
(string) @string
(bytes) @string.special
(datetime) @string.special
(uuid) @string.special
(regex) @string.regexp
(escape) @constant.character.escape
(param) @variable.parameter
[(line_comment) (block_comment)] @comment

; Signs

[
  "=" "!=" "<>" "<" "<=" ">" ">=" "~" "!~" "??" ".." "..=" "|" "^" "&" "<<" ">>" "+" "-" "||" "*" "/" "%" "**"
  "+=" "-=" "*=" "/=" "=>" "->" "<-" "<->" "?"
] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":" "::" "." "?."] @punctuation.delimiter

; Tables, types and other defined things

(source name: (name (_) @type))
(node name: (name (_) @type))
(edge table: (_) @type)
(record_id name: (name (_) @type))
(record_range name: (name (_) @type))
(create name: (name (_) @type))
(insert name: (name (_) @type))
(upsert name: (name (_) @type))
(update name: (name (_) @type))
(delete name: (name (_) @type))
(relate edge: (_) @type)
(relate name: (name (_) @type))
(copy name: (name (_) @type))
(analyze name: (name (_) @type))
(tlist (_) @type)
(cte name: (_) @type)
(define_table name: (name (_) @type))
(define_edge name: (name (_) @type))
(define_view name: (name (_) @type))
(define_type name: (name (_) @type))
(define_enum name: (name (_) @type))
(define_enum (idlist (_) @constant))
(define_field name: (name (_) @type))
(define_index name: (name (_) @type))
(define_index name: [(identifier) (quoted_identifier)] @label)
(define_sequence name: (name (_) @type))
(remove name: (name (_) @type))
(describe name: (name (_) @type))
(alter name: (name (_) @type))
(grant name: (name (_) @type))
(revoke name: (name (_) @type))
(named_type name: (name (_) @type))
(key [(identifier) (quoted_identifier)] @constant)

(use name: (name (_) @namespace))
(define_namespace name: (name (_) @namespace))
(define_database name: (name (_) @namespace))
(define_module name: (_) @namespace)
(define_function module: (_) @namespace)
(path . (_) @namespace)
(path (_) "::" (_) @constant .)
(function_path . (_) @namespace)
(function_path (_) "::" (_) @function .)

(call function: [(identifier) (quoted_identifier)] @function)
(define_function name: [(identifier) (quoted_identifier)] @function)
(method_call method: (_) @function.method)
(plevel method: (_) @function)
(define_index method: (_) @function)

; Fields and variables

(reference (_) @variable)
(star name: (name (_) @variable))
(item alias: (_) @variable)
(source alias: (_) @variable)
(source position: (_) @variable)
(node alias: (_) @variable)
(edge alias: (_) @variable)
(update alias: (_) @variable)
(delete alias: (_) @variable)
(pattern name: (_) @variable)
(named_arg name: (_) @variable.parameter)
(fparam name: (_) @variable.parameter)
(window name: (_) @label)
(over name: (_) @label)

(member name: (_) @variable.other.member)
(shape name: (_) @variable.other.member)
(shape [(identifier) (quoted_identifier)] @variable.other.member)
(lpath (identifier) @variable.other.member)
(dpath (identifier) @variable.other.member)
(field name: (_) @variable.other.member)
(tfield name: (_) @variable.other.member)
(key_column name: (_) @variable.other.member)
(oent key: [(identifier) (quoted_identifier)] @variable.other.member)
(insert (idlist (_) @variable.other.member))
(copy (idlist (_) @variable.other.member))
(conflict (idlist (_) @variable.other.member))
(omit (idlist (_) @variable.other.member))
(opt name: (_) @variable.other.member)
(set name: (name (_) @variable.other.member))
(reset name: (name (_) @variable.other.member))
(show name: (name (_) @variable.other.member))

; Roles and partitions

(grant role: (_) @constant)
(revoke role: (_) @constant)
(define_role name: (_) @constant)
(define_user name: (_) @constant)
(pdef name: (_) @label)
(tcheck name: (_) @label)
