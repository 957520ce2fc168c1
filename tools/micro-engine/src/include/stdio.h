#pragma once
#include <stddef.h>

/* For functions that print while somebody looks for an error in the engine: none of them is linked. */
int printf(const char *format, ...);
