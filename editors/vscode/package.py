#!/usr/bin/env python3
"""Packages the extension for VS Code: package.py OUTPUT.vsix. Needs npm, for the client library that package-lock.json pins.

A .vsix is a zip file in the form of the Open Packaging Conventions: the extension below `extension/`, and a manifest beside it. Files have
a fixed date and order, so that the same sources give the same bytes.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).resolve().parent
SOURCES = ["package.json", "package-lock.json", "language-configuration.json", "README.md", "src/extension.js", "syntaxes/zeroql.tmLanguage.json"]
CONTENT_TYPES = {"json": "application/json", "js": "application/javascript", "md": "text/markdown", "txt": "text/plain",
                 "vsixmanifest": "text/xml"}


def manifest(package):
    return f"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id={quoteattr(package["name"])} Version={quoteattr(package["version"])} Publisher={quoteattr(package["publisher"])}/>
    <DisplayName>{escape(package["displayName"])}</DisplayName>
    <Description xml:space="preserve">{escape(package["description"])}</Description>
    <Categories>{escape(",".join(package["categories"]))}</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value={quoteattr(package["engines"]["vscode"])}/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
    <License>extension/LICENSE.txt</License>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true"/>
  </Assets>
</PackageManifest>
"""


def content_types(names):
    kinds = sorted({name.rsplit(".", 1)[1] for name in names if "." in name.rsplit("/", 1)[-1]})
    lines = "".join(f'<Default Extension=".{kind}" ContentType="{CONTENT_TYPES.get(kind, "application/octet-stream")}"/>' for kind in kinds)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{lines}</Types>\n'


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        for name in SOURCES:
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(HERE / name, stage / name)
        shutil.copy(HERE.parent.parent / "LICENSE", stage / "LICENSE.txt")
        subprocess.run(["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=stage, check=True)
        for path in sorted(stage.rglob("*")):
            if path.is_file() and ".bin" not in path.parts and path.name != ".package-lock.json":
                files["extension/" + path.relative_to(stage).as_posix()] = path.read_bytes()
    package = json.loads(files["extension/package.json"])
    files["extension.vsixmanifest"] = manifest(package).encode()
    files = {"[Content_Types].xml": content_types(files).encode(), **files}
    output = Path(sys.argv[1])
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    print(f"{output}: {len(files)} files, {output.stat().st_size} bytes")


main()
