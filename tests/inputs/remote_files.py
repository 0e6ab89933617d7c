"""Files behind addresses: an HTTPS server with a CA of its own, and as much of S3 as reading takes."""

import datetime
import http.server
import ipaddress
import ssl
import threading
from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Files(http.server.BaseHTTPRequestHandler):
    """Sends files, whole or in part; `failing` maps paths to the status they are answered with."""

    protocol_version = "HTTP/1.1"
    files: ClassVar = {}
    failing: ClassVar = {}

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        data = self.files.get(path)
        if data is None or path in self.failing:
            self.send(self.failing.get(path, 404), b"")
            return
        asked = self.headers.get("Range", "")
        if not asked:
            self.send(200, data)
            return
        start, _, end = asked.removeprefix("bytes=").partition("-")
        last = min(int(end or len(data)), len(data) - 1)
        part = data[int(start) : last + 1]
        self.send(206, part, {"Content-Range": f"bytes {start}-{last}/{len(data)}"})

    do_HEAD = do_GET

    def send(self, status, data, headers=None):
        self.send_response(status)
        for name, value in {"Accept-Ranges": "bytes", "Content-Length": len(data), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_):
        pass


class S3(Files):
    """The same, and lists of a bucket; the paths of files begin with its name."""

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        if "list-type" not in query:
            super().do_GET()
            return
        bucket = unquote(url.path).strip("/")
        if not any(path.startswith(f"/{bucket}/") for path in self.files):
            self.send(404, b"<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>")
            return
        self.send(200, self._list(bucket, query.get("prefix", ""), query.get("delimiter", "")).encode())

    do_HEAD = Files.do_GET

    def _list(self, bucket, prefix, delimiter):
        keys = {path.removeprefix(f"/{bucket}/"): data for path, data in sorted(self.files.items())}
        found, folders = "", {}
        for key, data in keys.items():
            if not key.startswith(prefix):
                continue
            head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            if cut:
                folders[prefix + head + cut] = None
                continue
            found += (
                f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size><ETag>x</ETag>"
                "<LastModified>2026-01-01T00:00:00.000Z</LastModified><StorageClass>STANDARD</StorageClass></Contents>"
            )
        found += "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>" for name in folders
        )
        return (
            f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket}</Name>'
            f"<IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        )


@contextmanager
def serve(handler, files, failing=None, context=None):
    """Serve files in a thread; yields the port."""
    handler = type("Handler", (handler,), {"files": files, "failing": failing or {}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def make_certificates(folder):
    """A CA and a certificate it has signed for 127.0.0.1: the file of the CA, and a server's TLS context."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def sign(name, key, issuer, issuer_key, is_authority):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if not is_authority:
            address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        return builder.sign(issuer_key, hashes.SHA256())

    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in ("test CA", "test")]
    authority = sign(names[0], keys[0], names[0], keys[0], True)
    certificate = sign(names[1], keys[1], names[0], keys[0], False)
    pem = serialization.Encoding.PEM
    private = keys[1].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.pem").write_bytes(authority.public_bytes(pem))
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return folder / "ca.pem", context
