#!/usr/bin/env python3
"""Follows the events of Context7 CRM and writes each as a line of JSON to standard output. Needs nothing but Python 3.

    CRM_URL=https://crm.example.com CRM_TOKEN=crm_… ./events_client.py --kind 'customer.*' --cursor cursor.txt

The place is kept in the cursor file, and only after the lines have been handed on: whoever stops it at any moment gets every event at least
once, and the last few perhaps twice. Tell them apart by their id.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request


def read_cursor(path):
    try:
        with open(path, encoding="utf-8") as file:
            return int(file.read().strip() or 0)
    except FileNotFoundError:
        return 0


def write_cursor(path, after):
    draft = path + ".new"
    with open(draft, "w", encoding="utf-8") as file:
        file.write(f"{after}\n")
        file.flush()
        os.fsync(file.fileno())
    # All of it or nothing.
    os.replace(draft, path)


def fetch(url, token, after, kind, limit):
    query = {"after": after, "limit": limit}
    if kind:
        query["kind"] = kind
    request = urllib.request.Request(
        f"{url.rstrip('/')}/api/v1/crm/events/?{urllib.parse.urlencode(query)}",
        headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def main():
    parser = argparse.ArgumentParser(description="Follows the events of Context7 CRM.")
    parser.add_argument("--cursor", default="cursor.txt", help="where the place is kept")
    parser.add_argument("--kind", help="customer.created, customer.*; several separated by commas")
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--once", action="store_true", help="end when there is nothing more")
    options = parser.parse_args()
    url = os.environ.get("CRM_URL", "http://localhost:8080")
    token = os.environ.get("CRM_TOKEN") or sys.exit("CRM_TOKEN must hold an API token with the permission event.read")

    after = read_cursor(options.cursor)
    pause = 1
    while True:
        try:
            part = fetch(url, token, after, options.kind, options.limit)
            pause = 1
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                sys.exit(f"{error.code}: {error.read().decode('utf-8', 'replace')}")
            print(f"{error.code}, again in {pause} s", file=sys.stderr)
            time.sleep(pause)
            pause = min(pause * 2, 60)
            continue
        except OSError as error:
            print(f"{error}, again in {pause} s", file=sys.stderr)
            time.sleep(pause)
            pause = min(pause * 2, 60)
            continue
        for event in part["results"]:
            print(json.dumps(event, ensure_ascii=False))
        # First handed on, then passed.
        sys.stdout.flush()
        if part["next_after"] != after:
            after = part["next_after"]
            write_cursor(options.cursor, after)
        if len(part["results"]) < options.limit:
            if options.once:
                return
            time.sleep(1)


if __name__ == "__main__":
    main()
