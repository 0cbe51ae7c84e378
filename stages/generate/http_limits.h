/* SPDX-License-Identifier: MIT
 * Times of the HTTP layer, for those who cannot wait: tests. Everybody else takes http_new. */
#ifndef PICSET_HTTP_LIMITS_H
#define PICSET_HTTP_LIMITS_H

#include "http.h"

struct http_limits {
    double connect;    /* seconds for name, connection and TLS */
    double answer;     /* seconds in all, where the request says none */
    double fetch;      /* seconds in all for a download */
    double stall;      /* seconds over which bytes that flow are counted, … */
    double stall_rate; /* … and bytes per second that they must reach */
    double pace;       /* share of the seconds that a request says itself; 0: 1 */
    int redirects;     /* of a download */
};

extern const struct http_limits http_limits_default;

PICSET_NODISCARD enum status http_new_with(const struct http_limits *limits, struct http **out,
                                           struct error *error);

#endif
