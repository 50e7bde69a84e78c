#!/usr/bin/env bash
# Prints the webhooks of a matrix-hookshot as hooks for hooks.yaml, and on standard error their
# JavaScript, which lotus-hooks does not run. It only reads. It needs curl and jq.
#
#   hookshot-hooks.sh REGISTRATION HOMESERVER DOMAIN
#   hookshot-hooks.sh /etc/matrix-synapse/hookshot.yml http://127.0.0.1:8008 example.org
#
# hookshot keeps the ids only in its bot's account data of each room, and the names and scripts
# in the room's state. Where a bot of its own has the webhooks (serviceBots in hookshot's
# config.yml), name it: BOT=@webhooks:example.org.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
registration=$1 homeserver=$2 domain=$3
type=uk.half-shot.matrix-hookshot.generic.hook

value() { sed -nE "s/^$1: *[\"']?([^\"' #]+).*/\1/p" "$registration"; }
token=$(value as_token)
bot=${BOT:-@$(value sender_localpart):$domain}

# ask requests a path. The token is kept out of the list of processes.
ask() {
	local url=$homeserver/_matrix/client/v3/$1
	curl -sf -G --data-urlencode "user_id=$bot" -H @<(echo "Authorization: Bearer $token") "$url"
}

rooms=$(ask joined_rooms) || { echo "$homeserver does not know $bot by the token in $registration" >&2; exit 1; }
jq -r '.joined_rooms[]' <<<"$rooms" | while read -r room; do
	ids=$(ask "user/$bot/rooms/$room/account_data/$type") || continue # it has none
	hooks=$(ask "rooms/$room/state" | jq -c --arg type "$type" --argjson ids "$ids" '
		map(select(.type == $type and .content.name and .content.disabled != true)) | .[] as $state
		| $ids | to_entries[] | select(.value == $state.state_key)
		| {id: .key, name: $state.content.name, script: $state.content.transformationFunction}')
	jq -r --arg room "$room" '
		(.name | ascii_downcase | gsub("[^a-z0-9.=_-]"; "") | if . == "" then "bot" else . end) as $user
		| "  - id: \(.id)\n    name: \(.name | tojson)\n    service: generic\n    room: \($room | tojson)\n    user: {localpart: \($user | tojson)}"' <<<"$hooks"
	jq -r 'select(.script) | "// \(.name)\n\(.script)\n"' <<<"$hooks" >&2
done
