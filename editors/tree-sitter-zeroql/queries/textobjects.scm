(statement) @statement.outer

(define_function) @function.outer
(define_function (_) @function.inner .)

[(define_table) (define_edge) (define_type) (define_enum) (define_view)] @class.outer
(define_table (titems) @class.inner)
(define_edge (titems) @class.inner)

(args (_) @parameter.inner)
(define_function (fparam) @parameter.inner)

(titems (_) @entry.inner)
(array (_) @entry.inner)
(object (_) @entry.inner)
(opts (_) @entry.inner)

[(line_comment) (block_comment)] @comment.outer
