#!/usr/bin/env python3
"""Reads a room as an ordinary member, with matrix-nio: a client that shares no code with ours.

    read_room.py --homeserver URL --user @ann:example.org --password PASS [--room ID] [--seconds 60]

Logs in on a new device, joins the room when one is given, and prints one JSON object per line:

    {"ready": true, "device_id": "…"}      once its keys are published: what is sent from now on
                                           can be decrypted
    {"event_id", "room_id", "sender", "type", "decrypted", "msgtype", "body", "formatted_body",
     "content"}                            for each message; "decrypted" says that it was encrypted
    {"event_id", "room_id", "sender", "type": "m.room.encrypted", "error"}
                                           for what cannot be decrypted

It ends after the given time, or when its standard input is closed. It needs Debian's
python3-matrix-nio and python3-olm (in other places: pip install "matrix-nio[e2e]").
"""
import argparse
import asyncio
import json
import sys
import tempfile

from nio import AsyncClient, AsyncClientConfig, LoginError, MegolmEvent, RoomMessage

EVERYTHING = {"room": {"timeline": {"limit": 1000}}}  # not the last ten events alone


def say(**fields):
    print(json.dumps(fields, ensure_ascii=False), flush=True)


def on_message(room, event):
    content = event.source.get("content", {})
    say(
        event_id=event.event_id,
        room_id=room.room_id,
        sender=event.sender,
        type="m.room.message",
        decrypted=event.decrypted,
        msgtype=content.get("msgtype"),
        body=content.get("body"),
        formatted_body=content.get("formatted_body"),
        content=content,
    )


def on_undecryptable(room, event):
    say(
        event_id=event.event_id,
        room_id=room.room_id,
        sender=event.sender,
        type="m.room.encrypted",
        error=f"no key for session {event.session_id}",
    )


async def closed_stdin():
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def follow(args, store):
    config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    client = AsyncClient(args.homeserver, args.user, store_path=store, config=config)
    try:
        login = await client.login(args.password, device_name="nio")
        if isinstance(login, LoginError):
            sys.exit(f"log in: {login.message}")
        if args.room:
            await client.join(args.room)
        await client.sync(timeout=0, full_state=True)
        if client.should_upload_keys:
            await client.keys_upload()
        client.add_event_callback(on_message, RoomMessage)
        client.add_event_callback(on_undecryptable, MegolmEvent)
        say(ready=True, device_id=client.device_id)
        syncing = asyncio.create_task(client.sync_forever(timeout=5000, loop_sleep_time=500, sync_filter=EVERYTHING))
        waiting = asyncio.create_task(closed_stdin())
        await asyncio.wait({syncing, waiting}, timeout=args.seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in (syncing, waiting):
            task.cancel()
    finally:
        await client.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--homeserver", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--room")
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as store:
        asyncio.run(follow(args, store))


if __name__ == "__main__":
    main()
