#!/usr/bin/env python3
"""One person in encrypted rooms, for bench.py: a line of JSON in for each message to send, a line out for each one seen.

usage: chat.py HOMESERVER USER TOKEN DEVICE, on matrix-nio.
"""
import asyncio
import json
import sys
import tempfile

from nio import AsyncClient, AsyncClientConfig, RoomMessageText


def tell(**what):
    print(json.dumps(what, separators=(",", ":")), flush=True)


async def main(homeserver, user, token, device):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as store:
        config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=False)
        client = AsyncClient(homeserver, user, device_id=device, store_path=store, config=config)
        client.restore_login(user, device, token)
        await client.sync(timeout=0, full_state=True)
        if client.should_upload_keys:
            await client.keys_upload()

        async def seen(room, event):
            tell(room=room.room_id, sender=event.sender, body=event.body)

        client.add_event_callback(seen, RoomMessageText)
        syncing = asyncio.create_task(client.sync_forever(timeout=10_000))
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
        tell(up=True)
        while line := await lines.readline():
            asked = json.loads(line)
            content = {"msgtype": "m.text", "body": asked["body"]}
            sent = await client.room_send(
                asked["room"], "m.room.message", content, tx_id=asked["txn"], ignore_unverified_devices=True)
            tell(sent=asked["txn"], event=sent.event_id)
        syncing.cancel()
        await client.close()


asyncio.run(main(*sys.argv[1:]))
