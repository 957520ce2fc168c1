#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void fail(const char *doing, int error)
{
    fprintf(stderr, error != 0 ? "%s: %s\n" : "%s\n", doing, strerror(error));
    exit(1);
}

double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

long peak_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kib = -1;
    while (status != NULL && kib < 0 && fgets(line, sizeof line, status) != NULL) {
        sscanf(line, "VmHWM: %ld kB", &kib);
    }
    if (kib < 0) {
        fail("/proc/self/status tells no VmHWM", 0);
    }
    fclose(status);
    return kib;
}

void wait_us(uint32_t microseconds)
{
    struct timespec left = { .tv_sec = microseconds / 1000000, .tv_nsec = (long)(microseconds % 1000000) * 1000 };
    while (nanosleep(&left, &left) != 0) {
    }
}
