"""MkDocs hooks: pages written elsewhere in the repository, or made from the model, so that nothing is written twice."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
ELSEWHERE = {"index.md": "README.md", "changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
sys.path.insert(0, str(ROOT / "docs" / "reviewers"))
import facts  # noqa: E402


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add pages from the top of the repository, and the pages for reviewers."""
    for name, source in ELSEWHERE.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=seen_from_docs(text)))
    for page in facts.PAGES:
        files.append(File.generated(config, f"reviewers/{page}", content=facts.render(page)))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Links to what is outside docs/ lead to its page of the site."""
    for name, source in ELSEWHERE.items():
        markdown = re.sub(rf"\]\((?:\.\./)+{re.escape(source)}", f"]({name}", markdown)
    return markdown


def seen_from_docs(text: str) -> str:
    """Text of a page at the top of the repository, its links as they are inside docs/."""
    text = text.replace("](docs/", "](")
    for name, source in ELSEWHERE.items():
        text = text.replace(f"]({source}", f"]({name}")
    return text
