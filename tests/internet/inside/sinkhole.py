# SPDX-License-Identifier: Apache-2.0
"""The default gateway of the fake internet: forwards nothing, and logs each packet that was sent to it to forward."""
import socket
import struct
import subprocess
import sys
from control import Control

ETH_IP, ETH_IPV6, ETH_ALL = 0x0800, 0x86DD, 0x0003
NAMES = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp", 136: "udplite"}


def describe(kind, packet):
    """What a packet is and where it goes; None for what is not IP."""
    if kind == ETH_IP and len(packet) >= 20:
        start = (packet[0] & 15) * 4
        number, source, target = packet[9], packet[12:16], packet[16:20]
        family = socket.AF_INET
    elif kind == ETH_IPV6 and len(packet) >= 40:
        start, number, source, target = 40, packet[6], packet[8:24], packet[24:40]
        family = socket.AF_INET6
    else:
        return None
    event = {"protocol": NAMES.get(number, str(number)), "from": socket.inet_ntop(family, source),
             "to": socket.inet_ntop(family, target), "size": len(packet)}
    if event["protocol"] in ("tcp", "udp", "udplite", "sctp") and len(packet) >= start + 4:
        event["port"] = struct.unpack_from("!H", packet, start + 2)[0]
    if event["protocol"] == "tcp" and len(packet) >= start + 14:
        event["syn"] = packet[start + 13] & 0x12 == 0x02
    return event


def main():
    for address in sys.argv[1:]:
        subprocess.run(["ip", "address", "add", address, "dev", "eth0"], check=True)
    own = {address.split("/")[0] for address in sys.argv[1:]} | {socket.gethostbyname(socket.gethostname())}
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_ALL))
    tap.bind(("eth0", ETH_ALL))
    control = Control("sinkhole")
    while True:
        packet, (_, kind, direction, _, _) = tap.recvfrom(65536)
        event = describe(kind, packet) if direction == socket.PACKET_HOST else None
        if event and event["to"] not in own:
            control.note(**event)


main()
