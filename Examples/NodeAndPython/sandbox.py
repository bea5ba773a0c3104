"""Starts a sandbox for a test, and speaks to it. Python 3.9 or later, and no package."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request

JSON_API = "application/vnd.api+json"


class ServiceError(Exception):
    """A response with an error: its status and the error objects of JSON:API."""

    def __init__(self, status, errors):
        super().__init__("; ".join(error.get("detail") or error.get("title", "") for error in errors) or f"HTTP {status}")
        self.status = status
        self.errors = errors


class Sandbox:
    """`cl-import sandbox` on any free port, as a context manager."""

    def __init__(self, *arguments):
        command = os.environ.get("CL_IMPORT", "cl-import")
        self.process = subprocess.Popen(
            [command, "sandbox", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True
        )
        environment = {}
        # It prints four lines; connections are accepted before the first one.
        while "CL_CLIENT_SECRET" not in environment:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError(f"{command} ended with status {self.process.wait()}")
            name, _, value = line.removeprefix("export ").strip().partition("=")
            environment[name] = value
        self.base = f"http://127.0.0.1:{environment['CL_BASE_PORT']}"
        form = urllib.parse.urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": environment["CL_CLIENT_ID"],
                "client_secret": environment["CL_CLIENT_SECRET"],
            }
        )
        with urllib.request.urlopen(f"{self.base}/oauth/token", form.encode()) as response:
            self.token = json.load(response)["access_token"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def call(self, method, path, data=None):
        """Returns the document of a response; raises ServiceError for one with an error."""
        request = urllib.request.Request(
            f"{self.base}/api/{path}",
            method=method,
            data=None if data is None else json.dumps({"data": data}).encode(),
            headers={"Accept": JSON_API, "Content-Type": JSON_API, "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request) as response:
                body = response.read()
        except urllib.error.HTTPError as error:
            with error:
                raise ServiceError(error.code, json.loads(error.read() or b"{}").get("errors", [])) from None
        return json.loads(body) if body else {}

    def control(self, name, value=None):
        """Calls a control endpoint: reset, seed, faults, time."""
        body = json.dumps(value).encode() if value is not None else b""
        with urllib.request.urlopen(urllib.request.Request(f"{self.base}/__sandbox__/{name}", body)) as response:
            return json.loads(response.read() or b"null")
