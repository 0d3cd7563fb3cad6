# shellcheck shell=bash
# To be sourced: a PostgreSQL server for one run of the tests, with its own folder, port and password.
# It keeps fsync on, as in production. It ends with postgres_stop, and also when the shell that started it is killed.

postgres_pid=
postgres_folder=

# postgres_start LOG: starts the server and exports TABULARIO_PROVA_POSTGRES; or says why not, and fails.
postgres_start() {
    local log=$1 bin password attempt
    bin=$(postgres_bin) || return
    postgres_choose_user || return
    postgres_choose_folder || return
    password=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')

    postgres_as_user tee "$postgres_folder/password" <<<"$password" >/dev/null || return
    postgres_as_user "$bin/initdb" --pgdata="$postgres_folder/data" --username=prova \
        --pwfile="$postgres_folder/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >"$log" 2>&1 || {
        echo "initdb failed:" && tail -n 20 "$log"
        return 1
    }
    for attempt in 1 2 3 4 5; do
        if postgres_try_port "$bin" $((20000 + RANDOM % 10000)) "$log" "$password"; then return 0; fi
    done
    echo "PostgreSQL did not start, the last of $attempt times because of:" && tail -n 20 "$log"
    return 1
}

# postgres_stop: ends the server, if there is one, and removes its folder. It may be called twice.
postgres_stop() {
    if [[ -n $postgres_pid ]]; then
        kill -QUIT "$postgres_pid" 2>/dev/null # immediate shutdown: nobody needs these data any more
        wait "$postgres_pid" 2>/dev/null
        postgres_pid=
    fi
    [[ -z $postgres_folder ]] || rm -rf -- "$postgres_folder"
    postgres_folder=
}

# The newest of Debian's servers, or the one in PATH.
postgres_bin() {
    local newest
    newest=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort --version-sort | tail -n 1)
    [[ -n $newest ]] || newest=$(command -v initdb) || {
        echo "PostgreSQL is not installed: no initdb under /usr/lib/postgresql nor in PATH." >&2
        return 1
    }
    dirname "$newest"
}

# PostgreSQL refuses to run as root: root borrows the user that Debian's package makes.
postgres_choose_user() {
    postgres_setpriv=(setpriv)
    ((EUID == 0)) || return 0
    id postgres >/dev/null 2>&1 || {
        echo "PostgreSQL refuses to run as root and there is no user 'postgres' to run it."
        return 1
    }
    postgres_setpriv+=(--reuid=postgres --regid=postgres --init-groups)
}

postgres_as_user() {
    (cd "$postgres_folder" && exec "${postgres_setpriv[@]}" -- "$@")
}

# Under target/ where possible; under /tmp when that user cannot get there (a clone in /root) or the path is too long
# for a socket (107 bytes with its name).
postgres_choose_folder() {
    local base folder
    for base in "$PWD/target" /tmp; do
        folder=$(mktemp -d "$base/postgres.XXXXXX") || continue
        ((EUID != 0)) || chown postgres: "$folder"
        postgres_folder=$folder
        if ((${#folder} < 90)) && postgres_as_user test -w "$folder" 2>/dev/null; then return 0; fi
        postgres_stop
    done
    echo "There is no folder where PostgreSQL can keep its data: tried $PWD/target and /tmp."
    return 1
}

# The socket in the folder answers for this server only, so another one on the same port cannot be mistaken for it.
postgres_try_port() {
    local bin=$1 port=$2 log=$3 password=$4 tick
    (cd "$postgres_folder" && exec "${postgres_setpriv[@]}" --pdeathsig=QUIT -- "$bin/postgres" -D data -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories="$postgres_folder" -c fsync=on -c max_connections=200 \
        </dev/null >>"$log" 2>&1) &
    postgres_pid=$!
    for ((tick = 0; tick < 300; tick++)); do
        kill -0 "$postgres_pid" 2>/dev/null || break
        if "$bin/pg_isready" --quiet --host="$postgres_folder" --port="$port"; then
            export TABULARIO_PROVA_POSTGRES="postgres://prova:$password@127.0.0.1:$port/postgres"
            return 0
        fi
        sleep 0.1
    done
    kill -QUIT "$postgres_pid" 2>/dev/null
    wait "$postgres_pid" 2>/dev/null
    postgres_pid=
    return 1
}
