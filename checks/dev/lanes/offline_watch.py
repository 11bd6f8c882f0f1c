"""A watch beside an offline engine that logs, one line of JSON for each, what tries to leave: DNS queries and packets.

    python offline_watch.py ADDRESS INTERFACE

At ADDRESS it answers every question for a name with "there is none". INTERFACE leads nowhere: what is sent there is
lost.
"""

import json
import signal
import socket
import struct
import sys
import threading
from collections.abc import Iterator

IPV4 = 0x0800
ALL_PROTOCOLS = 3
NO_SUCH_NAME = 0x8183  # an answer, recursion offered, code 3
PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp"}


def note(**entry: object) -> None:
    print(json.dumps(entry), flush=True)


def names(address: str) -> Iterator[str]:
    """Yield the names of DNS queries, and answer each at once. Source of the format: RFC 1035, section 4.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((address, 53))
        note(ready=address)
        while True:
            question, client = server.recvfrom(4096)
            if len(question) < 13:
                continue
            labels, at = [], 12
            while at < len(question) and (length := question[at]):
                labels.append(question[at + 1 : at + 1 + length].decode(errors="replace"))
                at += 1 + length
            # The header, and the question itself: without the options that may follow.
            server.sendto(question[:2] + struct.pack("!HHHHH", NO_SUCH_NAME, 1, 0, 0, 0) + question[12 : at + 5], client)
            yield ".".join(labels)


def packets(interface: str) -> Iterator[str]:
    """Yield the destinations of the IPv4 packets sent into the interface, as "tcp 203.0.113.7:443"."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS)) as tap:
        tap.bind((interface, 0))
        while True:
            frame = tap.recv(2048)
            if struct.unpack("!H", frame[12:14])[0] != IPV4:
                continue
            packet = frame[14:]
            protocol, target = packet[9], socket.inet_ntoa(packet[16:20])
            header = (packet[0] & 15) * 4
            port = f":{struct.unpack('!H', packet[header + 2 : header + 4])[0]}" if protocol in (6, 17) else ""
            yield f"{PROTOCOLS.get(protocol, protocol)} {target}{port}"


def watch_packets(interface: str) -> None:
    for target in packets(interface):
        note(packet=target)


if __name__ == "__main__":
    # The engine's process ends the watch: Ctrl-C is for that one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch_packets, args=(sys.argv[2],), daemon=True).start()
    for name in names(sys.argv[1]):
        note(name=name)
