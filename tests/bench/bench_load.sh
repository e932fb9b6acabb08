#!/usr/bin/env bash
# Our own load beside wrk against the same nginx, in turns: requests a second of each round, and the
# ratio of ours to wrk's.
#
#   bench_load.sh BENCH_LOAD [ROUNDS [SECONDS]]
#
# Needs nginx and wrk (Debian: nginx-light, wrk). Both get 16 connections and one thread.
set -euo pipefail
bench=$(realpath "$1") rounds=${2:-5} seconds=${3:-4} port=${PORT:-18080}
for tool in nginx wrk; do
  command -v "$tool" > /dev/null || { echo "skipped: $tool is not installed"; exit 0; }
done

work=$(mktemp -d /tmp/leakbisect-load-XXXXXX)
trap 'kill "$server" 2> /dev/null; wait "$server" 2> /dev/null; rm -rf "$work"' EXIT
mkdir "$work/pages"
echo '<!DOCTYPE html><title>Home</title><p>Hello' > "$work/pages/index.html"
cat > "$work/nginx.conf" << CONF
daemon off; worker_processes 1; pid $work/pid; error_log $work/error.log;
events { worker_connections 128; }
http {
  access_log off; keepalive_requests 100000000;
  client_body_temp_path $work/a; proxy_temp_path $work/b; fastcgi_temp_path $work/c;
  uwsgi_temp_path $work/d; scgi_temp_path $work/e;
  server { listen 127.0.0.1:$port; root $work/pages; }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" &
server=$!
for _ in $(seq 50); do (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break; sleep 0.1; done

"$bench" "$port" 1 > /dev/null  # a round of neither, to warm up
for round in $(seq "$rounds"); do
  ours=$("$bench" "$port" "$seconds" 16)
  theirs=$(wrk -t1 -c16 -d"${seconds}s" "http://127.0.0.1:$port/" |
    awk '/^Requests\/sec/ {printf "%.0f", $2}')
  echo "round $round: ours $ours, wrk $theirs, ratio $(awk "BEGIN {printf \"%.2f\", $ours / $theirs}")"
done | tee "$work/rounds"
sort -k8 -n "$work/rounds" |
  awk '{ratio[NR] = $NF} END {print "median ratio", ratio[int((NR + 1) / 2)]}'
