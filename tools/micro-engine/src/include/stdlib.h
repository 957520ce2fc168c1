#pragma once
#include <stddef.h>

#define abort() __builtin_trap()
#define abs(value) __builtin_abs(value)
