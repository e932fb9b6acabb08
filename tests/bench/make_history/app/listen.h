#ifndef LISTEN_H
#define LISTEN_H

/* Serves 127.0.0.1 at that port for ever; returns 1 when it cannot. */
int listen_at(int port);

#endif
