/* SPDX-License-Identifier: MIT */
/* sock.h - unix sockets by path, and descriptors through them */
#ifndef BOX_SOCK_H
#define BOX_SOCK_H

/* HOST: a stream connection to the socket at path, which may be as long as a path can be. A
 * descriptor or -errno. */
int sock_connect(const char *path);

/* One message: a text (with its NUL left out) and one descriptor.  0 or -errno. */
int sock_send_fd(int sock, const char *text, int fd);

/* Receives such a message; the text is dropped. A descriptor or -errno; -EPROTO when it brought
 * none or several. */
int sock_receive_fd(int sock);

#endif
