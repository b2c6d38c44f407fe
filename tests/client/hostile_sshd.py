#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An SSH server, on the socket that is its stdin, that lets everybody in and then sends what nobody asked for, up to a
gigabyte. Usage: hostile_sshd.py HOST-KEY opens|early|asks"""
import socket
import sys
import threading

import paramiko
from paramiko.common import cMSG_CHANNEL_DATA, cMSG_CHANNEL_OPEN, cMSG_GLOBAL_REQUEST, cMSG_IGNORE

MOST = 1 << 30  # bytes
LONGEST = 30000


class Server(paramiko.ServerInterface):
    def __init__(self):
        self.asked = threading.Event()
        self.answer = threading.Event()

    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        self.asked.set()
        return self.answer.wait()


def channel_open():
    message = paramiko.Message()
    message.add_byte(cMSG_CHANNEL_OPEN)
    message.add_string("forwarded-tcpip")
    for number in (7, 1 << 20, 1 << 15):
        message.add_int(number)
    for text in ("x" * LONGEST, "y"):
        message.add_string(text)
        message.add_int(80)
    return message


def data(channel):
    message = paramiko.Message()
    message.add_byte(cMSG_CHANNEL_DATA)
    message.add_int(channel.remote_chanid)
    message.add_string(b"x" * LONGEST)
    return message


def keepalive():
    message = paramiko.Message()
    message.add_byte(cMSG_GLOBAL_REQUEST)
    message.add_string("keepalive@openssh.com")
    message.add_boolean(True)
    return message


def ignore():
    message = paramiko.Message()
    message.add_byte(cMSG_IGNORE)
    message.add_string(b"x" * LONGEST)
    return message


def main():
    key, what = sys.argv[1:]
    transport = paramiko.Transport(socket.socket(fileno=0))
    transport.add_server_key(paramiko.Ed25519Key.from_private_key_file(key))
    server = Server()
    transport.start_server(server=server)
    channel = transport.accept(20)
    server.asked.wait(20)
    if what != "early":
        server.answer.set()
    if what == "asks":  # and takes no answer
        transport.packetizer.read_message = threading.Event().wait
        for _ in range(20000):
            transport._send_user_message(keepalive())
    message = {"opens": channel_open, "early": lambda: data(channel), "asks": ignore}[what]
    for _ in range(0, MOST, LONGEST):
        if not transport.is_active():
            break
        transport._send_user_message(message())
    server.answer.set()


main()
