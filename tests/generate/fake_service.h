/* SPDX-License-Identifier: MIT
 * A generation service inside the process: http.h implemented without a network, and a provider
 * with a protocol of a few words. The service's own books can lie in memory that processes share,
 * so that a client may be killed and started again. Linked instead of the real HTTP layer. */
#ifndef PICSET_TEST_FAKE_SERVICE_H
#define PICSET_TEST_FAKE_SERVICE_H

#include <pthread.h>

#include "http.h"

enum { FAKE_JOBS = 128, FAKE_FAULTS = 8, FAKE_CREATES = 1024, FAKE_IMAGE_BYTES = 65536 };

enum fake_fault {
    FAKE_FINE,
    FAKE_NOT_SENT,        /* the service is not reached */
    FAKE_LOST,            /* reached, and done; the answer is lost */
    FAKE_HANG,            /* done; the answer comes after half a second */
    FAKE_BUSY,            /* "later", for everybody (429) */
    FAKE_BUSY_LONG,       /* the same, for an hour */
    FAKE_ERROR,           /* "later", for this one (503) */
    FAKE_ODD,             /* not done, and nobody can tell from the answer */
    FAKE_TASK_IN_FAILURE, /* done; the answer is a failure that names the task */
    FAKE_REFUSED,
    FAKE_FAILED,
    FAKE_MISSING,  /* 404 */
    FAKE_STOP,     /* no credit */
    FAKE_EXPIRED,  /* a link: 403 until it is refreshed */
    FAKE_CUT,      /* half of the image */
    FAKE_NO_IMAGE, /* bytes of something else */
    FAKE_FORBIDDEN /* an address that is not allowed */
};

struct fake_rule {      /* the first that fits */
    char what;          /* 'c'reate, 'p'oll, 'f'etch, 'r'efresh, 'u'pload */
    const char *prompt; /* NULL: of all jobs */
    int from, count;    /* the from-th request of this kind for the job, counted from 0 */
    enum fake_fault fault;
};

struct fake_job {
    char prompt[64];
    int asked[128]; /* requests by kind */
    int created;    /* times that it was made, and paid for */
    int polls_left;
    int link;       /* number of the link that works */
    bool delivered; /* the whole image went out */
};

struct fake_service { /* {0} with rules, image and polls is ready for fake_open */
    pthread_mutex_t lock;
    struct fake_rule rules[FAKE_FAULTS];
    struct fake_job jobs[FAKE_JOBS];
    int job_count;
    int polls;                     /* before a job is ready */
    double delay;                  /* seconds until an answer comes */
    double arrivals[FAKE_CREATES]; /* when creates came */
    int arrival_count, uploads, busy_answers;
    int under_way, under_way_most; /* creates without their answer */
    char last_references[256];
    unsigned char image[FAKE_IMAGE_BYTES];
    size_t image_size;
};

extern const struct provider fake_jobs;   /* a task to poll, a link to fetch */
extern const struct provider fake_direct; /* the image in the answer; 2 creates in 0.2 s */
extern const struct provider fake_slow;   /* as fake_jobs; 10 creates in 0.5 s */

/* A service in memory that is shared with child processes. */
struct fake_service *fake_shared(void);
void fake_unshare(struct fake_service *service);
/* http_new of this process talks to it from now on. */
void fake_use(struct fake_service *service);
struct fake_job *fake_job(struct fake_service *service, const char *prompt); /* NULL: unknown */
/* The most creates that came within any `seconds`. */
int fake_rate(const struct fake_service *service, double seconds);

#endif
