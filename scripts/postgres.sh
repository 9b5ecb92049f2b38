# To be sourced: a PostgreSQL 15 of our own, on a free port of 127.0.0.1 and a socket, under a temporary directory.
# start_postgres sets PARLANCE_TEST_POSTGRES; stop_postgres ends exactly that server and removes its files.

postgres_pid=
postgres_dir=

# PostgreSQL refuses to run as root.
as_postgres_user() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"
  else
    "$@"
  fi
}

start_postgres() {
  local programs=/usr/lib/postgresql/15/bin port
  if [ ! -x "$programs/initdb" ]; then
    echo "PostgreSQL 15 is not installed" >&2
    return 1
  fi
  postgres_dir=$(mktemp -d "${TMPDIR:-/tmp}/parlance-postgres-XXXXXXXX")
  [ "$(id -u)" -ne 0 ] || chown postgres "$postgres_dir"
  chmod 755 "$postgres_dir"
  (
    cd "$postgres_dir"
    as_postgres_user "$programs/initdb" -D "$postgres_dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8
  ) > "$postgres_dir/initdb.log" 2>&1 || { cat "$postgres_dir/initdb.log" >&2; return 1; }
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  cd "$postgres_dir"
  # The tests end our servers in the middle of things, never this one: it need not wait for the disk.
  # setpriv becomes the server, so that $! is its pid.
  local prefix=()
  [ "$(id -u)" -ne 0 ] || prefix=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
  "${prefix[@]}" "$programs/postgres" -D "$postgres_dir/data" -p "$port" -k "$postgres_dir" \
    -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=256MB -c fsync=off -c full_page_writes=off \
    > "$postgres_dir/server.log" 2>&1 &
  postgres_pid=$!
  cd "$OLDPWD"
  for _ in $(seq 100); do
    if "$programs/pg_isready" -q -h 127.0.0.1 -p "$port" -U postgres; then
      export PARLANCE_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
      return 0
    fi
    kill -0 "$postgres_pid" 2> /dev/null || break
    sleep 0.1
  done
  echo "PostgreSQL did not start:" >&2
  cat "$postgres_dir/server.log" >&2
  return 1
}

stop_postgres() {
  if [ -n "$postgres_pid" ]; then
    kill -INT "$postgres_pid" 2> /dev/null || true
    wait "$postgres_pid" 2> /dev/null || true
  fi
  [ -z "$postgres_dir" ] || rm -rf "$postgres_dir"
  postgres_pid=
  postgres_dir=
}
