"""A session of the dashboard without a browser: what a page sends over its websocket, and what it
is answered."""

from types import TracebackType
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 300


class Session:
    """A connection that asks for pages; `async with` opens and closes it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> "Session":
        self._socket = await connect(
            self._address.replace("http", "ws", 1) + "/_stcore/stream",
            origin=self._address,  # type: ignore[arg-type]
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=PATIENCE_S,
            ping_interval=None,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        broken: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def ask(self, page: str, **query: str) -> int:
        """Ask for a page at an address; the bytes of the whole answer.

        Raises `RuntimeError` where the page says an internal error or does not end.
        """
        assert self._socket is not None
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = urlencode(query)
        await self._socket.send(asked.SerializeToString())
        taken = 0
        async for frame in self._socket:
            assert isinstance(frame, bytes)
            taken += len(frame)
            if b"Internal error" in frame:
                raise RuntimeError(f"{page} {query}: the page said an internal error.")
            told = ForwardMsg.FromString(frame)
            if told.WhichOneof("type") == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                if told.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                    raise RuntimeError(f"{page} {query}: the page ended with an error.")
                return taken
        raise RuntimeError(f"{page} {query}: the server closed the connection.")
