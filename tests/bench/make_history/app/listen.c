#include "listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "route.h"

#define CONNECTIONS 128
#define LONGEST 4096

static struct pollfd polled[CONNECTIONS + 1];
static char received[CONNECTIONS + 1][LONGEST];
static size_t lengths[CONNECTIONS + 1];
static int used = 1;

static void close_one(int i) {
  close(polled[i].fd);
  used--;
  polled[i] = polled[used];
  lengths[i] = lengths[used];
  memcpy(received[i], received[used], sizeof received[i]);
}

static int answer(int i) {
  static struct text page;
  char head[128];
  struct request request;
  if (!parse_request(received[i], &request)) return 0;
  text_clear(&page);
  route(&request, &page);
  int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
                        page.length);
  if (write(polled[i].fd, head, (size_t)length) != length) return 0;
  return write(polled[i].fd, page.data, page.length) == (ssize_t)page.length;
}

static int serve(int i) {
  ssize_t got = read(polled[i].fd, received[i] + lengths[i], LONGEST - 1 - lengths[i]);
  if (got <= 0) return 0;
  lengths[i] += (size_t)got;
  received[i][lengths[i]] = 0;
  if (strstr(received[i], "\r\n\r\n") == NULL) return lengths[i] < LONGEST - 1;
  lengths[i] = 0;
  return answer(i);
}

static void accept_one(void) {
  int one = 1, fd = accept(polled[0].fd, NULL, NULL);
  if (fd < 0) return;
  if (used > CONNECTIONS) {
    close(fd);
    return;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  polled[used].fd = fd;
  polled[used].events = POLLIN;
  polled[used].revents = 0;
  lengths[used++] = 0;
}

int listen_at(int port) {
  struct sockaddr_in address = {0};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 64) != 0) return 1;
  polled[0].fd = fd;
  polled[0].events = POLLIN;
  while (poll(polled, (nfds_t)used, -1) >= 0) {
    for (int i = used - 1; i > 0; i--)
      if (polled[i].revents != 0 && !serve(i)) close_one(i);
    if (polled[0].revents != 0) accept_one();
  }
  return 1;
}
