/*
 * Loaded into a program before all else (LD_PRELOAD), writes to standard error how many microseconds went by from just before
 * its main to its first output: "main to first output: 1234.5 us".
 */
#define _GNU_SOURCE
#include "program.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static double began_us;

/* Run by the loader, after the libraries that the program needs are there. */
__attribute__((constructor)) static void begin(void)
{
    began_us = now_us();
}

ssize_t write(int file, const void *data, size_t length)
{
    static bool has_written;
    if (file == STDOUT_FILENO && !has_written) {
        has_written = true;
        dprintf(STDERR_FILENO, "main to first output: %.1f us\n", now_us() - began_us);
    }
    return syscall(SYS_write, file, data, length);
}
