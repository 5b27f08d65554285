"""S3Proxy, a server that speaks the S3 API over a folder and checks every signature: for the tests of the store."""

import asyncio
import fcntl
import hashlib
import shutil
import tempfile
from pathlib import Path

from local_stack.paths import WORK
from local_stack.ports import HOST, free_port
from local_stack.processes import Launch, SupervisedProcess, listens, run_to_end

IDENTITY, CREDENTIAL = "test-identity", "test-credential"
_POM = Path(__file__).parent / "s3proxy" / "pom.xml"


class S3Server:
    """Runs over `folder`: a folder in it is a bucket, a file in that an object."""

    def __init__(self, work: Path) -> None:
        self.folder = work / "buckets"
        self._work = work
        self._port = free_port()
        self._process: SupervisedProcess | None = None

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        jar = await _jar()
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "s3proxy.authorization": "aws-v2-or-v4",
            "s3proxy.endpoint": self.endpoint,
            "s3proxy.identity": IDENTITY,
            "s3proxy.credential": CREDENTIAL,
            "jclouds.provider": "filesystem-nio2",
            "jclouds.identity": "unused",
            "jclouds.credential": "unused",
            "jclouds.filesystem.basedir": str(self.folder),
        }
        properties = self._work / "s3proxy.properties"
        properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
        self._process = SupervisedProcess(
            Launch(
                name="s3proxy",
                argv=["java", "-Xmx192m", "-XX:+UseSerialGC", "-jar", str(jar), "--properties", str(properties)],
                log=self._work / "s3proxy.log",
                ready=lambda: listens(HOST, self._port),
                start_within=60,
            )
        )
        await self._process.start()

    async def stop(self) -> None:
        if self._process is not None:
            await self._process.stop()


async def _jar() -> Path:
    """The server's jar, fetched by Maven when this checkout has not got it yet; others wait meanwhile."""
    folder = WORK / f"s3proxy-{hashlib.sha256(_POM.read_bytes()).hexdigest()[:16]}"
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / "s3proxy.lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=WORK))
            goal = ["dependency:copy-dependencies", "-DexcludeTransitive=true", f"-DoutputDirectory={draft}"]
            try:
                await run_to_end(
                    "maven",
                    ["mvn", "--batch-mode", "--quiet", "--file", str(_POM), *goal],
                    log=WORK / "s3proxy-maven.log",
                    within=600,
                )
                await asyncio.to_thread(draft.rename, folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    [jar] = folder.glob("*.jar")
    return jar
