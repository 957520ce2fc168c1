#pragma once
/* What is one instruction in WebAssembly; the rest is the engine's own libm.c. */
#define NAN __builtin_nanf("")
#define INFINITY __builtin_inff()
#define isnan(value) __builtin_isnan(value)
#define isfinite(value) __builtin_isfinite(value)
#define fabs(value) __builtin_fabs(value)
#define floor(value) __builtin_floor(value)
#define ceil(value) __builtin_ceil(value)
#define sqrt(value) __builtin_sqrt(value)
#define copysign(value, sign) __builtin_copysign(value, sign)
#define lrint(value) ((long)__builtin_rint(value))
