/**
 * zeroql for tree-sitter.
 *
 * The sections and the rules stand in the order of docs/reference/grammar.ebnf and have its names; where the tree needs a name that the
 * EBNF does not have, the comment says for what it stands. What a context-free grammar cannot say is in src/scanner.c: nested comments,
 * numbers, the text of strings, and signs whose meaning hangs on what touches them.
 *
 * Words. All keywords are tokens in any case of letters. A contextual keyword is a keyword only where the grammar has it at that place,
 * and a word everywhere else, which is what tree-sitter does by itself. Two kinds of words need help:
 *  - a reserved word is no name even where the keyword itself cannot stand: see `_no_name`;
 *  - the few contextual words that may stand where a name may stand too are names as well: see NAMES_TOO.
 */

// words begin
const RESERVED = `
  ALL AND ANY AS ASC BETWEEN BY CASE CAST CONTAINS CREATE CROSS DEFINE DELETE DESC DISTINCT ELSE END EXCEPT EXISTS FALSE
  FROM FULL GROUP HAVING ILIKE IN INNER INSERT INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIMIT MATCH MATCHES NONE NOT
  NULL OFFSET ON OR ORDER OUTER QUALIFY RELATE RETURNING RIGHT SELECT SET THEN TRUE TRY_CAST UNION UNSET UPDATE UPSERT
  USING VALUES WHEN WHERE WINDOW WITH
`.trim().split(/\s+/);
const CONTEXTUAL = `
  ACYCLIC ADD AFTER ALTER ANALYZE ANALYZER ANALYZERS APPROX ARRAY ASSERT AT BEGIN BELOW CASCADE COMMENT COMMIT COMPUTED
  CONFLICT CONSTRAINT CONTENT COPY CURRENT DATABASE DATABASES DEFAULT DESCRIBE DIFF DIV DO DROP EDGE EDGES ENUM ENUMS
  ESCAPE EXECUTE EXPLAIN EXPORT FIELD FIELDS FILTER FIRST FOLLOWING FORMAT FUNCTION FUNCTIONS GRANT GROUPING GROUPS
  HASHMAP HASHSET IF IMMUTABLE INDEX INDEXES ISOLATION KEY KEYSPACE KILL LAST LET LIVE MERGE MODULE MODULES MOVE NAME
  NAMESPACE NAMESPACES NO NOTHING NULLS OMIT ONLY OVER PARAM PARAMS PARTITION PARTITIONS PLACEMENT PLACEMENTS PRECEDING
  RANGE READ READONLY REBUILD RECURSIVE REFERENCE RELEASE REMOVE RENAME REPLACE REPLICA RESET RESTRICT RETURNS REVOKE
  ROLE ROLES ROLLBACK ROW ROWS SAVEPOINT SCHEMAFULL SCHEMALESS SEQUENCE SEQUENCES SERIALIZABLE SETS SHORTEST SHOW
  SNAPSHOT SPLIT STABLE STDIN STDOUT TABLE TABLES TO TRAIL TYPE TYPES UNBOUNDED UNIQUE USE USER USERS VALUE VARIANT VIEW
  VIEWS VOLATILE WALK WRITE
`.trim().split(/\s+/);
// words end

// Contextual keywords that the grammar has at a place where it has a name: in WITH recursive AS (..), MATCH walk -> e -> x, array(1) and so on.
const NAMES_TOO = `
  RECURSIVE GROUPING WALK TRAIL ACYCLIC SHORTEST CONTENT MERGE IF ASSERT UNIQUE FIELD VARIANT PARTITION COMMENT SAVEPOINT ARRAY
  HASHSET HASHMAP
`.trim().split(/\s+/);

/** The binary operators from the loosest to the tightest, by the names of their rules. */
const BINARY = {
  ebor: ['|'],
  ebxor: ['^'],
  eband: ['&'],
  eshift: ['<<', '>>'],
  eadd: ['+', '-', '||'],
  emul: ['*', '/', '%', 'DIV'],
};

/** A letter, a mark or a digit of any script, and more of them; the first is no digit of ASCII. */
const WORD = '[_\\p{L}\\p{M}\\p{N}--0-9][_\\p{L}\\p{M}\\p{N}]*';

/** Behind `\\u`: four hexadecimal digits, or a pair of them that is one code point, or up to six in braces; no half of a pair alone. */
const HEX = '[0-9a-fA-F]';
const NO_SURROGATE = `([0-9a-cA-Ce-fE-F]${HEX}{3}|[dD][0-7]${HEX}{2})`;
const CODE_POINT =
  `(${NO_SURROGATE}|[dD][89abAB]${HEX}{2}\\\\u[dD][c-fC-F]${HEX}{2}` +
  `|\\{(${HEX}{1,3}|0{0,2}${NO_SURROGATE}|0?[1-9a-fA-F]${HEX}{4}|10${HEX}{4})\\})`;

/** Days that exist: 29 February is one of years that 4 divides, but of full centuries only where 400 does. */
const LEAP_YEAR = '([0-9]{2,4}(0[48]|[2468][048]|[13579][26])|[0-9]{0,2}([02468][048]|[13579][26])00)';
const DATE =
  '([0-9]{4,6}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))' +
  `|${LEAP_YEAR}-02-29)`;
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]';
const TIME = `${CLOCK}(:[0-5][0-9](\\.[0-9]{1,9})?)?([Zz]|[+-]${CLOCK})?`;

/** The token of a keyword, as a hidden rule, so that it can also be a name. */
const keywordRule = word => `_${word.toLowerCase()}_word`;
const anyCase = word => new RegExp([...word].map(c => (c === '_' ? c : `[${c}${c.toLowerCase()}]`)).join(''));
const KEYWORD_RULES = Object.fromEntries([...RESERVED, ...CONTEXTUAL].map(word => [keywordRule(word), _ => anyCase(word)]));

/** Keywords one after the other, seen in the tree as 'UPPER'. */
const K = words => seq(...words.split(' ').map(word => {
  if (!(keywordRule(word) in KEYWORD_RULES)) throw new Error(`no keyword: ${word}`);
  return alias(sym(keywordRule(word)), word);
}));
/** One of these keywords. */
const anyOf = words => choice(...words.split(' ').map(K));

/** One of these operators, of which one is a keyword. */
const oneOf = signs => (signs.length === 1 ? signs[0] : choice(...signs.map(sign => (/\w/.test(sign) ? K(sign) : sign))));

/** a {, a} */
const list = rule => seq(rule, repeat(seq(',', rule)));
/** a {, a} [,] */
const commaList = rule => seq(list(rule), optional(','));
/** ( a ) */
const parens = rule => seq('(', rule, ')');
/** [ ( a {, a} [,] ) ] and the like with braces, where the list may be empty */
const braces = rule => seq('{', optional(commaList(rule)), '}');

const KINDS = 'NAMESPACE DATABASE TABLE EDGE VIEW FIELD INDEX ANALYZER SEQUENCE PLACEMENT TYPE ENUM MODULE FUNCTION PARAM ROLE USER';

module.exports = grammar({
  name: 'zeroql',

  externals: $ => [
    $.block_comment,
    $.integer,
    $.float,
    $.decimal,
    $.duration,
    $._single_text,   // of '..' up to a quote or a backslash
    $._double_text,   // of ".."
    $.regex_pattern,  // of re'..', doubled quotes included
    $._rcolon,        // RCOLON
    $._key_minus,     // a '-' that a digit touches
    $._type_close,    // a '>' that no '=' touches
    $._end,           // nothing: the expression goes no further
    // The scanner gives none of these; they tell it that what may end here as an expression may also go on:
    $._query_goes_on,    // a query in parentheses as part of a query
    $._sets_go_on,       // GROUPING, with SETS
    $._argument_goes_on, // a name, with =>
    $._reserved_word, // where any word may stand, a reserved one
    $._never,         // the scanner never gives this one
  ],

  extras: $ => [/[ \t\n\r\f\v]/, $.line_comment, $.block_comment],

  word: $ => $._bare_word,

  supertypes: $ => [$.expression, $.type],

  // Where one token more has to be read before it is clear what a token is. Both readings are followed until one of them ends, which is at
  // the next token or the one after it.
  conflicts: $ => [
    // a.b: a value and its member, or the name in front of `a.b:key` or `a.b.*`
    [$.reference, $._name],
    // ARRAY (..): of a query, or a function of that name
    [$.array_query, $.identifier],
    // WITH recursive .., MATCH walk ..: the keyword, or the name of a table
    [$.ctes, $.identifier],
    [$.mode, $.identifier],
    // A comma before a clause ends the list. Before COMMENT a name could follow, elsewhere the reserved words of `_no_name`.
    [$.items],
    [$.group],
    // (name assert ..: a rule of the table with a name, or a field of a type with that name
    [$.field, $._id],
    // ADD FIELD assert ..: a field, or a rule called `field`; the same for variants and partitions
    [$.action, $.identifier],
    // t:a.. content ..: the last key, or what to write
    [$.record_range],
    // FROM t WITH ..: a hint, or the options of a view
    [$.source],
  ],

  rules: {
    script: $ => seq(repeat(choice(seq($.statement, ';'), ';')), optional($.statement)),

    statement: $ => choice(
      $.query, $.create, $.insert, $.upsert, $.update, $.delete, $.relate, $.let, $.use, $.set, $.reset, $.show, $.define, $.remove,
      $.alter, $.describe, $.grant, $.revoke, $.begin, $.commit, $.rollback, $.savepoint, $.release, $.explain, $.analyze, $.copy,
      $.live, $.kill,
    ),

    // ---- queries

    query: $ => seq(optional($.ctes), $._qset, optional($.order), optional($.limit)),
    ctes: $ => seq(K('WITH'), optional(K('RECURSIVE')), list($.cte)),
    cte: $ => seq(field('name', $._id), optional($.idlist), K('AS'), $.subquery),

    // qset and qand in one, for the levels are a matter of precedence.
    _qset: $ => choice($._qprim, $.set_operation),
    set_operation: $ => choice(
      prec.left(1, seq($._qset, $.setop, $._qset)),
      prec.left(2, seq($._qset, alias($._intersect, $.setop), $._qset)),
    ),
    setop: $ => seq(anyOf('UNION EXCEPT'), optional(K('ALL')), optional(K('BY NAME'))),
    _intersect: $ => seq(K('INTERSECT'), optional(K('ALL'))),
    _qprim: $ => choice($.select, $.values, seq($.subquery, optional($._query_goes_on))),

    // '(' query ')' wherever it stands. As a value it is qtop in parentheses, of which the EBNF takes out `((query))`: that is the value
    // `(query)` in parentheses. Whether the inner one is a value or goes on as a query, the scanner says by `_end`; it looks beyond the
    // closing parentheses for `((query) LIMIT 1)`.
    subquery: $ => parens($.query),

    values: $ => seq(K('VALUES'), list($.tuple_row)),
    // tuple
    tuple_row: $ => parens($._exprlist),

    select: $ => choice(
      seq(K('SELECT'), $._selhead, optional($.from), sbody($)),
      seq($.from, optional(seq(K('SELECT'), $._selhead)), sbody($)),
    ),
    _selhead: $ => seq(optional(K('DISTINCT')), choice(seq(K('AS VALUE'), $._expr), $.items)),
    items: $ => commaList(choice($.star, $.item)),
    item: $ => seq($._expr, optional($._alias)),
    _alias: $ => seq(K('AS'), field('alias', $._id)),
    star: $ => seq(optional(seq(name($), '.')), '*', optional($.omit), optional($.replace)),
    omit: $ => seq(K('OMIT'), $.idlist),
    replace: $ => seq(K('REPLACE'), parens(list(seq($._expr, K('AS'), field('name', $._id))))),

    from: $ => seq(K('FROM'), $.source, repeat($.join)),
    source: $ => choice(
      seq(K('MATCH'), $.match),
      seq(optional(K('LATERAL')), $.subquery, $._alias, optional($.idlist)),
      seq($.param, $._alias, optional($.idlist)),
      seq($.call, $._alias, optional($.idlist), optional(seq(K('AT'), field('position', $._id)))),
      seq($._tref, optional($._alias), optional($.hint)),
    ),
    _tref: $ => choice($.record_range, $.record_id, $.path, name($)),
    hint: $ => seq(K('WITH'), choice(K('NO INDEX'), seq(K('INDEX'), $.idlist))),
    join: $ => choice(
      seq(optional(choice(K('INNER'), seq(anyOf('LEFT RIGHT FULL'), optional(K('OUTER'))))), K('JOIN'), $.source, $._joinon),
      seq(K('CROSS JOIN'), $.source),
    ),
    _joinon: $ => choice(seq(K('ON'), $._expr), seq(K('USING'), $.idlist)),

    where: $ => seq(K('WHERE'), $._expr),
    group: $ => seq(K('GROUP BY'), choice(K('ALL'), commaList(choice($.grouping_sets, $._expr)))),
    // gitem
    grouping_sets: $ => seq(K('GROUPING'), choice(seq(K('SETS'), parens($._exprlist)), $._sets_go_on)),
    having: $ => seq(K('HAVING'), $._expr),
    window: $ => seq(K('WINDOW'), list(seq(field('name', $._id), K('AS'), parens(optional($.wspec))))),
    qualify: $ => seq(K('QUALIFY'), $._expr),
    order: $ => seq(K('ORDER BY'), list($.okey)),
    okey: $ => seq($._expr, optional(anyOf('ASC DESC')), optional(seq(K('NULLS'), anyOf('FIRST LAST')))),
    limit: $ => choice(
      seq(K('LIMIT'), $._expr, optional(seq(K('APPROX'), optional($.opts))), optional($._offset)),
      $._offset,
    ),
    _offset: $ => seq(K('OFFSET'), $._expr),

    // ---- graph patterns

    match: $ => seq(optional($.mode), list($.pattern)),
    mode: $ => choice(anyOf('WALK TRAIL ACYCLIC'), seq(optional(K('ALL')), K('SHORTEST'))),
    // path
    pattern: $ => seq(optional(seq(field('name', $._id), '=')), $.node, repeat1(seq($.edge, $.node))),
    node: $ => choice(
      seq($._natom, optional($._alias)),
      parens(seq(optional(seq($._natom, repeat(seq('|', $._natom)))), optional($._alias), optional($.where))),
    ),
    _natom: $ => choice($.record_range, $.record_id, name($), $.param),
    edge: $ => choice(...['->', '<-', '<->'].map(arrow => seq(arrow, $._espec, arrow))),
    _espec: $ => seq(
      choice(
        seq(field('table', $._id), optional($._alias)),
        seq('[', field('table', $._id), repeat(seq('|', field('table', $._id))), optional($._alias), optional($.where), ']'),
      ),
      optional($.quant),
    ),
    quant: $ => choice('*', '+', '?', seq('{', $.integer, optional(seq(',', optional($.integer))), '}')),

    // ---- writes

    create: $ => seq(K('CREATE'), $._wtarget, optional($._wdata), optional($.returning)),
    _wtarget: $ => choice($.record_id, name($)),
    _wdata: $ => choice(seq(K('SET'), list($.assign)), $.content),
    content: $ => seq(K('CONTENT'), $._expr),
    assign: $ => seq($.lpath, '=', $._expr),
    lpath: $ => seq($._id, repeat(choice(seq('.', $._word), $._index))),
    _index: $ => seq('[', $._expr, ']'),
    // uassign
    _uassign: $ => seq($.lpath, choice('=', '+=', '-=', '*=', '/='), $._expr),
    insert: $ => seq(K('INSERT INTO'), name($), $._isource, optional($.conflict), optional($.returning)),
    _isource: $ => choice($.content, seq(optional($.idlist), $.query)),
    conflict: $ => seq(
      K('ON CONFLICT'), optional($.idlist), K('DO'),
      choice(K('NOTHING'), seq(K('UPDATE SET'), list(alias($._uassign, $.assign)), optional($.where))),
    ),
    upsert: $ => seq(K('UPSERT'), $._wtarget, $._udata, optional($.returning)),
    _udata: $ => choice(
      seq(K('SET'), list(alias($._uassign, $.assign)), optional($.unset)),
      $.content,
      seq(K('MERGE'), $._expr),
      $.unset,
    ),
    unset: $ => seq(K('UNSET'), list($.lpath)),
    update: $ => seq(K('UPDATE'), $._utarget, $._udata, optional($.from), optional($.where), optional($.returning)),
    _utarget: $ => seq(choice($.record_range, $.record_id, name($)), optional($._alias)),
    delete: $ => seq(
      K('DELETE'), optional(K('FROM')), $._utarget, optional(seq(K('USING'), $.source, repeat($.join))),
      optional($.where), optional($.returning),
    ),
    relate: $ => seq(
      K('RELATE'), $._rnode, '->', field('edge', $._id), '->', $._rnode,
      optional($._wdata), optional(seq($.from, optional($.where))), optional($.returning),
    ),
    _rnode: $ => choice($.record_id, $.param, name($), $.subquery),
    returning: $ => seq(K('RETURNING'), $.items),

    // ---- session

    let: $ => seq(K('LET'), $.param, optional(seq(':', $.type)), '=', $._expr),
    use: $ => seq(K('USE'), name($)),
    set: $ => seq(K('SET'), name($), '=', $._expr),
    reset: $ => seq(K('RESET'), choice(K('ALL'), name($))),
    show: $ => seq(K('SHOW'), choice(K('ALL'), name($))),
    analyze: $ => seq(K('ANALYZE'), optional(name($))),
    copy: $ => seq(
      K('COPY'),
      choice(
        seq($.subquery, K('TO'), $._cfile),
        seq(name($), optional($.idlist), anyOf('FROM TO'), $._cfile),
      ),
      optional($._with_opts),
    ),
    _cfile: $ => choice($.string, $.param, anyOf('STDIN STDOUT')),

    // ---- definitions

    define: $ => seq(K('DEFINE'), optional(K('OR REPLACE')), choice(
      $.define_namespace, $.define_database, $.define_table, $.define_edge, $.define_view, $.define_field, $.define_index,
      $.define_analyzer, $.define_sequence, $.define_placement, $.define_type, $.define_enum, $.define_module, $.define_function,
      $.define_param, $.define_role, $.define_user,
    )),
    _ine: $ => K('IF NOT EXISTS'),

    // defkind, a rule for each kind
    define_namespace: $ => definition($, 'NAMESPACE', name($), dopts($)),
    define_database: $ => definition($, 'DATABASE', name($), dopts($)),
    define_table: $ => definition($, 'TABLE',
      name($), optional(anyOf('SCHEMAFULL SCHEMALESS')), optional($.titems), optional($.tkey), optional($.tpart), dopts($)),
    define_edge: $ => definition($, 'EDGE', name($), K('FROM'), $.tlist, K('TO'), $.tlist, optional($.titems), dopts($)),
    define_view: $ => definition($, 'VIEW', name($), optional($.idlist), K('AS'), $.query, dopts($)),
    define_field: $ => definition($, 'FIELD', $.dpath, K('ON'), name($), K('TYPE'), $.type, repeat($.fmod)),
    define_index: $ => definition($, 'INDEX',
      field('name', $._id), K('ON'), name($), parens(commaList($.ipart)), optional(K('UNIQUE')),
      optional(seq(K('USING'), field('method', $._id), optional($.opts))), optional($.where), dopts($)),
    define_analyzer: $ => definition($, 'ANALYZER', field('name', $._id), dopts($)),
    define_sequence: $ => definition($, 'SEQUENCE', name($), dopts($)),
    define_placement: $ => definition($, 'PLACEMENT', field('name', $._id), dopts($)),
    define_type: $ => definition($, 'TYPE', name($), K('AS'), $.type, repeat(seq(K('ASSERT'), $._expr)), dopts($)),
    define_enum: $ => definition($, 'ENUM', name($), K('AS'), $.idlist, dopts($)),
    define_module: $ => definition($, 'MODULE', field('name', $._id), K('FROM'), $._expr, dopts($)),
    define_function: $ => definition($, 'FUNCTION',
      field('name', $._fname), '(', optional(commaList($.fparam)), ')', K('RETURNS'), $.type, $._fbody,
      optional(anyOf('IMMUTABLE STABLE VOLATILE')), dopts($)),
    define_param: $ => definition($, 'PARAM', $.param, optional(seq(K('TYPE'), $.type)), K('VALUE'), $._expr, dopts($)),
    define_role: $ => definition($, 'ROLE', field('name', $._id), dopts($)),
    define_user: $ => definition($, 'USER', field('name', $._id), dopts($)),

    _with_opts: $ => seq(K('WITH'), $.opts),
    comment: $ => seq(K('COMMENT'), $.string),
    opts: $ => parens(commaList($.opt)),
    opt: $ => seq(field('name', $._id), '=', $._expr),

    titems: $ => seq('(', optional(commaList(choice($.tcheck, $.field))), ')'),
    tcheck: $ => seq(optional(field('name', $._id)), choice(
      seq(K('ASSERT'), '(', $._expr, ')'),
      seq(K('UNIQUE'), '(', $._paths, ')'),
    )),
    field: $ => choice(
      seq(field('name', $._fid), $.type, repeat($.fmod)),
      seq(field('name', alias($._rule_word, $.identifier)), $._typen, repeat($.fmod)),
    ),
    fmod: $ => choice(
      seq(anyOf('DEFAULT COMPUTED ASSERT'), $._expr),
      anyOf('UNIQUE READONLY'),
      $.fref,
      $.comment,
    ),
    fref: $ => seq(K('REFERENCE'), optional(seq(K('ON DELETE'), anyOf('RESTRICT CASCADE UNSET')))),
    tkey: $ => seq(K('KEY'), parens(list($.key_column))),
    key_column: $ => seq(field('name', $._id), $.type),
    tpart: $ => seq(K('PARTITION BY'), $.plevel, optional(seq(K('THEN BY'), $.plevel))),
    plevel: $ => seq(
      field('method', $._id), parens(commaList($._arg)),
      optional(seq(K('PARTITIONS'), $.integer)), optional(parens(commaList($.pdef))),
    ),
    pdef: $ => seq(
      field('name', $._id),
      optional(choice(seq(K('VALUES'), anyOf('BELOW IN'), parens($._exprlist)), K('DEFAULT'))),
      optional($._with_opts),
    ),
    tlist: $ => seq($._id, repeat(seq('|', $._id))),
    _paths: $ => commaList($.lpath),
    dpath: $ => seq($._id, repeat(choice(seq('.', $._word), seq('[', '*', ']'), $._index))),
    ipart: $ => seq(choice($.dpath, parens($._expr)), optional(anyOf('ASC DESC'))),
    fparam: $ => seq(field('name', $._id), $._col, $.type, optional(seq('=', $._expr))),
    _fbody: $ => choice(seq(K('AS'), $._expr), seq(K('FROM MODULE'), field('module', $._id), K('EXPORT'), $.string)),

    remove: $ => seq(K('REMOVE'), $._kind, optional(K('IF EXISTS')), $._rname, optional($._on_table)),
    describe: $ => seq(
      K('DESCRIBE'),
      choice($._kinds, seq(choice($._kind, K('KEYSPACE')), $._rname)),
      optional($._on_table),
    ),
    _on_table: $ => seq(K('ON'), name($)),
    _rname: $ => choice($.path, name($), $.param),
    _kind: _ => anyOf(KINDS),
    _kinds: _ => anyOf(KINDS.split(' ').map(kind => (kind === 'INDEX' ? 'INDEXES' : `${kind}S`)).join(' ')),

    alter: $ => seq(K('ALTER'), $._kind, name($), optional($._on_table), list($.action)),
    action: $ => choice(
      seq(K('ADD'), $.tcheck),
      seq(K('ADD FIELD'), $.field),
      seq(K('ADD VARIANT'), $._id, optional(seq(K('AFTER'), $._id))),
      seq(K('ADD PARTITION'), $.pdef),
      seq(K('DROP FIELD'), $.lpath),
      seq(K('DROP CONSTRAINT'), $._id),
      seq(K('DROP PARTITION'), name($)),
      seq(K('RENAME FIELD'), $.lpath, K('TO'), $._id),
      seq(K('RENAME TO'), $._id),
      seq(K('ALTER FIELD'), $.lpath, choice(
        seq(K('TYPE'), $.type),
        seq(K('SET'), $.fmod),
        seq(K('DROP'), anyOf('DEFAULT COMPUTED ASSERT UNIQUE READONLY REFERENCE COMMENT')),
      )),
      seq(K('MOVE PARTITION'), name($), K('TO'), choice(seq(K('PLACEMENT'), $._id), seq(K('REPLICA SET'), $.integer))),
      seq(K('SPLIT PARTITION'), name($), K('INTO'), parens(commaList($.pdef))),
      seq(K('MERGE PARTITIONS'), parens(commaList(name($))), K('INTO'), $._id),
      seq(K('SET'), $.opts),
      anyOf('SCHEMAFULL SCHEMALESS REBUILD'),
      $.comment,
    ),

    grant: $ => seq(
      K('GRANT'), $._privs, K('ON'), $._kind, $._rname, optional($.idlist), K('TO'), list(field('role', $._id)), optional($.where),
    ),
    revoke: $ => seq(K('REVOKE'), $._privs, K('ON'), $._kind, $._rname, K('FROM'), list(field('role', $._id))),
    _privs: $ => choice(K('ALL'), list(anyOf('SELECT CREATE UPDATE DELETE EXECUTE'))),

    begin: $ => seq(
      K('BEGIN'), optional(seq(K('READ'), anyOf('ONLY WRITE'))), optional(seq(K('ISOLATION'), anyOf('SERIALIZABLE SNAPSHOT'))),
    ),
    commit: $ => K('COMMIT'),
    rollback: $ => seq(K('ROLLBACK'), optional(seq(K('TO'), optional(K('SAVEPOINT')), $._id))),
    savepoint: $ => seq(K('SAVEPOINT'), $._id),
    release: $ => seq(K('RELEASE'), optional(K('SAVEPOINT')), $._id),

    explain: $ => seq(
      K('EXPLAIN'), optional(K('ANALYZE')), optional(seq(K('FORMAT'), field('format', $._id))),
      choice($.query, $.create, $.insert, $.upsert, $.update, $.delete, $.relate),
    ),
    live: $ => seq(K('LIVE'), optional(K('DIFF')), alias($._query1, $.query)),
    _query1: $ => seq(optional($.ctes), $.select, optional($.order), optional($.limit)),
    kill: $ => seq(K('KILL'), $._expr),

    // ---- expressions, by level: expr and eand; enot; ecmp; ecoal; erange; ebor to emul; eun; epow; epost; prim

    _exprlist: $ => commaList($._expr),

    // A whole expression, wherever one stands.
    _expr: $ => seq($.expression, $._end),
    expression: $ => choice($.or, $.and, $.not, $._ecmp),
    or: $ => prec.left(1, seq($.expression, K('OR'), $.expression)),
    and: $ => prec.left(2, seq($.expression, K('AND'), $.expression)),
    not: $ => prec(3, seq(K('NOT'), $.expression)),

    // Comparisons do not chain: their operands are of the next level.
    _ecmp: $ => choice($._ecoal, $.comparison),
    comparison: $ => seq($._ecoal, $._cmptail),
    _cmptail: $ => choice(
      seq(choice('=', '!=', '<>', '<', '<=', '>', '>=', '~', '!~'), $._ecoal),
      seq(optional(K('NOT')), choice(
        seq(K('IN'), $._inrhs),
        seq(anyOf('LIKE ILIKE'), $._ecoal, optional(seq(K('ESCAPE'), $.string))),
        seq(K('MATCHES'), $._ecoal),
        seq(K('CONTAINS'), optional(anyOf('ANY ALL')), $._ecoal),
        seq(K('BETWEEN'), $._ecoal, K('AND'), $._ecoal),
      )),
      seq(K('IS'), optional(K('NOT')), choice($.none, $.boolean, $.type)),
    ),
    _inrhs: $ => choice($.in_list, $.subquery, $._np_postfix, alias($._nprange, $.range)),
    in_list: $ => parens($._exprlist),
    _nprange: $ => seq($._np_postfix, choice('..', '..='), $._ebor),

    _ecoal: $ => choice($._erange, $.coalesce),
    coalesce: $ => prec.left(seq($._ecoal, '??', $._erange)),
    _erange: $ => choice($._ebor, $.range),
    range: $ => seq($._ebor, choice('..', '..='), $._ebor),

    _ebor: $ => choice($._eun, $.binary),
    binary: $ => choice(...Object.values(BINARY).map((operators, level) => prec.left(level,
      seq($._ebor, oneOf(operators), $._ebor)))),
    _eun: $ => choice($.unary, $.power, $._epost),
    unary: $ => seq(choice('-', '+'), $._eun),
    power: $ => seq($._epost, '**', $._eun),

    _epost: $ => choice($._prim, $.member, $.method_call, $.index, $.slice, $.shaped),
    // postfix, a rule for each form. After IN no parenthesis may begin a value, so there the same forms stand upon np.
    ...postfixes('', $ => $._epost),
    _np_postfix: $ => choice(
      $._np, alias($._np_member, $.member), alias($._np_method_call, $.method_call), alias($._np_index, $.index),
      alias($._np_slice, $.slice), alias($._np_shaped, $.shaped),
    ),
    ...postfixes('_np_', $ => $._np_postfix),
    shape: $ => choice(seq(field('name', $._word), $._col, $._expr), seq($._id, repeat(seq('.', $._word))), '*'),

    _prim: $ => choice($._np, $.paren, $.subquery, $.tuple),
    paren: $ => parens($._expr),
    tuple: $ => choice(seq('(', ')'), seq('(', $._expr, ',', optional($._exprlist), ')')),
    _np: $ => choice(
      $._lit, $.param, $.array_query, $.exists, $.case, $.cast, $.array, $.object, $.hashset, $.hashmap, $.record_id, $.call,
      $.path, $.reference,
    ),
    array_query: $ => prec.dynamic(2, seq(K('ARRAY'), $.subquery)),
    exists: $ => seq(K('EXISTS'), choice($.subquery, parens(seq(K('MATCH'), $.match, optional($.where))))),
    array: $ => seq('[', optional($._exprlist), ']'),
    hashset: $ => seq(K('HASHSET'), '{', optional($._exprlist), '}'),
    hashmap: $ => seq(K('HASHMAP'), braces($.mape)),
    mape: $ => seq($._expr, '=>', $._expr),
    object: $ => braces($.oent),
    oent: $ => choice(
      seq(field('key', $._word), $._col, field('value', $._expr)),
      seq(field('key', $.string), ':', field('value', $._expr)),
      field('key', $._id),
    ),
    _col: $ => choice(':', alias($._rcolon, ':')),
    case: $ => seq(K('CASE'), optional($._expr), repeat1($.when), optional($.else), K('END')),
    when: $ => seq(K('WHEN'), $._expr, K('THEN'), $._expr),
    else: $ => seq(K('ELSE'), $._expr),
    cast: $ => seq(anyOf('CAST TRY_CAST'), parens(seq($._expr, K('AS'), $.type))),
    // fcall
    call: $ => prec.right(seq(field('function', $._fname), $.args, optional($.filter), optional($.over))),
    filter: $ => seq(K('FILTER'), parens($.where)),
    over: $ => seq(K('OVER'), choice(field('name', $._id), parens(optional($.wspec)))),
    _fname: $ => choice(alias($.path, $.function_path), $._id),
    args: $ => seq('(', optional(K('DISTINCT')), optional(choice('*', commaList($._arg))), optional($.order), ')'),
    _arg: $ => choice($.named_arg, $._expr),
    named_arg: $ => seq(field('name', $._id), choice(seq('=>', $._expr), $._argument_goes_on)),
    wspec: $ => choice(
      seq($._partition_keys, optional($.order), optional($.frame)),
      seq($.order, optional($.frame)),
      $.frame,
    ),
    _partition_keys: $ => seq(K('PARTITION BY'), list($._expr)),
    frame: $ => seq(anyOf('ROWS RANGE GROUPS'), choice(seq(K('BETWEEN'), $._bound, K('AND'), $._bound), $._fstart)),
    _fstart: $ => choice(K('UNBOUNDED PRECEDING'), K('CURRENT ROW'), seq($._distance, K('PRECEDING'))),
    _bound: $ => choice(
      seq(K('UNBOUNDED'), anyOf('PRECEDING FOLLOWING')),
      K('CURRENT ROW'),
      seq($._distance, anyOf('PRECEDING FOLLOWING')),
    ),
    _distance: $ => choice($.integer, $.duration, $.param),

    // rid and ridrange
    record_id: $ => seq(name($), alias($._rcolon, ':'), $.key),
    record_range: $ => seq(name($), alias($._rcolon, ':'), choice(
      seq($.key, choice('..', '..='), $.key),
      seq($.key, '..'),
      seq(choice('..', '..='), $.key),
    )),
    key: $ => choice(
      $._id, $.integer, seq(alias($._key_minus, '-'), $.integer), $.string, $.uuid, $.datetime, $.param, seq('[', optional($._exprlist), ']'),
    ),
    // name: ID { '.' ID }, in the tree `name`; see the function of that name below.
    _name: $ => choice($._id, seq($._name, '.', $._id)),
    // path2
    path: $ => seq($._id, repeat1(seq('::', $._word))),
    // ID as a value
    reference: $ => $._id,
    idlist: $ => parens(commaList($._id)),

    _lit: $ => choice(
      $.integer, $.float, $.decimal, $.duration, $.string, $.bytes, $.datetime, $.uuid, $.regex,
      $.boolean, $.none,
    ),
    boolean: _ => anyOf('TRUE FALSE'),
    none: _ => anyOf('NONE NULL'),

    // ---- types

    type: $ => choice($._tprim, $.union_type),
    union_type: $ => seq($._tprim, repeat1(seq('|', $._tprim))),
    _tprim: $ => choice($._tatom, $.optional_type),
    optional_type: $ => seq($._tatom, '?'),
    _tatom: $ => choice($._tatomn, $.tuple_type, $.paren_type),
    any_type: $ => K('ANY'),
    // tname with its arguments
    named_type: $ => seq(name($), optional(seq('<', list(choice($.type, $.integer)), alias($._type_close, '>')))),
    paren_type: $ => parens($.type),
    tuple_type: $ => seq('(', $.type, ',', optional(commaList($.type)), ')'),
    object_type: $ => braces($.tfield),
    // A type that begins with no parenthesis.
    _typen: $ => choice($._tprimn, alias($._union_typen, $.union_type)),
    _union_typen: $ => seq($._tprimn, repeat1(seq('|', $._tprim))),
    _tprimn: $ => choice($._tatomn, alias($._optional_typen, $.optional_type)),
    _optional_typen: $ => seq($._tatomn, '?'),
    _tatomn: $ => choice($.any_type, $.named_type, $.object_type, $.string),
    tfield: $ => seq(field('name', $._word), optional('?'), $._col, $.type),

    // ---- words

    // Before the word of any letters, for of two patterns that match the same text the first one counts.
    ...KEYWORD_RULES,

    // ID
    _id: $ => choice($._fid, alias($._rule_word, $.identifier)),
    // FID: all but the words that begin a rule of a table
    _fid: $ => choice($.identifier, $.quoted_identifier),
    _rule_word: $ => choice($._assert_word, $._unique_word),
    identifier: $ => choice(
      $._bare_word,
      ...NAMES_TOO.filter(word => word !== 'ASSERT' && word !== 'UNIQUE').map(word => sym(keywordRule(word))),
      $._no_name,
    ),
    // A reserved word where a name is wanted. The keyword is so a token of every such place, not a word, but nothing can follow it: the
    // token after it never comes. When a mistake is mended the parser puts in that token, and goes on as if the name were quoted.
    _no_name: $ => seq(choice(...RESERVED.map(word => sym(keywordRule(word)))), $._never),
    // WORD
    _word: $ => choice($._id, alias($._reserved_word, $.identifier)),
    // A letter, a mark or a digit of any script, first no digit of ASCII.
    _bare_word: _ => new RustRegex(WORD),
    quoted_identifier: _ => /`([^`]([^`]|``)*|``(``([^`]|``)*)?)`/,

    // ---- literals

    param: _ => new RustRegex(`\\$([0-9]+|${WORD})`),
    string: $ => choice(
      seq("'", repeat(choice($._single_text, $.escape, alias(token.immediate("''"), $.escape))), token.immediate("'")),
      seq('"', repeat(choice($._double_text, $.escape, alias(token.immediate('""'), $.escape))), token.immediate('"')),
    ),
    escape: _ => token.immediate(new RegExp(`\\\\(["\\\\/bfnrt]|u${CODE_POINT})`)),
    bytes: $ => seq(
      "b'",
      repeat(choice($._single_text, alias($._byte_escape, $.escape), alias(token.immediate("''"), $.escape))),
      token.immediate("'"),
    ),
    _byte_escape: _ => token.immediate(/\\(["\\/bfnrt]|x[0-9a-fA-F]{2})/),
    datetime: _ => new RegExp(`d'[+-]?${DATE}([Tt ]${TIME})?'`),
    uuid: _ => /u'[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'/,
    regex: $ => seq("re'", optional($.regex_pattern), token.immediate("'")),
    line_comment: _ => /--[^\n]*/,
  },
});

/** ID { '.' ID } as a node `name`. */
function name($) {
  return field('name', alias($._name, $.name));
}

/** What follows the sources of a query. */
function sbody($) {
  return seq(optional($.where), optional($.group), optional($.having), optional($.window), optional($.qualify));
}

/** What all definitions end with. */
function dopts($) {
  return seq(optional($._with_opts), optional($.comment));
}

function definition($, kind, ...parts) {
  return seq(K(kind), optional($._ine), ...parts);
}

/** The postfix forms upon one kind of operand. */
function postfixes(prefix, operand) {
  return {
    [`${prefix}member`]: $ => seq(operand($), choice('.', '?.'), field('name', $._word)),
    [`${prefix}method_call`]: $ => seq(operand($), '.', field('method', $._word), $.args),
    [`${prefix}index`]: $ => seq(operand($), '[', choice($._expr, '*'), ']'),
    [`${prefix}slice`]: $ => seq(operand($), '[', choice(seq($._ebor, '..'), seq('..', $._ebor)), ']'),
    [`${prefix}shaped`]: $ => seq(operand($), choice('.', '?.'), '{', commaList($.shape), '}'),
  };
}
