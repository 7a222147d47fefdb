" Colours of zeroql without a server; with one, Neovim 0.9 and newer takes semantic tokens instead.
if exists('b:current_syntax') | finish | endif
syn case ignore
" words begin
syn keyword zeroqlKeyword all and any as asc between by case cast create cross define delete desc distinct else end except
syn keyword zeroqlKeyword exists false from full group having ilike in inner insert intersect into is join lateral left like
syn keyword zeroqlKeyword limit match matches none not null offset on or order outer qualify relate returning right select set
syn keyword zeroqlKeyword then true try_cast union unset update upsert using values when where window with acyclic add after
syn keyword zeroqlKeyword alter analyze analyzer analyzers approx array assert at begin below cascade comment commit computed
syn keyword zeroqlKeyword conflict constraint content copy current database databases default describe diff div do drop edge
syn keyword zeroqlKeyword edges enum enums escape execute explain export field fields filter first following format function
syn keyword zeroqlKeyword functions grant grouping groups hashmap hashset if immutable index indexes isolation key keyspace
syn keyword zeroqlKeyword kill last let live merge module modules move name namespace namespaces no nothing nulls omit only
syn keyword zeroqlKeyword over param params partition partitions placement placements preceding range read readonly rebuild
syn keyword zeroqlKeyword recursive reference release remove rename replace replica reset restrict returns revoke role roles
syn keyword zeroqlKeyword rollback row rows savepoint schemafull schemaless sequence sequences serializable sets shortest show
syn keyword zeroqlKeyword snapshot split stable stdin stdout table tables to trail type types unbounded unique use user users
syn keyword zeroqlKeyword value variant view views volatile walk write
syn match zeroqlKeyword /\<contains\>/
" words end
syn match zeroqlNumber /\<\d[0-9a-zA-Z_.]*\>/
syn match zeroqlParameter /\$\w\+/
syn match zeroqlFunction /\<\h[0-9a-zA-Z_:]*\ze(/
syn region zeroqlString start=/'/ skip=/\\./ end=/'/
syn region zeroqlString start=/"/ skip=/\\./ end=/"/
syn region zeroqlName start=/`/ end=/`/ oneline
syn keyword zeroqlTodo TODO FIXME contained
syn match zeroqlComment /--.*$/ contains=zeroqlTodo,zeroqlAllow
syn region zeroqlComment start=+/\*+ end=+\*/+ contains=zeroqlTodo,zeroqlComment
syn match zeroqlAllow /zerodb:allow/ contained
hi def link zeroqlKeyword Keyword
hi def link zeroqlNumber Number
hi def link zeroqlParameter Identifier
hi def link zeroqlFunction Function
hi def link zeroqlString String
hi def link zeroqlName Identifier
hi def link zeroqlComment Comment
hi def link zeroqlTodo Todo
hi def link zeroqlAllow Special
let b:current_syntax = 'zeroql'
