; Made from editors/tree-sitter-zeroql/queries/textobjects.scm by editors/helix/queries.py.
(define_function) @function.around
(define_function (_) @function.inside .)

[(define_table) (define_edge) (define_type) (define_enum) (define_view)] @class.around
(define_table (titems) @class.inside)
(define_edge (titems) @class.inside)

(args (_) @parameter.inside)
(define_function (fparam) @parameter.inside)

(titems (_) @entry.inside)
(array (_) @entry.inside)
(object (_) @entry.inside)
(opts (_) @entry.inside)

[(line_comment) (block_comment)] @comment.around
