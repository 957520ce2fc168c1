/* What every program here does: end with a sentence, and measure time. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdint.h>

/* Ends the process with a sentence: "writing to 0x76: Input/output error". `error` is a number of errno, 0 for none. */
_Noreturn void fail(const char *doing, int error);

/* Time that only goes forward, in microseconds. */
double now_us(void);

/* The most memory that this process has had resident, in KiB: proc_pid_status(5), VmHWM. */
long peak_kib(void);

/* Waits for at least so long. */
void wait_us(uint32_t microseconds);

#endif
