#pragma once
/* What is asserted cannot be otherwise: if it is, the instance ends. */
#define assert(condition) ((condition) ? (void)0 : __builtin_trap())
