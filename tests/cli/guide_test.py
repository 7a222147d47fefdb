#!/usr/bin/env python3
"""The examples of the guides give what stands below them.

A page's blocks marked `zeroql` run one after the other in one session; the block marked `text` behind one holds its output. ZERODB_UPDATE=1 writes the output into the
pages instead.
"""

import os
import pathlib
import re
import subprocess

import program

GUIDES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide"
EXAMPLE = re.compile(r"```zeroql\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)


def answers(examples):
    """What the shell prints for each of these texts, errors in their place among the results."""
    mark = "end of the example"
    arguments = ["--format", "table", "--keep-going"]
    for text in examples:
        arguments += ["-c", text, "-c", f"\\echo {mark}"]
    out, _ = program.start(*arguments, stderr=subprocess.STDOUT).communicate(timeout=program.HANGS_AFTER)
    return [re.sub(r" +$", "", part, flags=re.MULTILINE) for part in out.decode().split(mark + "\n")[:-1]]


class Guides(program.Case):
    def test_examples_give_what_the_guides_say(self):
        updates = bool(os.environ.get("ZERODB_UPDATE"))
        checked = 0
        for page in sorted(GUIDES.glob("*.md")):
            text = page.read_text(encoding="utf-8")
            examples = EXAMPLE.findall(text)
            found = answers([example for example, _ in examples]) if examples else []
            self.assertEqual(len(found), len(examples), page.name)
            if updates:
                outputs = iter(found)
                page.write_text(EXAMPLE.sub(lambda match: f"```zeroql\n{match[1]}```\n\n```text\n{next(outputs)}```\n", text), encoding="utf-8")
                continue
            for (example, wanted), given in zip(examples, found):
                with self.subTest(page=page.name, example=example):
                    self.assertEqual(given, wanted, "ZERODB_UPDATE=1 writes what is given")
                checked += 1
        self.assertTrue(checked > 10 or updates, "the guides have no examples")


if __name__ == "__main__":
    program.main()
