/* SPDX-License-Identifier: MIT
 * The special ranges of IANA's IPv4 and IPv6 registries (RFC 6890 and what has been added since).
 */
#include "generate/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

struct range {
    const char *network;
    int bits;
    const char *word;
};

static const struct range ranges_4[] = {
    {"0.0.0.0", 8, "unspecified"},        {"10.0.0.0", 8, "private"},
    {"100.64.0.0", 10, "shared"},         {"127.0.0.0", 8, "loopback"},
    {"169.254.0.0", 16, "link-local"},    {"172.16.0.0", 12, "private"},
    {"192.0.0.0", 24, "reserved"},        {"192.0.2.0", 24, "documentation"},
    {"192.88.99.0", 24, "reserved"},      {"192.168.0.0", 16, "private"},
    {"198.18.0.0", 15, "benchmark"},      {"198.51.100.0", 24, "documentation"},
    {"203.0.113.0", 24, "documentation"}, {"224.0.0.0", 4, "multicast"},
    {"240.0.0.0", 4, "reserved"},         {0},
};

/* Only 2000::/3 is handed out to the public; 6to4 and Teredo carry addresses that we cannot see
 * through, and nobody serves images from them. */
static const struct range ranges_6[] = {
    {"::", 128, "unspecified"},
    {"::1", 128, "loopback"},
    {"fc00::", 7, "private"},
    {"fe80::", 10, "link-local"},
    {"fec0::", 10, "private"},
    {"ff00::", 8, "multicast"},
    {"2001::", 23, "reserved"},
    {"2002::", 16, "reserved"},
    {"2001:db8::", 32, "documentation"},
    {"3fff::", 20, "documentation"},
    {0},
};

static const struct range embedded[] = {{"::ffff:0:0", 96, ""}, {"64:ff9b::", 96, ""}, {0}};
static const struct range global[] = {{"2000::", 3, ""}, {0}};

static bool begins_equal(const unsigned char *a, const unsigned char *b, int bits)
{
    int whole = bits / 8, rest = bits % 8;
    return memcmp(a, b, (size_t)whole) == 0 &&
           (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

static const struct range *range_find(const struct range *ranges, int family,
                                      const unsigned char *bytes)
{
    for (; ranges->network; ranges++) {
        unsigned char network[16];
        if (inet_pton(family, ranges->network, network) == 1 &&
            begins_equal(bytes, network, ranges->bits)) {
            return ranges;
        }
    }
    return NULL;
}

static const char *word_4(const unsigned char *bytes)
{
    const struct range *range = range_find(ranges_4, AF_INET, bytes);
    return range ? range->word : "public";
}

static const char *word_6(const unsigned char *bytes)
{
    if (range_find(embedded, AF_INET6, bytes)) {
        return word_4(bytes + 12);
    }
    const struct range *range = range_find(ranges_6, AF_INET6, bytes);
    return range ? range->word : range_find(global, AF_INET6, bytes) ? "public" : "reserved";
}

static enum address_kind kind_of_word(const char *said, const char **word)
{
    if (word) {
        *word = said;
    }
    return strcmp(said, "public") == 0     ? ADDRESS_PUBLIC
           : strcmp(said, "loopback") == 0 ? ADDRESS_LOOPBACK
                                           : ADDRESS_INSIDE;
}

enum address_kind address_kind(const struct sockaddr *address, const char **word)
{
    const char *said = "unknown";
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof four);
        said = word_4((const unsigned char *)&four.sin_addr);
    } else if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof six);
        said = word_6((const unsigned char *)&six.sin6_addr);
    }
    return kind_of_word(said, word);
}

enum address_kind address_kind_of_text(const char *text, const char **word)
{
    unsigned char bytes[16];
    if (inet_pton(AF_INET, text, bytes) == 1) {
        return kind_of_word(word_4(bytes), word);
    }
    return kind_of_word(inet_pton(AF_INET6, text, bytes) == 1 ? word_6(bytes) : "unknown", word);
}
