#!/usr/bin/env python3
"""An ordinary member of rooms, with matrix-nio: a client that shares no code with ours.

    member.py --homeserver URL --user @ann:example.org --password PASS [--room ID] [--seconds 60]

Logs in on a new device, joins the room when one is given, whose events until then are left out,
accepts every invitation, and prints one JSON object per line:

    {"ready": true, "device_id": "…"}      once its keys are published: what is sent from now on
                                           can be decrypted
    {"room_id", "joined": true}            when an invitation is accepted
    {"event_id", "room_id", "sender", "type", "decrypted", "content", "redacts"}
                                           for each event of a timeline; "decrypted" says that it
                                           was encrypted
    {"event_id", "room_id", "sender", "type": "m.room.encrypted", "error"}
                                           for what cannot be decrypted

It reads such lines, too, and does what they say, one after the other, encrypted where the room is:

    {"do": "send", "room": ID, "type": "m.room.message", "content": {…}}
    {"do": "redact", "room": ID, "event": ID}
    {"do": "join", "room": ID}
    {"do": "leave", "room": ID}

and answers each with {"done": true, "event_id": "…"} or {"done": true, "error": "…"}. It ends
after the given time, or when its standard input is closed. It needs Debian's python3-matrix-nio
and python3-olm (in other places: pip install "matrix-nio[e2e]").
"""
import argparse
import asyncio
import json
import sys
import tempfile

from nio import (
    AsyncClient,
    AsyncClientConfig,
    ErrorResponse,
    Event,
    InviteMemberEvent,
    LoginError,
    MegolmEvent,
)

EVERYTHING = {"room": {"timeline": {"limit": 1000}}}  # not the last ten events alone


def say(**fields):
    print(json.dumps(fields, ensure_ascii=False), flush=True)


class Member:
    def __init__(self, client):
        self.client = client
        self.known = asyncio.Condition()  # told when /sync has brought something

    def on_event(self, room, event):
        if isinstance(event, MegolmEvent):
            return
        say(
            event_id=event.event_id,
            room_id=room.room_id,
            sender=event.sender,
            type=event.source.get("type"),
            decrypted=bool(event.decrypted),
            content=event.source.get("content", {}),
            redacts=event.source.get("redacts") or event.source.get("content", {}).get("redacts"),
        )

    def on_undecryptable(self, room, event):
        say(
            event_id=event.event_id,
            room_id=room.room_id,
            sender=event.sender,
            type="m.room.encrypted",
            error=f"no key for session {event.session_id}",
        )

    async def on_invitation(self, room, event):
        if event.state_key == self.client.user_id and event.membership == "invite":
            if not isinstance(await self.client.join(room.room_id), ErrorResponse):
                say(room_id=room.room_id, joined=True)

    async def on_sync(self, _):
        async with self.known:
            self.known.notify_all()

    async def room(self, room_id):
        """Waits until /sync has told of a room."""
        async with self.known:
            await asyncio.wait_for(self.known.wait_for(lambda: room_id in self.client.rooms), 30)

    async def do(self, what):
        room = what["room"]
        if what["do"] == "join":
            answer = await self.client.join(room)
        elif what["do"] == "leave":
            answer = await self.client.room_leave(room)
        elif what["do"] == "redact":
            answer = await self.client.room_redact(room, what["event"])
        else:
            await self.room(room)
            if self.client.should_query_keys:
                await self.client.keys_query()
            answer = await self.client.room_send(
                room, what["type"], what["content"], ignore_unverified_devices=True
            )
        if isinstance(answer, ErrorResponse):
            raise RuntimeError(str(answer))
        return getattr(answer, "event_id", None)

    async def obey(self):
        reader = asyncio.StreamReader(limit=1 << 20)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            try:
                say(done=True, event_id=await self.do(json.loads(line)))
            except Exception as e:  # the test wants to know
                say(done=True, error=f"{type(e).__name__}: {e}")


async def follow(args, store):
    config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    client = AsyncClient(args.homeserver, args.user, store_path=store, config=config)
    member = Member(client)
    try:
        login = await client.login(args.password, device_name="nio")
        if isinstance(login, LoginError):
            sys.exit(f"log in: {login.message}")
        if args.room:
            await client.join(args.room)
        client.add_event_callback(member.on_invitation, InviteMemberEvent)
        await client.sync(timeout=0, full_state=True)
        if client.should_upload_keys:
            await client.keys_upload()
        client.add_event_callback(member.on_event, Event)
        client.add_event_callback(member.on_undecryptable, MegolmEvent)
        client.add_response_callback(member.on_sync)
        say(ready=True, device_id=client.device_id)
        following = asyncio.create_task(
            client.sync_forever(
                timeout=5000, loop_sleep_time=200, sync_filter=EVERYTHING, set_presence="offline"
            )
        )
        obeying = asyncio.create_task(member.obey())
        await asyncio.wait({following, obeying}, timeout=args.seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in (following, obeying):
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
