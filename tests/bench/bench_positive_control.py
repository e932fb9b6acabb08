#!/usr/bin/env python3
"""Is a known leak seen in servers of all kinds, and is its size right within its interval?

Writes a small flat server in each language that this machine has, runs `leakbisect check --json` on
it again and again, and counts what the point "known leak" says. One server is too noisy on purpose:
bursts of garbage that is kept for a while. There a leak that was not seen, or not as what it is, must
be said not to be.

    bench_positive_control.py BINARY [--count 20] [--only node,c] [--size 256]

Prints a table and exits 1 where fewer were seen than asked for (all of them; sizes right in 19 of 20).
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

NODE = """
const http = require('http');
const noisy = process.env.NOISY === '1';
let kept = [];
http.createServer((request, response) => {
  const body = 'x'.repeat(200) + Math.random();
  if (noisy && Math.random() < 0.02)
    kept.push({until: Date.now() + 8000 * Math.random(), data: Buffer.alloc(Math.random() * 4e6, 1)});
  if (noisy) kept = kept.filter(one => one.until > Date.now());
  response.end(body);
}).listen(+process.env.PORT, '127.0.0.1');
"""

PYTHON = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        body = (','.join(str(i) for i in range(200))).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
"""

GO = """
package main
import ("fmt"; "net/http"; "os"; "strings")
func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, strings.Repeat("x", 2000))
	})
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
"""

JAVA = """
import com.sun.net.httpserver.*;
import java.net.InetSocketAddress;
public class Server {
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.createContext("/", exchange -> {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 200; ++i) text.append(i).append(',');
      byte[] body = text.toString().getBytes();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }
}
"""

C = r"""
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void *talk(void *given) {
  int peer = (int)(intptr_t)given;
  char text[4096];
  const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";
  while (read(peer, text, sizeof text) > 0) {
    char *copy = malloc(2000);
    memset(copy, 1, 2000);
    if (write(peer, answer, sizeof answer - 1) < 0) break;
    free(copy);
  }
  close(peer);
  return NULL;
}
int main(void) {
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(getenv("PORT")))};
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&place, sizeof place) != 0) return 1;
  listen(listener, 64);
  for (;;) {
    pthread_t thread;
    int peer = accept(listener, NULL, NULL);
    if (peer < 0 || pthread_create(&thread, NULL, talk, (void *)(intptr_t)peer) != 0) continue;
    pthread_detach(thread);
  }
}
"""

# name: (program that must be there, file, text, build, start, environment)
SERVERS = {
    "node": ("node", "server.cjs", NODE, None, ["node", "server.cjs"], {}),
    "c": ("gcc", "server.c", C, "gcc -O1 -o server server.c -pthread", ["./server"], {}),
    "python": ("python3", "server.py", PYTHON, None, [sys.executable, "server.py"], {}),
    "go": ("go", "server.go", GO, "go build -o server server.go", ["./server"], {}),
    "jvm": ("javac", "Server.java", JAVA, "javac Server.java", ["java", "-cp", ".", "Server"], {}),
    "noisy node": ("node", "server.cjs", NODE, None, ["node", "server.cjs"], {"NOISY": "1"}),
}
SEEN = re.compile(r"was seen as (-?[\d.]+) ± ([\d.]+) B/request after (.*?)(,|$)")


def write_hunt(folder, name, size):
    _, file, text, build, start, env = SERVERS[name]
    app = folder / "app"
    app.mkdir(parents=True)
    (app / file).write_text(text)
    if build:
        subprocess.run(["sh", "-c", build], cwd=app, check=True)
    hunt = {
        "subject": {"directory": "app", "start": start, "env": {"PORT": "{port}", **env},
                    "ready": {"http": "/"}, "stop": {"grace": "1s"}},
        "load": {"http": {"rate": 200}},
        "units": {"components": [{"name": "a", "off": {"env": {"A": "0"}}}]},
        "search": {"smallest_leak": size},
    }
    (folder / "hunt.json").write_text(json.dumps(hunt))


def say(binary, folder):
    ran = subprocess.run([binary, "check", "hunt.json", "--json"], cwd=folder, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    points = json.loads(ran.stdout)["points"]
    said = [point["text"] for point in points if point["point"] == "known leak"]
    return said[0] if said else "no control: " + str(points[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--only", default=",".join(SERVERS))
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--quiet", action="store_true", help="only the table")
    options = parser.parse_args()
    failed = False
    rows = []
    for name in options.only.split(","):
        if shutil.which(SERVERS[name][0]) is None:
            rows.append(f"{name:<12} {SERVERS[name][0]} is not there")
            continue
        seen = right = told = 0
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            write_hunt(folder, name, options.size)
            for _ in range(options.count):
                text = say(options.binary, folder)
                if not options.quiet:
                    print(f"{name}: {text}", flush=True)
                found = SEEN.search(text)
                owned = "which is not its size" in text  # seen, and said to be no measure
                seen += found is not None and not owned
                told += owned or "could not have seen" in text
                right += (found is not None and not owned and
                          abs(float(found[1]) - options.size) <= float(found[2]) + 0.5)
        rows.append(f"{name:<12} {seen:>4}/{options.count} {right:>12}/{options.count} "
                    f"{told:>12}/{options.count}")
        if not name.startswith("noisy"):
            failed |= seen < options.count or right < options.count * 19 / 20
        else:
            failed |= seen + told < options.count or right < seen
    print(f"{'server':<12} {'seen':>7} {'size right':>15} {'said not to be':>15}")
    print("\n".join(rows))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
