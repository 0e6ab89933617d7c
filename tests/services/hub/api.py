"""The part of the Hub's HTTP API that `huggingface_hub` and `datasets` use to read and write datasets."""

import base64
import hashlib
import json
from dataclasses import dataclass, field

import yaml

from tests.services.hub.card_rules import find_errors, read_metadata
from tests.services.hub.state import Blob, Repository, is_large

ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n*.png filter=lfs diff=lfs merge=lfs -text\n"


class Refusal(Exception):
    """An answer with an error status."""

    def __init__(self, status, message, code=None, headers=()):
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = dict(headers)


@dataclass
class Answer:
    """An answer that is not plain JSON with status 200."""

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Token:
    """Whose token it is, where he may write besides his own namespace, and whether it only reads."""

    user: str
    orgs: tuple = ()
    reads_only: bool = False

    def may_write(self, namespace):
        return not self.reads_only and (namespace == self.user or namespace in self.orgs)

    def may_read(self, namespace):
        return namespace == self.user or namespace in self.orgs


class HubApi:
    """Answers requests; each method is named in the routes of `tests.services.hub.server`."""

    def __init__(self, tokens):
        self.url = ""
        self.tokens = tokens
        self.repositories = {}
        self.large_files = {}
        self.buckets = {}

    # Who asks, and what for

    def _token(self, request):
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not given:
            return None
        if given not in self.tokens:
            raise Refusal(401, "Invalid credentials in Authorization header")
        return self.tokens[given]

    def _repository(self, request, *, write=False, content=False):
        token, name = self._token(request), request.args["repo"]
        kind = (request.args.get("kind") or "models")[:-1]
        repository = self.repositories.get((kind, name))
        namespace = name.split("/")[0]
        if repository is None or (repository.private and not (token and token.may_read(namespace))):
            raise Refusal(404 if token else 401, "Repository not found", "RepoNotFound")
        if content and repository.gated and not (token and token.may_read(namespace)):
            message = f"Access to dataset {name} is restricted and you are not in the authorized list."
            raise Refusal(403 if token else 401, message, "GatedRepo")
        if write and not (token and token.may_write(namespace)):
            raise Refusal(403 if token else 401, f"You don't have write access to {name}.")
        return repository

    def _commit(self, repository, revision):
        commit = repository.head(revision)
        if commit is None:
            raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return commit

    def _page(self, repository):
        return f"{self.url}/{'' if repository.kind == 'model' else repository.kind + 's/'}{repository.id}"

    # Users and repositories

    def whoami(self, request):
        token = self._token(request)
        if token is None:
            raise Refusal(401, "Invalid username or password.")
        orgs = [{"type": "org", "name": name, "fullname": name} for name in token.orgs]
        return {"type": "user", "id": token.user, "name": token.user, "fullname": token.user, "orgs": orgs}

    def create_repository(self, request):
        token, body = self._token(request), request.json()
        namespace = body.get("organization") or (token.user if token else "")
        if token is None or not token.may_write(namespace):
            raise Refusal(
                403 if token else 401,
                f"You don't have the rights to create a repo under the namespace {namespace}",
            )
        kind, name = body.get("type") or "model", f"{namespace}/{body['name']}"
        if (kind, name) in self.repositories:
            page = self._page(self.repositories[kind, name])
            return Answer(409, {"error": f"You already created this {kind} repo", "url": page})
        private = bool(body.get("private")) or body.get("visibility") == "private"
        self.add_repository(name, {}, kind=kind, private=private, author=token.user)
        return {"url": self._page(self.repositories[kind, name]), "name": name, "id": name}

    def add_repository(self, name, files, *, kind="dataset", private=False, gated=False, author="tester"):
        """Put a repository in place, without a request."""
        repository = Repository(kind, name, private, gated)
        blobs = {path: Blob(data, is_large(path, len(data))) for path, data in files.items()}
        repository.commit(
            "refs/heads/main", {".gitattributes": Blob(ATTRIBUTES), **blobs}, "initial commit", author
        )
        self.repositories[kind, name] = repository
        return repository

    def describe(self, request):
        repository = self._repository(request)
        commit = self._commit(repository, request.args.get("revision", "main"))
        try:
            card = (
                read_metadata(commit.files["README.md"].data.decode())
                if "README.md" in commit.files
                else None
            )
        except yaml.YAMLError:
            card = None
        wants_blobs = request.query.get("blobs", "").lower() in ("true", "1")
        return {
            "id": repository.id, "author": repository.namespace, "sha": commit.oid, "disabled": False,
            "private": repository.private, "gated": "manual" if repository.gated else False, "downloads": 0,
            "likes": 0, "tags": [], "createdAt": repository.created, "lastModified": repository.created,
            "cardData": card,
            "siblings": [_sibling(path, blob, wants_blobs) for path, blob in sorted(commit.files.items())],
        }  # fmt: skip

    def list_references(self, request):
        repository = self._repository(request)

        def named(prefix):
            found = sorted((ref, oid) for ref, oid in repository.refs.items() if ref.startswith(prefix))
            return [{"name": ref[len(prefix) :], "ref": ref, "targetCommit": oid} for ref, oid in found]

        return {
            "branches": named("refs/heads/"), "tags": named("refs/tags/"), "converts": [],
            "pullRequests": named("refs/pr/"),
        }  # fmt: skip

    def list_commits(self, request):
        repository = self._repository(request)
        self._commit(repository, request.args["revision"])
        return [
            {
                "id": commit.oid, "title": commit.title, "message": "", "date": "2026-01-01T00:00:00.000Z",
                "authors": [{"user": commit.author}],
            }
            for commit in repository.history(request.args["revision"])
        ]  # fmt: skip

    def create_branch(self, request):
        repository, ref = self._repository(request, write=True), f"refs/heads/{request.args['revision']}"
        if ref in repository.refs:
            raise Refusal(409, f"Reference already exists: {ref}")
        start = (request.json() or {}).get("startingPoint") or "main"
        repository.refs[ref] = self._commit(repository, start).oid
        return Answer(201, {})

    def list_discussions(self, request):
        repository = self._repository(request)
        listed = [
            {
                "num": number, "title": title, "status": "open", "isPullRequest": True,
                "author": {"name": author}, "createdAt": "2026-01-01T00:00:00.000Z",
                "repo": {"name": repository.id, "type": repository.kind},
            }
            for number, (title, author) in repository.pull_requests.items()
            if request.query.get("author") in (None, author)
        ]  # fmt: skip
        return {"discussions": listed, "count": len(listed), "start": 0}

    # Files

    def list_tree(self, request):
        repository = self._repository(request, content=True)
        commit = self._commit(repository, request.args["revision"])
        root = (request.args.get("path") or "").strip("/")
        prefix = root + "/" if root else ""
        recursive = request.query.get("recursive", "").lower() in ("true", "1")
        inside = [path for path in commit.files if path.startswith(prefix)]
        if root and not inside:
            raise Refusal(404, f"{root} does not exist", "EntryNotFound")
        found = set()
        for path in inside:
            parts = path[len(prefix) :].split("/")
            depths = range(len(parts)) if recursive else range(1)
            found.update(prefix + "/".join(parts[: depth + 1]) for depth in depths)
        return [_entry(commit, path) for path in sorted(found)]

    def describe_paths(self, request):
        repository = self._repository(request, content=True)
        commit = self._commit(repository, request.args["revision"])
        entries = (_entry(commit, path.strip("/")) for path in request.form_or_json()["paths"])
        return [entry for entry in entries if entry]

    def send_file(self, request):
        repository = self._repository(request, content=True)
        commit = self._commit(repository, request.args["revision"])
        blob = commit.files.get(request.args["path"])
        if blob is None:
            raise Refusal(404, "Entry not found", "EntryNotFound", {"X-Repo-Commit": commit.oid})
        etag = blob.sha256 if blob.large else blob.oid
        headers = {"X-Repo-Commit": commit.oid, "ETag": f'"{etag}"'}
        if blob.large:
            headers |= {"X-Linked-Etag": f'"{blob.sha256}"', "X-Linked-Size": str(len(blob.data))}
        return request.send_range(blob.data, headers)

    # Buckets: files by path, without commits

    def _bucket(self, request):
        name = request.args["bucket"]
        token = self._token(request)
        if name not in self.buckets or not (token and token.may_read(name.split("/")[0])):
            raise Refusal(404, "Bucket not found", "BucketNotFound")
        return self.buckets[name]

    def describe_bucket(self, request):
        files = self._bucket(request)
        size, now = sum(map(len, files.values())), "2026-01-01T00:00:00.000Z"
        return {
            "id": request.args["bucket"], "private": True, "createdAt": now, "size": size,
            "totalFiles": len(files),
        }  # fmt: skip

    def list_bucket(self, request):
        files, root = self._bucket(request), request.args.get("path", "").strip("/")
        prefix = f"{root}/" if root else ""
        found = {}
        for path, data in sorted(files.items()):
            folder, slash, _ = path.removeprefix(prefix).partition("/")
            if not path.startswith(prefix) and path != root:
                continue
            if slash and request.query.get("recursive") != "true":
                found[prefix + folder] = {"type": "directory", "path": prefix + folder}
            else:
                found[path] = {"type": "file", "path": path, "size": len(data), "xetHash": _hash(data)}
        return list(found.values())

    def send_from_bucket(self, request):
        data = self._bucket(request).get(request.args["path"])
        if data is None:
            raise Refusal(404, "Entry not found", "EntryNotFound")
        return request.send_range(data, {"ETag": f'"{_hash(data)}"'})

    # Writing

    def choose_upload_modes(self, request):
        opens_pull_request = bool(request.query.get("create_pr"))
        repository = self._repository(request)
        self._check_write(request, repository, opens_pull_request)
        files = self._commit(repository, request.args["revision"]).files
        return {"files": [_upload_mode(asked, files.get(asked["path"])) for asked in request.json()["files"]]}

    def offer_large_uploads(self, request):
        self._repository(request)
        if self._token(request) is None:
            raise Refusal(401, "Invalid username or password.")
        objects = []
        for wanted in request.json()["objects"]:
            there = wanted["oid"] in self.large_files
            upload = {"upload": {"href": f"{self.url}/_large/{wanted['oid']}"}}
            objects.append({**wanted, **({} if there else {"actions": upload})})
        headers = {"Content-Type": "application/vnd.git-lfs+json"}
        return Answer(200, {"transfer": "basic", "objects": objects}, headers)

    def take_large_file(self, request):
        if hashlib.sha256(request.body).hexdigest() != request.args["oid"]:
            raise Refusal(400, "sha256 mismatch")
        self.large_files[request.args["oid"]] = request.body
        return Answer()

    def validate_card(self, request):
        errors = [{"message": message} for message in find_errors(request.json()["content"])]
        return Answer(400 if errors else 200, {"errors": errors, "warnings": []})

    def take_commit(self, request):
        opens_pull_request = bool(request.query.get("create_pr"))
        repository, revision = self._repository(request), request.args["revision"]
        self._check_write(request, repository, opens_pull_request)
        head = self._commit(repository, revision)
        ref = next((r for r in (f"refs/heads/{revision}", revision) if r in repository.refs), None)
        if ref is None:
            raise Refusal(400, f"{revision} is no branch")
        header, *operations = (json.loads(line) for line in request.body.splitlines() if line.strip())
        if header["value"].get("parentCommit") not in (None, head.oid):
            raise Refusal(412, "A commit has happened since. Please refresh and try again.")
        files = dict(head.files)
        for operation in operations:
            self._apply(operation["key"], operation["value"], files)
        if "README.md" in files and (errors := find_errors(files["README.md"].data.decode())):
            raise Refusal(400, f"Invalid metadata in README.md. {'; '.join(errors)}")
        title, author = header["value"]["summary"], self._token(request).user
        number = len(repository.pull_requests) + 1
        if opens_pull_request:
            repository.pull_requests[number] = title, author
            ref = f"refs/pr/{number}"
        commit = repository.commit(ref, files, title, author, parent=head.oid)
        page = self._page(repository)
        opened = {"pullRequestUrl": f"{page}/discussions/{number}"} if opens_pull_request else {}
        return {
            "success": True,
            "commitOid": commit.oid,
            "commitUrl": f"{page}/commit/{commit.oid}",
            **opened,
        }

    def _check_write(self, request, repository, opens_pull_request):
        """Everybody with a token may open a pull request, and add to his own."""
        token, revision = self._token(request), request.args["revision"]
        if token is None:
            raise Refusal(401, "Invalid username or password.")
        own = {f"refs/pr/{n}" for n, (_, author) in repository.pull_requests.items() if author == token.user}
        if not (opens_pull_request or revision in own or token.may_write(repository.namespace)):
            raise Refusal(403, f"You don't have write access to {repository.id}.")

    def _apply(self, key, value, files):
        path = value["path"]
        if key == "file":
            files[path] = Blob(base64.b64decode(value["content"]))
        elif key == "lfsFile":
            if value["oid"] not in self.large_files:
                raise Refusal(400, f"LFS pointer pointed to a file that does not exist: {value['oid']}")
            files[path] = Blob(self.large_files[value["oid"]], large=True)
        elif key == "deletedFile":
            if files.pop(path, None) is None:
                raise Refusal(404, f'A file with the name "{path}" does not exist', "EntryNotFound")
        else:
            raise Refusal(400, f"unknown operation {key}")


def _sibling(path, blob, with_blob):
    sibling = {"rfilename": path}
    if with_blob:
        sibling |= {"size": len(blob.data), "blobId": blob.oid}
        if blob.large:
            sibling["lfs"] = {
                "sha256": blob.sha256, "size": len(blob.data), "pointerSize": len(blob.pointer),
            }  # fmt: skip
    return sibling


def _entry(commit, path):
    blob = commit.files.get(path)
    if blob is None:
        is_folder = any(other.startswith(path + "/") for other in commit.files)
        oid = hashlib.sha1(path.encode()).hexdigest()
        return {"type": "directory", "path": path, "size": 0, "oid": oid} if is_folder else None
    entry = {"type": "file", "path": path, "size": len(blob.data), "oid": blob.oid}
    if blob.large:
        entry["lfs"] = {"oid": blob.sha256, "size": len(blob.data), "pointerSize": len(blob.pointer)}
    return entry


def _upload_mode(asked, old):
    mode = "lfs" if is_large(asked["path"], asked["size"]) else "regular"
    known = {"oid": old.sha256 if old.large else old.oid} if old else {}
    return {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False, **known}


def _hash(data):
    return hashlib.sha256(data).hexdigest()
