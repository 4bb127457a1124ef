"""MkDocs hooks: pages of the site that are written elsewhere in the repository, so that nothing is written twice."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the README as the first page and the changelog as the last."""
    for name, source in {"index.md": "README.md", "changelog.md": "CHANGELOG.md"}.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=seen_from_docs(text)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Links to the README and the changelog lead to their pages of the site."""
    return re.sub(
        r"\]\((?:\.\./)+README\.md", "](index.md", re.sub(r"\]\((?:\.\./)+CHANGELOG\.md", "](changelog.md", markdown)
    )


def seen_from_docs(text: str) -> str:
    """Text of a page at the top of the repository, its links as they are inside docs/."""
    return text.replace("](docs/", "](").replace("](CHANGELOG.md", "](changelog.md")
