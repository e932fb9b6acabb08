"""A small web server whose requests make cycles that only the lazy collector frees: memory rises
for long and then falls, without a leak. With LEAK=1 it keeps 4 KB of each request besides."""

import asyncio
import gc
import os

gc.set_threshold(9000, 10, 10)  # every 45 s at 200 requests a second
LEAK = os.environ.get("LEAK") == "1"
kept = []


class Node:
    def __init__(self):
        self.page = bytearray(1500)
        self.me = self


async def serve(reader, writer):
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            Node()
            if LEAK:
                kept.append(bytearray(4096))
            body = b"x" * 512
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(os.environ["PORT"]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
