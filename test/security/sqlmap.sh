#!/usr/bin/env bash
#
# Attacks the built product with sqlmap: search, sort, filter, page, id, cursor, titles and keys, in REST and GraphQL.
#
#   test/security/sqlmap.sh              everything, about two minutes
#   test/security/sqlmap.sh rest-list    one attack or several by their names (see the end of this file)
#
# It needs sqlmap (Debian: apt-get install sqlmap) and curl. The server is its own, on a free port of this machine, with
# an embedded database in a temporary directory, both gone afterwards; settings of the environment and of .env have no
# part in it. Exits with 0 when nothing was found, with 1 when something was, and with 2 when an attack did not come
# to its end, so that nothing can be said. SQLMAP_LEVEL and SQLMAP_RISK (3 and 2) say how much is tried, SQLMAP_SECONDS
# (900) how long one attack may take, and SQLMAP_LOGS names a directory in which the logs of sqlmap and server are kept.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
level=${SQLMAP_LEVEL:-3} risk=${SQLMAP_RISK:-2} seconds=${SQLMAP_SECONDS:-900}
node=$root/node_modules/.bin/node
for program in sqlmap curl; do
  command -v "$program" >/dev/null || { echo "$program is not installed" >&2 && exit 2; }
done

node "$root/scripts/bootstrap.mjs" --build
work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  if [ -n "${SQLMAP_LOGS:-}" ]; then
    mkdir -p "$SQLMAP_LOGS"
    cp "$work"/*.log "$SQLMAP_LOGS"
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 2' INT TERM

free_port='const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
port=$("$node" -e "$free_port")
url=http://127.0.0.1:$port
secret=$("$node" -p 'require("node:crypto").randomBytes(32).toString("hex")')
settings=(PATH="$PATH" HOME="$work" DATA_DIR="$work/data" PORT="$port" BETTER_AUTH_SECRET="$secret" RATE_LIMIT_SCALE=0)

# From the temporary directory, where no .env is.
cd "$work"
env -i "${settings[@]}" "$node" "$root/dist/src/main.js" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 300); do
  curl -fs "$url/health/ready" >/dev/null && break
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2 && exit 2; }
  sleep 0.2
done
token=$(env -i "${settings[@]}" "$node" "$root/dist/src/commands/token.js" sqlmap --expires 12h)
authorization="Authorization: Bearer $token"
json='Content-Type: application/json'

ask() { curl -fsS -H "$authorization" -H "$json" "$@"; }
member() { "$node" -p "JSON.parse(require('node:fs').readFileSync(0, 'utf8')).$1"; }
for title in 'Buy milk' 'Write the report' 'Call the bank'; do
  ask "$url/api/tasks" -d "{\"title\": \"$title\", \"description\": \"as every week\"}" >"$work/task.json"
done
id=$(member id <"$work/task.json")
cursor=$(ask "$url/graphql" -d '{"query":"{ tasks(first: 1) { pageInfo { endCursor } } }"}' | member data.tasks.pageInfo.endCursor)

found=() unfinished=()

# attack NAME ARGUMENTS: one run of sqlmap, judged by what it says at its end. With one id for all requests the answers
# differ by nothing but what the attack makes of them.
attack() {
  local name=$1 begin=$SECONDS
  shift
  local log=$work/$name.log
  timeout "$seconds" sqlmap --batch --ignore-stdin --disable-coloring --flush-session --output-dir="$work/$name" \
    --dbms=PostgreSQL --level="$level" --risk="$risk" --timeout=10 --retries=1 --threads=4 \
    -H "$authorization" -H 'X-Request-Id: sqlmap' "$@" >"$log" 2>&1 || true
  local requests
  requests=$(grep -cE 'testing .*(PostgreSQL|Generic|blind|query|UNION)' "$log" || true)
  # What "appears to be injectable" on the way is checked by sqlmap itself before it says so.
  if grep -q 'identified the following injection point' "$log"; then
    found+=("$name")
    echo "FOUND       $name"
    grep -A 30 'identified the following injection point' "$log"
  elif grep -q 'all tested parameters do not appear to be injectable' "$log"; then
    echo "nothing     $name ($requests tests, $((SECONDS - begin)) s)"
  else
    unfinished+=("$name")
    echo "UNFINISHED  $name"
    tail -n 15 "$log"
  fi
}

# graphql NAME QUERY VARIABLES: a star in the variables marks what is attacked.
graphql() {
  attack "$1" -u "$url/graphql" -H "$json" --data="{\"query\": \"$2\", \"variables\": $3}"
}

wanted=("$@")
is_wanted() { [ ${#wanted[@]} -eq 0 ] || printf '%s\n' "${wanted[@]}" | grep -qx -- "$1"; }

# shellcheck disable=SC2016
list='query ($search: String, $after: String, $orderBy: [TaskOrder!], $filter: TaskFilter)'
list="$list { tasks(first: 5, search: \$search, after: \$after, orderBy: \$orderBy, filter: \$filter) { totalCount nodes { id title } } }"

is_wanted rest-list &&
  attack rest-list -u "$url/api/tasks?search=milk&sort=-created_at&page=1&limit=20&completed=false" \
    -p search,sort,page,limit,completed
is_wanted rest-id && attack rest-id -u "$url/api/tasks/$id*"
is_wanted rest-toggle && attack rest-toggle -u "$url/api/tasks/$id*/toggle" --method=PATCH --data='{}' -H "$json"
is_wanted rest-create &&
  attack rest-create -u "$url/api/tasks" -H "$json" -H 'Idempotency-Key: key*' \
    --data='{"title": "Buy*", "description": "milk*"}'
is_wanted rest-change &&
  attack rest-change -u "$url/api/tasks/$id" --method=PATCH -H "$json" -H 'If-Match: *' \
    --data='{"title": "Sell*"}'
is_wanted graphql-search && graphql graphql-search "$list" '{"search": "milk*"}'
is_wanted graphql-sort &&
  graphql graphql-sort "$list" '{"orderBy": [{"field": "TITLE*", "direction": "ASC*"}]}'
is_wanted graphql-cursor && graphql graphql-cursor "$list" "{\"after\": \"$cursor*\"}"
is_wanted graphql-filter &&
  graphql graphql-filter "$list" '{"filter": {"createdAt": {"gt": "2026-01-01T00:00:00Z*"}}}'
# shellcheck disable=SC2016 # the dollars are GraphQL's
is_wanted graphql-id &&
  graphql graphql-id 'query ($id: ID!) { task(id: $id) { id title } }' "{\"id\": \"$id*\"}"
# shellcheck disable=SC2016
is_wanted graphql-create &&
  graphql graphql-create 'mutation ($input: CreateTaskInput!) { createTask(input: $input) { task { id } } }' \
    '{"input": {"title": "Buy*", "description": "milk*"}}'

errors=$(grep -cE '"level":[56]0' "$work/server.log" || true)
echo "The server logged $errors errors."
[ "$errors" = 0 ] || grep -E '"level":[56]0' "$work/server.log" | head -n 5
if [ ${#found[@]} -gt 0 ]; then exit 1; fi
if [ ${#unfinished[@]} -gt 0 ] || [ "$errors" != 0 ]; then exit 2; fi
echo 'sqlmap found nothing.'
