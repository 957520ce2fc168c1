#pragma once
#include <stdint.h>

/* What the engine prints with. */
#define PRIo32 "o"
#define PRIu64 "llu"
