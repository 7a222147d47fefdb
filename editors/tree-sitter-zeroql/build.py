#!/usr/bin/env python3
"""Makes the parser of grammar.js: build.py [OUTPUT.so]. Needs a C compiler, and cargo where tree-sitter's command line is not installed.
build.py --command-line only says where that is.

Without an output the library goes where Neovim finds it when editors/neovim is on its runtimepath. The command line is the one that
ZERODB_TREE_SITTER names, or the release below, which cargo installs once into ~/.cache/zerodb. The version of the parser's tables is 14,
which Neovim reads from 0.7 on, Emacs from 29 on, and Helix; 15 would shut out Neovim before 0.11 and the Emacs of most distributions.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path.home() / ".cache" / "zerodb"
RELEASE = "0.27.1"
ABI = "14"


def command_line():
    """The path of tree-sitter's command line, installed if need be."""
    if "ZERODB_TREE_SITTER" in os.environ:
        return os.environ["ZERODB_TREE_SITTER"]
    root = CACHE / f"tree-sitter-{RELEASE}"
    program = root / "bin" / "tree-sitter"
    if not program.exists():
        subprocess.run(["cargo", "install", "tree-sitter-cli", "--version", RELEASE, "--locked", "--root", root], check=True,
                       env={**os.environ, "CARGO_TARGET_DIR": str(CACHE / "tree-sitter-build")})
    return str(program)


def build(output):
    output.parent.mkdir(parents=True, exist_ok=True)
    program = command_line()
    subprocess.run([program, "generate", "--abi", ABI], cwd=HERE, check=True)
    subprocess.run([program, "build", "--output", output], cwd=HERE, check=True)


if sys.argv[1:] == ["--command-line"]:
    print(command_line())
else:
    build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE.parent / "neovim" / "parser" / "zeroql.so")
