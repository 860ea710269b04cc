#!/bin/sh
# Makes a backup in the directory that is given, verifies it, and only then removes those older than two weeks.
set -eu
cd "$(dirname "$0")/../.."
node=node_modules/.bin/node
file=$1/todo-$(date -u +%Y-%m-%dT%H%M%SZ).backup
"$node" dist/src/commands/backup.js "$file"
"$node" dist/src/commands/backup.js verify "$file"
find "$1" -name 'todo-*.backup' -mtime +14 -delete
# What a backup left behind that was killed.
find "$1" -name 'todo-*.backup.partial-*' -mtime +1 -delete
