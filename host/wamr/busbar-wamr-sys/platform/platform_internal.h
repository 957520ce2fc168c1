/* What WAMR wants of a platform (core/shared/platform/include), for a machine without an operating system: one thread, no files,
   and no memory but the pool that wasm_runtime_full_init is given. */

#ifndef _PLATFORM_INTERNAL_H
#define _PLATFORM_INTERNAL_H

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* There is one thread, so nobody waits for a lock. */
typedef int korp_tid;
typedef int korp_thread;
typedef int korp_mutex;
typedef int korp_cond;
typedef int korp_rwlock;
typedef unsigned int korp_sem;

/* Named by declarations that nothing here uses. */
typedef int os_file_handle;
typedef void *os_dir_stream;
typedef int os_raw_file_handle;
typedef int os_poll_file_handle;
typedef unsigned int os_nfds_t;
typedef int os_timespec;

static inline os_file_handle
os_get_invalid_handle(void)
{
    return -1;
}

/* What is mapped is a part of the pool: a page is as little as that gives. */
static inline int
os_getpagesize(void)
{
    return 8;
}

#endif
