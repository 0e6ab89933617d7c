"""What a local Hub keeps: repositories with their branches, commits and files, all in memory."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatch

LARGE = ("*.parquet", "*.png", "*.bin", "*.arrow", "*.gz", "*.safetensors")
LARGE_SIZE = 10 * 1024 * 1024


@dataclass(frozen=True)
class Blob:
    """The content of a file, and whether it is kept in LFS."""

    data: bytes
    large: bool = False

    @property
    def sha256(self):
        return hashlib.sha256(self.data).hexdigest()

    @property
    def pointer(self):
        """The text git keeps in the place of a file in LFS."""
        lines = ("version https://git-lfs.github.com/spec/v1", f"oid sha256:{self.sha256}")
        return "".join(f"{line}\n" for line in (*lines, f"size {len(self.data)}")).encode()

    @property
    def oid(self):
        data = self.pointer if self.large else self.data
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Commit:
    """One state of all files."""

    oid: str
    parent: str | None
    title: str
    author: str
    files: dict


@dataclass
class Repository:
    """A repository; `refs` maps names such as `refs/heads/main` and `refs/pr/1` to commits."""

    kind: str
    id: str
    private: bool = False
    gated: bool = False
    created: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    commits: dict = field(default_factory=dict)
    refs: dict = field(default_factory=dict)
    pull_requests: dict = field(default_factory=dict)

    @property
    def namespace(self):
        return self.id.split("/")[0]

    def head(self, revision="main"):
        """The commit a branch, tag, reference or commit id stands for; None if there is none."""
        for ref in (f"refs/heads/{revision}", f"refs/tags/{revision}", revision):
            if ref in self.refs:
                return self.commits[self.refs[ref]]
        return self.commits.get(revision)

    def commit(self, ref, files, title, author, parent=None):
        """Add a commit with these files and let the reference point to it."""
        seed = f"{self.id}{ref}{len(self.commits)}{sorted((p, b.oid) for p, b in files.items())}"
        oid = hashlib.sha1(seed.encode()).hexdigest()
        self.commits[oid] = Commit(oid, parent, title, author, dict(files))
        self.refs[ref] = oid
        return self.commits[oid]

    def history(self, revision="main"):
        """The commits from the newest to the first."""
        commit, found = self.head(revision), []
        while commit:
            found.append(commit)
            commit = self.commits.get(commit.parent)
        return found


def is_large(path, size):
    return size > LARGE_SIZE or any(fnmatch(path.rsplit("/", 1)[-1], pattern) for pattern in LARGE)
