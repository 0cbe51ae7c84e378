/* SPDX-License-Identifier: MIT
 * What kind of place a network address is: may a download go there? */
#ifndef PICSET_ADDRESS_H
#define PICSET_ADDRESS_H

#include <sys/socket.h>

enum address_kind {
    ADDRESS_PUBLIC,   /* assigned to somebody on the internet */
    ADDRESS_LOOPBACK, /* this machine */
    ADDRESS_INSIDE    /* every other: private, link-local, reserved, multicast, not understood */
};

/* Addresses of IPv4 inside IPv6 (mapped, NAT64) are judged as what they hold. `word` (may be NULL)
 * is set to one word for a message: "public", "loopback", "private", "link-local", … */
enum address_kind address_kind(const struct sockaddr *address, const char **word);
/* The same for "192.0.2.1" or "::1"; what is neither is ADDRESS_INSIDE, "unknown". */
enum address_kind address_kind_of_text(const char *text, const char **word);

#endif
