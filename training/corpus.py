"""Read the corpus, keep what a writer of today would want to learn from, and split it by author.

Input: shards of JSON lines, `{id, title, author, text}` each, xz or plain, prose in unwrapped
paragraphs with blank lines between. Everything here is a pure function of its input: the same
shards give the same documents, in the same order, on any machine.
"""
import hashlib
import json
import lzma
import os
import re
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Document:
    id: str
    title: str
    author: str
    text: str


def read(shards):
    """Documents of the shards, in order; skips those with no text. Ends the program where a shard is missing or spoilt."""
    for shard in shards:
        if not os.path.isfile(shard):
            raise SystemExit(f"there is no {shard}")
        opened = lzma.open(shard, "rt", encoding="utf8") if str(shard).endswith(".xz") else open(shard, encoding="utf8")
        with opened as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    entry = json.loads(line)
                    document = Document(str(entry["id"]), entry["title"], entry["author"], entry["text"])
                except (ValueError, TypeError, KeyError) as error:
                    raise SystemExit(f"{shard}, line {number} is no object with id, title, author and text: {error!r}")
                if document.text.strip():
                    yield document


def digest(text):
    """64 bits of a text, the same on every run (Python's own hash is not)."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf8"), digest_size=8).digest(), "big")


def author_key(author):
    """One key for the spellings of an author's name: the letters of its words, sorted."""
    words = set(re.findall(r"[^\W\d_]+", author.lower())) - {"jr", "sir", "mrs"}
    return " ".join(sorted(words)) or "unknown"


def same_author(one, other):
    """Whether two keys may be one author's: the longer words of one are all in the other ("h g wells", "herbert george wells")."""
    if one == other:
        return True
    a, b = ({w for w in key.split() if len(w) > 2} for key in (one, other))
    return bool(a and b) and (a <= b or b <= a)


def held_out(author, share):
    """Whether an author's works are kept for validation: `share` of the authors are, chosen by name."""
    key = author_key(author)
    return key not in ("unknown", "various", "anonymous") and digest("kept apart: " + key) % 10_000 < share * 10_000


ARCHAIC = re.compile(r"\b(thou|thee|thy|thine|hath|doth|dost|hast|wouldst|shouldst|quoth|saith|spake|whilst)\b", re.I)


def archaic_share(text, sample=60_000):
    """Archaic words a thousand words, from the beginning of a text."""
    part = text[:sample]
    return 1000 * len(ARCHAIC.findall(part)) / max(1, part.count(" "))


def unique_paragraphs(text, seen, shortest=120):
    """The text without long paragraphs that an earlier document had; and the share of characters dropped.

    The corpus holds some books twice, under two titles or in collections. `seen` is a set of the paragraphs' digests;
    those of this text are returned as the third value, to be added where the text is kept.
    """
    kept, dropped, new = [], 0, set()
    for paragraph in text.split("\n\n"):
        if len(paragraph) >= shortest:
            key = digest(re.sub(r"\W+", " ", paragraph.lower()))
            if key in seen or key in new:
                dropped += len(paragraph)
                continue
            new.add(key)
        kept.append(paragraph)
    return "\n\n".join(kept), dropped / max(1, len(text)), new


def typed(text, choice):
    """A document as another writer would type it: curly quotes, other dashes, no blank lines.

    choice: a whole number that picks the variant. Most documents stay as they are.
    """
    if choice % 100 < 14:
        text = re.sub(r'(^|[\s(\[\u2014-])"', "\\1\u201c", text, flags=re.M).replace('"', "\u201d")
        text = re.sub(r"(^|[\s(\[\u2014\u201c-])'", "\\1\u2018", text, flags=re.M).replace("'", "\u2019")
    choice //= 100
    if choice % 100 < 12:
        text = text.replace("\u2014", (" - ", "--", " \u2013 ", " \u2014 ")[choice // 100 % 4])
    choice //= 10_000
    if choice % 100 < 8:
        text = text.replace("\n\n", "\n")
    return text


def select(documents, held_share=0.05, archaic_limit=4.0, limit=None, each=250_000, known=0):
    """`(train, held, read)`: documents without duplicates and archaic texts, split by author, and how many documents
    had been read when the training text was whole.

    limit: characters of training text at most, or None for all; each: characters held out of one author at
    most, so that no author's manner decides the validation loss; known: so many documents, from the first
    on, were read before: none of their authors is held out. An author who may be, under another spelling, one of the
    training text's is not held out either.
    """
    seen, train, held, size, of = set(), [], [], 0, Counter()
    read, known_authors = 0, set()
    for number, document in enumerate(documents, 1):
        if number <= known:
            known_authors.add(author_key(document.author))
        full = limit is not None and size >= limit
        key = author_key(document.author)
        keep = held_out(document.author, held_share) and not any(same_author(key, a) for a in known_authors)
        if full and not keep:
            continue
        if archaic_share(document.text) > archaic_limit:
            continue
        text, dropped, new = unique_paragraphs(document.text, seen)
        if dropped > 0.3 or len(text) < 400:
            continue
        seen |= new
        kept = Document(document.id, document.title, document.author, text)
        if keep:
            room = each - of[key]
            if room >= 400:
                held.append(Document(document.id, document.title, document.author, text[:room]))
                of[key] += len(text[:room])
        else:
            train.append(kept)
            size += len(text)
            read = number
    trained = {author_key(d.author) for d in train}
    held = [d for d in held if not any(same_author(author_key(d.author), a) for a in trained)]
    return train, held, read
