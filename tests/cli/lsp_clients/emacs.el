;;; emacs.el --- Eglot as a client  -*- lexical-binding: t; -*-

;; Drives the server through eglot and prints what it was told.
(require 'package)
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(add-to-list 'load-path (getenv "EDITOR_FOLDER"))
(require 'zeroql-mode)
(setq zeroql-program (getenv "ZERODB")
      eglot-sync-connect 30
      eglot-autoshutdown nil
      eglot-send-changes-idle-time 0
      flymake-no-changes-timeout 0
      make-backup-files nil)

(defun say (form &rest arguments) (princ (concat (apply #'format form arguments) "\n")))
(defun wait-for (condition)
  (with-timeout (30 (error "waited in vain"))
    (while (not (funcall condition)) (accept-process-output nil 0.02))))

(defun problems ()
  (sort (mapcar (lambda (each) (format "%d %s" (line-number-at-pos (flymake-diagnostic-beg each))
                                       (car (split-string (flymake-diagnostic-text each) "\n"))))
                (flymake-diagnostics))
        #'string<))

(setq default-directory (file-name-as-directory (getenv "WORKSPACE")))
(find-file "q.zql")
(say "mode %s" major-mode)
(eglot (list major-mode) (cons 'transient default-directory) 'eglot-lsp-server
       (list zeroql-program "lsp") "zeroql")
(defun server () (eglot-current-server))
(defun ask (method &optional more)
  (jsonrpc-request (server) method (append (eglot--TextDocumentPositionParams) more)))

(flymake-mode 1)
(flymake-start)
(wait-for #'problems)
(dolist (each (problems)) (say "problem %s" each))

(goto-char (point-min))
(search-forward "p.na")
(let ((contents (plist-get (ask :textDocument/hover) :contents)))
  (say "hover %s" (nth 1 (split-string (plist-get contents :value) "\n"))))
(say "definition %s" (file-name-nondirectory
                      (xref-location-group
                       (xref-item-location (car (xref-backend-definitions 'eglot "name"))))))
(say "references %d" (length (xref-backend-references 'eglot "name")))
(goto-char (point-min))
(search-forward "p.na")
(let ((found (ask :textDocument/completion '(:context (:triggerKind 1)))))
  (say "completion %s" (mapconcat (lambda (each) (plist-get each :label))
                                  (seq-take (plist-get found :items) 3) " ")))
(let ((buffer-range (list :start (eglot--pos-to-lsp-position (point-min)) :end (eglot--pos-to-lsp-position (point-max)))))
  (say "semantic tokens %d" (/ (length (plist-get (ask :textDocument/semanticTokens/full) :data)) 5))
  (say "types %s" (mapconcat (lambda (each) (plist-get each :label)) (ask :textDocument/inlayHint (list :range buffer-range)) " ")))

;; The action that is offered at the mistake; then an edit.
(goto-char (point-min))
(search-forward "nme")
(eglot-code-actions (match-beginning 0) (match-end 0) "quickfix" t)
(say "mended %s" (buffer-substring (line-beginning-position) (line-end-position)))
(goto-char (point-min))
(search-forward "name")
(replace-match "p.age")
(eglot--signal-textDocument/didChange)
(flymake-start)
(wait-for (lambda () (null (problems))))
(say "after edit %d" (length (problems)))

(goto-char (point-min))
(search-forward "p.na")
;; A rename that reaches into other files asks first.
(cl-letf (((symbol-function 'y-or-n-p) (lambda (_) t))) (eglot-rename "title"))
(eglot-format-buffer)
(say "text %s" (replace-regexp-in-string "\n" " / " (string-trim (buffer-string))))
(say "schema %s" (with-current-buffer (find-file-noselect "schema.zql") (string-trim (buffer-string))))
(say "symbols %d" (length (jsonrpc-request (server) :workspace/symbol '(:query "person"))))
(eglot-shutdown (server))
(say "well")
