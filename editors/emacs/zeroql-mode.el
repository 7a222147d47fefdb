;;; zeroql-mode.el --- Editing zeroql scripts  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0
;; Package-Requires: ((emacs "28.1"))

;;; Commentary:

;; A mode for *.zql files.  Everything that needs to know the language comes from `zerodb lsp'
;; through eglot; the mode itself colours words and knows what a comment and a string are.
;; Put this file on the `load-path', then: (require 'zeroql-mode)

;;; Code:

(defgroup zeroql nil
  "Scripts of zerodb."
  :group 'languages)

(defcustom zeroql-program "zerodb"
  "The executable of zerodb."
  :type 'string
  :group 'zeroql)

(defconst zeroql-keywords
  '(;; words begin
    "all" "and" "any" "as" "asc" "between" "by" "case" "cast" "contains" "create" "cross" "define" "delete" "desc"
    "distinct" "else" "end" "except" "exists" "false" "from" "full" "group" "having" "ilike" "in" "inner" "insert"
    "intersect" "into" "is" "join" "lateral" "left" "like" "limit" "match" "matches" "none" "not" "null" "offset" "on"
    "or" "order" "outer" "qualify" "relate" "returning" "right" "select" "set" "then" "true" "try_cast" "union" "unset"
    "update" "upsert" "using" "values" "when" "where" "window" "with" "acyclic" "add" "after" "alter" "analyze"
    "analyzer" "analyzers" "approx" "array" "assert" "at" "begin" "below" "cascade" "comment" "commit" "computed"
    "conflict" "constraint" "content" "copy" "current" "database" "databases" "default" "describe" "diff" "div" "do"
    "drop" "edge" "edges" "enum" "enums" "escape" "execute" "explain" "export" "field" "fields" "filter" "first"
    "following" "format" "function" "functions" "grant" "grouping" "groups" "hashmap" "hashset" "if" "immutable" "index"
    "indexes" "isolation" "key" "keyspace" "kill" "last" "let" "live" "merge" "module" "modules" "move" "name"
    "namespace" "namespaces" "no" "nothing" "nulls" "omit" "only" "over" "param" "params" "partition" "partitions"
    "placement" "placements" "preceding" "range" "read" "readonly" "rebuild" "recursive" "reference" "release" "remove"
    "rename" "replace" "replica" "reset" "restrict" "returns" "revoke" "role" "roles" "rollback" "row" "rows"
    "savepoint" "schemafull" "schemaless" "sequence" "sequences" "serializable" "sets" "shortest" "show" "snapshot"
    "split" "stable" "stdin" "stdout" "table" "tables" "to" "trail" "type" "types" "unbounded" "unique" "use" "user"
    "users" "value" "variant" "view" "views" "volatile" "walk" "write"
    ;; words end
    )
  "The words of the language.")

(defconst zeroql-font-lock-keywords
  `((,(concat "\\_<" (regexp-opt zeroql-keywords) "\\_>") . font-lock-keyword-face)
    ("\\$[[:alnum:]_]+" . font-lock-variable-name-face)
    ("\\_<\\([[:alpha:]_][[:alnum:]_:]*\\)(" 1 font-lock-function-name-face))
  "What `font-lock' colours; case does not matter.")

(defvar zeroql-mode-syntax-table
  (let ((table (make-syntax-table)))
    ;; -- up to the end of the line, /* .. */ nested.
    (modify-syntax-entry ?- ". 12b" table)
    (modify-syntax-entry ?/ ". 14n" table)
    (modify-syntax-entry ?* ". 23n" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?' "\"" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?` "\"" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?$ "_" table)
    table)
  "The syntax of zeroql.")

;;;###autoload
(define-derived-mode zeroql-mode prog-mode "zeroql"
  "A mode for scripts of zerodb."
  (setq-local comment-start "-- ")
  (setq-local comment-start-skip "\\(?:--+\\|/\\*+\\)[ \t]*")
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 2)
  (setq-local font-lock-defaults '(zeroql-font-lock-keywords nil t)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.zql\\'" . zeroql-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               `(zeroql-mode . ,(lambda (&rest _) (list zeroql-program "lsp")))))

(provide 'zeroql-mode)
;;; zeroql-mode.el ends here
