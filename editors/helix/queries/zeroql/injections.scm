; Made from editors/tree-sitter-zeroql/queries/injections.scm by editors/helix/queries.py.
((regex_pattern) @injection.content
  (#set! injection.language "regex"))

([(line_comment) (block_comment)] @injection.content
  (#set! injection.language "comment"))
