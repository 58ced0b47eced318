"""A reverse proxy of the tests' own, in the place of one that signs people in and names them in a
header."""

import asyncio
import threading
from contextlib import contextmanager, suppress

HEADER = "X-Forwarded-User"


class Proxy:
    """Hands every request on, one a connection, and names `person` in it, if somebody is signed in;
    what a browser sends under that name is dropped."""

    def __init__(self, port):
        self.person, self._port = None, port

    async def answer(self, reader, writer):
        there = None
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            answers, there = await asyncio.open_connection("127.0.0.1", self._port)
            there.write(self._named(head))
            await asyncio.gather(_pipe(reader, there), _pipe(answers, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever asked sees a connection that ends
        finally:
            for each in filter(None, (there, writer)):
                each.close()

    def _named(self, head):
        first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        upgrades = any(line.lower().startswith("upgrade:") for line in lines)
        ours = (HEADER.lower(), *(() if upgrades else ("connection",)))
        kept = [line for line in lines if line.partition(":")[0].lower() not in ours]
        kept += [] if upgrades else ["Connection: close"]
        kept += [f"{HEADER}: {self.person}"] if self.person else []
        return "\r\n".join([first, *kept, "", ""]).encode("latin-1")


@contextmanager
def proxied(port):
    """A proxy before the server at `port`; gives it and its address."""
    made, begun, told = Proxy(port), threading.Event(), {}

    async def work():
        server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
        told.update(loop=asyncio.get_running_loop(), ended=asyncio.Event())
        told["port"] = server.sockets[0].getsockname()[1]
        begun.set()
        async with server:
            await told["ended"].wait()

    thread = threading.Thread(target=asyncio.run, args=(work(),))
    thread.start()
    assert begun.wait(10)
    try:
        yield made, f"http://127.0.0.1:{told['port']}"
    finally:
        told["loop"].call_soon_threadsafe(told["ended"].set)
        thread.join()


async def _pipe(source, target):
    with suppress(OSError):
        while content := await source.read(1 << 16):
            target.write(content)
            await target.drain()
    with suppress(OSError):
        target.close()
