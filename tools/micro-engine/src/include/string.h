#pragma once
#include <stddef.h>

/* Instructions of WebAssembly (bulk memory). */
#define memcpy __builtin_memcpy
#define memmove __builtin_memmove
#define memset __builtin_memset

int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);
