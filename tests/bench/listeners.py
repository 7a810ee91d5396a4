"""Many readers of a stream in a process of their own; says when each event came.

`python -m tests.bench.listeners PORT TOKEN READERS SECONDS` prints one JSON object: how many
streams were opened, and for every event at every reader its change and the second it came.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

_PATH = "/api/v1/events?kind=Parcel"


class Readers:
    """What came to all readers together."""

    def __init__(self) -> None:
        self.opened = 0
        self.heard: list[tuple[int, float]] = []

    async def follow(self, port: int, token: str) -> None:
        """Read one stream until it is cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            f"GET {_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        try:
            async for line in reader:
                now = time.time()
                if line.startswith(b"event: ready"):
                    self.opened += 1
                elif line.startswith(b"data: {") and b'"at"' in line:
                    self.heard.append((json.loads(line[6:])["change"], now))
        finally:
            writer.close()


async def main(port: int, token: str, count: int, seconds: float) -> None:
    """Open every stream, tell that they are open, read for a while, tell what was measured."""
    readers = Readers()
    tasks = []
    for _ in range(count):
        tasks.append(asyncio.create_task(readers.follow(port, token)))
        await asyncio.sleep(0.005)
    while readers.opened < count:
        await asyncio.sleep(0.05)
    print("open", flush=True)
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps({"opened": readers.opened, "heard": readers.heard}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
