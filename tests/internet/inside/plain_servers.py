# SPDX-License-Identifier: Apache-2.0
"""plain_servers.py ADDRESS...: servers of other protocols, at every address: 7000 speaks first and echoes, 7001 takes connections and says nothing,
7002 says nothing and reads nothing, 7003 sends as fast as it can, 7004 resets each connection; UDP 443 and 7000 echo.
Nothing listens on 7009. Each connection and its first bytes are logged.
"""
import asyncio
import socket
import struct
import sys
from control import Control

BLOCK = bytes(1 << 20)


class Servers:
    def __init__(self):
        self.control = Control("plain")
        self.control.words["open"] = lambda: self.open
        self.open = 0

    def accepted(self, writer):
        host, port = writer.get_extra_info("sockname")
        self.control.note(kind="accept", to=host, port=port, **{"from": writer.get_extra_info("peername")[0]})
        self.open += 1

    async def ended(self, writer):
        self.open -= 1
        self.control.note(kind="end", port=writer.get_extra_info("sockname")[1])
        writer.close()

    async def echo(self, reader, writer):
        self.accepted(writer)
        writer.write(b"hello\n")
        first = True
        try:
            while data := await reader.read(1 << 18):
                if first:
                    self.control.note(kind="data", port=7000, data=data[:200].decode("latin-1"))
                first = False
                writer.write(data)
                await writer.drain()
            writer.write(b"bye\n")  # half-closed: the way back still works
            await writer.drain()
        except OSError:
            pass
        await self.ended(writer)

    async def silent(self, reader, writer):
        self.accepted(writer)
        try:
            while data := await reader.read(1 << 16):
                self.control.note(kind="data", port=7001, data=data[:200].decode("latin-1"))
        except OSError:
            pass
        await self.ended(writer)

    async def stuck(self, _, writer):
        self.accepted(writer)
        writer.transport.pause_reading()
        await asyncio.sleep(3600)

    async def flood(self, _, writer):
        self.accepted(writer)
        try:
            while True:
                writer.write(BLOCK)
                await writer.drain()
        except OSError:
            await self.ended(writer)

    async def reset(self, _, writer):
        self.accepted(writer)
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async def run(self):
        loop = asyncio.get_running_loop()
        servers = self

        class Echo(asyncio.DatagramProtocol):
            def connection_made(self, transport):
                self.transport = transport

            def datagram_received(self, data, sender):
                servers.control.note(kind="udp", data=data[:200].decode("latin-1"), **{"from": sender[0]})
                self.transport.sendto(data, sender)

        for port, serve in ((7000, self.echo), (7001, self.silent), (7002, self.stuck), (7003, self.flood),
                            (7004, self.reset)):
            await asyncio.start_server(serve, "0.0.0.0", port, backlog=4096)
        for address in sys.argv[1:]:  # one by one, so that answers come from where the question went
            for port in (443, 7000):
                await loop.create_datagram_endpoint(Echo, (address, port))
        self.control.note(kind="ready")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(Servers().run())
