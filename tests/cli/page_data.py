"""Checks a page of `inspect --html`, and prints the data in it as JSON.

usage: page_data.py FILE

It must be the page of the source tree with data in its place: HTML with the elements that the page has and no other, must name nothing outside of itself, and what its
policy allows must be its own script and style. A name from a snapshot can make no element: html.parser would see it.
"""

import base64
import collections
import hashlib
import html.parser
import json
import pathlib
import sys

FRAME = pathlib.Path(__file__).resolve().parent.parent.parent / "cli/page/generated/page.html"

ELEMENTS = {"html": 1, "head": 1, "meta": 5, "title": 1, "style": 1, "body": 1, "noscript": 1, "p": 1, "div": 1,
            "script": 2}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements = collections.Counter()
        self.attributes = []
        self.texts = []
        self.policy = None

    def handle_starttag(self, tag, attrs):
        self.elements[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag in ("script", "style"):
            self.texts.append([tag, dict(attrs), ""])
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy = dict(attrs)["content"]

    def handle_data(self, data):
        if self.texts and self.cdata_elem is not None:
            self.texts[-1][2] += data


def fail(why):
    sys.exit(f"page_data.py: {why}")


def main():
    text = open(sys.argv[1], encoding="utf-8", newline="").read()
    page = Page()
    page.feed(text)
    page.close()
    if not text.startswith("<!doctype html>\n"):
        fail("no doctype")
    if dict(page.elements) != ELEMENTS:
        fail(f"other elements: {dict(page.elements)}")
    outside = [a for a in page.attributes if a[1] in ("src", "href", "action", "style") or a[1].startswith("on")]
    if outside:
        fail(f"names something outside: {outside}")
    scripts = {attributes.get("type", "script") if tag == "script" else tag: content
               for tag, attributes, content in page.texts}
    if sorted(scripts) != ["application/json", "script", "style"]:
        fail(f"other scripts: {sorted(scripts)}")

    def allowed(content):
        return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"

    policy = (f"default-src 'none'; script-src {allowed(scripts['script'])}; style-src {allowed(scripts['style'])}; "
              "base-uri 'none'; form-action 'none'")
    if page.policy != policy:
        fail(f"the policy is {page.policy} instead of {policy}")
    data = scripts["application/json"]
    if any(character in data for character in "<>&\u2028\u2029"):
        fail("the data has characters that must be escaped")
    if text.replace(data, "@@stateferry-data@@") != FRAME.read_text(encoding="utf-8"):
        fail("another page than that of the source tree")
    json.dump(json.loads(data), sys.stdout)


if __name__ == "__main__":
    main()
