; A name bound by AS or WITH is known in its query; what LET binds is known to the end of the script.

[(query) (update) (delete) (relate)] @local.scope
(script) @local.scope

(source alias: (_) @local.definition)
(source position: (_) @local.definition)
(node alias: (_) @local.definition)
(edge alias: (_) @local.definition)
(pattern name: (_) @local.definition)
(update alias: (_) @local.definition)
(delete alias: (_) @local.definition)
(cte name: (_) @local.definition)
(let (param) @local.definition)
(define_function (fparam name: (_) @local.definition))

(reference (_) @local.reference)
(source name: (name . (_) @local.reference .))
(param) @local.reference
