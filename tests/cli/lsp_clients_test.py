#!/usr/bin/env python3
"""`zerodb lsp` driven by clients that are not ours: Neovim, Emacs, and the protocol library of VS Code. Each is left out where it is not installed.

The library is looked for in the folder that ZERODB_NODE_MODULES names: npm install vscode-languageserver-protocol.
"""

import glob
import os
import shutil
import subprocess
import unittest

import program

CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lsp_clients")
EDITORS = os.path.abspath(os.path.join(CLIENTS, "..", "..", "..", "editors"))
NODE_MODULES = os.environ.get("ZERODB_NODE_MODULES", "")


def has_eglot():
    return bool(glob.glob("/usr/share/emacs/site-lisp/elpa*/eglot-*") or glob.glob("/usr/share/emacs/*/lisp/progmodes/eglot.el*"))


class Clients(program.Case):
    def workspace(self):
        self.write("schema.zql", "DEFINE TABLE person SCHEMAFULL ( name string, age u8? );\n")
        self.write("q.zql", "SELECT nme  FROM person AS p;\nSELECT p.name FROM person AS p;\n")

    def drive(self, *command, **variables):
        done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=program.HANGS_AFTER,
                              env=program.environment(ZERODB=os.path.abspath(program.binary), HOME=self.folder, **variables))
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        return done.stdout.decode().splitlines()

    @unittest.skipUnless(shutil.which("nvim"), "no nvim")
    def test_neovim(self):
        self.workspace()
        said = self.drive("nvim", "--headless", "-u", "NONE", "-i", "NONE", "-S", os.path.join(CLIENTS, "neovim.lua"))
        self.assertEqual(said, [
            "diagnostic 0 7 E0202",
            "hover person.name string",
            "completion name age id",
            "definition schema.zql",
            "references 2",
            "semantic tokens 13",
            "types : string",
            "action did you mean `name`?",
            "mended SELECT name  FROM person AS p;",
            "after edit 0",
            "text SELECT p.age FROM person AS p; / SELECT p.title FROM person AS p;",
            "schema DEFINE TABLE person SCHEMAFULL ( title string, age u8? );",
        ])

    @unittest.skipUnless(shutil.which("nvim"), "no nvim")
    def test_neovim_runs_statements(self):
        self.check_code(program.run(self.path("shop"), "-c", "DEFINE TABLE item SCHEMAFULL ( price int ); CREATE item:1 SET price = 5"), 0)
        self.write("q.zql", "SELECT price FROM item;\nDEFINE TABLE other;\n")
        said = self.drive("nvim", "--headless", "-u", "NONE", "-i", "NONE", "-S", os.path.join(CLIENTS, "neovim_lens.lua"))
        self.assertEqual(sorted(said[:3]), ["lens 0 Explain", "lens 0 Run", "lens 1 Run"])
        self.assertEqual(said[3:], ["price", "-------", "     5", "(1 row)"])

    @unittest.skipUnless(shutil.which("emacs") and has_eglot(), "no emacs with eglot")
    def test_emacs(self):
        self.workspace()
        said = self.drive("emacs", "-Q", "--batch", "-l", os.path.join(CLIENTS, "emacs.el"), WORKSPACE=self.folder, EDITOR_FOLDER=os.path.join(EDITORS, "emacs"))
        self.assertEqual(said, [
            "mode zeroql-mode",
            "problem 1 zeroql [E0202]: unknown field or column `nme`",
            "hover person.name string",
            "definition schema.zql",
            "references 2",
            "completion name age id",
            "semantic tokens 13",
            "types : string",
            "mended SELECT name  FROM person AS p;",
            "after edit 0",
            "text SELECT p.age FROM person AS p; / SELECT p.title FROM person AS p;",
            "schema DEFINE TABLE person SCHEMAFULL ( title string, age u8? );",
            "symbols 1",
            "well",
        ])

    @unittest.skipUnless(shutil.which("nvim"), "no nvim")
    def test_neovim_plugin(self):
        """The files of editors/neovim by themselves: a script is recognised, coloured, and served."""
        self.workspace()
        look = ("vim.wait(10000, function() return #vim.diagnostic.get(0) > 0 end, 20);"
                "io.stdout:write(vim.bo.filetype, ' ', vim.b.current_syntax, ' ', vim.diagnostic.get(0)[1].code,"
                " ' ', vim.fn.synIDattr(vim.fn.synID(1, 1, 1), 'name'), '\\n')")
        self.write("init.vim", f"set rtp^={EDITORS}/neovim\nlet g:do_filetype_lua = 1\nfiletype plugin on\nsyntax on\nlet g:zerodb_program = $ZERODB\n")
        said = self.drive("nvim", "--headless", "-u", "init.vim", "-i", "NONE", "q.zql", "+lua " + look, "+qa!")
        self.assertEqual(said, ["zeroql zeroql E0202 zeroqlKeyword"])

    @unittest.skipUnless(shutil.which("node") and os.path.isdir(NODE_MODULES), "no node or ZERODB_NODE_MODULES")
    def test_protocol_library(self):
        self.workspace()
        self.write("half.schema.zql", "DEFINE FUNCTION half(n: int) RETURNS int AS n DIV 2;\nDEFINE FUNCTION quarter(n: int) RETURNS int AS half(half(n));\n")
        said = self.drive("node", os.path.join(CLIENTS, "protocol.cjs"), NODE_PATH=NODE_MODULES)
        self.assertEqual(said[-1], "well")


if __name__ == "__main__":
    program.main()
