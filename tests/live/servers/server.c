// A small web server on malloc. MODE=chunk: keeps 16 bytes (a chunk of 32) of each request when
// LEAK=1. MODE=fragment: fills 64 MiB with blocks in the first requests, frees all but every
// tenth, and so keeps much of it without a leak; LEAK=1 then adds 1 KiB a request.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { most = 64, blocks = 65536 };
static void* block[blocks];
static long served;

static void keep(int leak, int fragment) {
  if (leak && !fragment) *(volatile char*)malloc(16) = 1;
  if (leak && fragment) memset(malloc(1024), 1, 1024);
  if (!fragment) return;
  for (int k = 0; k < 16; ++k) {
    long next = served * 16 + k;
    if (next < blocks) memset(block[next] = malloc(600 + next % 800), 1, 600);
    long old = next - 4096;
    if (old >= 0 && old < blocks && old % 10 != 0) free(block[old]);
  }
}

static void answer(int client) {
  char body[2048], page[2304];
  memset(body, 'x', sizeof body);
  int head =
      snprintf(page, sizeof page, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", sizeof body);
  memcpy(page + head, body, sizeof body);
  if (write(client, page, (size_t)head + sizeof body) < 0) return;
}

/// One read is one request: they are short, and no client of ours sends two at once.
static int serve(int client, int leak, int fragment) {
  char request[4096];
  ssize_t got = read(client, request, sizeof request);
  if (got <= 0) return 0;
  keep(leak, fragment);
  ++served;
  answer(client);
  return 1;
}

int main(void) {
  const char* leak = getenv("LEAK");
  const char* mode = getenv("MODE");
  const char* port = getenv("PORT");
  if (!port) return 2;
  int leaking = leak && !strcmp(leak, "1"), fragment = mode && !strcmp(mode, "fragment"), on = 1;
  signal(SIGPIPE, SIG_IGN);
  struct sockaddr_in place = {0};
  place.sin_family = AF_INET;
  place.sin_port = htons((unsigned short)atoi(port));
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct pollfd peer[most] = {{socket(AF_INET, SOCK_STREAM, 0), POLLIN, 0}};
  setsockopt(peer[0].fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(peer[0].fd, (struct sockaddr*)&place, sizeof place) || listen(peer[0].fd, most))
    return 1;
  int count = 1;
  while (poll(peer, (nfds_t)count, -1) > 0) {
    for (int k = count - 1; k > 0; --k) {
      if (!peer[k].revents || serve(peer[k].fd, leaking, fragment)) continue;
      close(peer[k].fd);
      peer[k] = peer[--count];
    }
    if (!(peer[0].revents & POLLIN)) continue;
    int client = accept(peer[0].fd, NULL, NULL);
    if (client < 0) continue;
    if (count == most) {
      close(client);
      continue;
    }
    peer[count].fd = client;
    peer[count].events = POLLIN;
    peer[count++].revents = 0;
  }
  return 1;
}
