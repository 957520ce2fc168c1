#pragma once
/*
 * The engine's parser leaves a text with an error by longjmp, for which WebAssembly 1.0 has nothing. The parser runs when a driver
 * is built, where the message is read and the instance thrown away; library.c offers nothing that would parse later.
 */
typedef int jmp_buf;

#define setjmp(place) ((place) = 0)
_Noreturn void longjmp(jmp_buf place, int value);
