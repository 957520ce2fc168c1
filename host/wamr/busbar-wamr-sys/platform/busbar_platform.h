/* What this platform has beside WAMR's own functions. src/bare_metal.rs declares it, too. */

#ifndef BUSBAR_PLATFORM_H
#define BUSBAR_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#include "wasm_export.h"

/* Starts WAMR in a pool of memory; the stack of the machine begins at this address, its lowest. */
bool
busbar_init_in_pool(void *pool, uint32_t size, void *lowest_of_stack);

/* wasm_runtime_call_wasm of machine code that runs in place, which busbar_end_guest can end. */
bool
busbar_call_wasm(wasm_exec_env_t exec_env, wasm_function_inst_t function, uint32_t count, uint32_t *cells);

/* For an interrupt handler: ends the guest that it interrupted, where it did. `frame` is what the processor put on the stack:
   Armv7-M Architecture Reference Manual, B1.5.6. A guest that calls the host at this moment is ended by a later interrupt. */
void
busbar_end_guest(uint32_t frame[8]);

/* Whether the call under way has been told to end. */
bool
busbar_is_ending(void);

#endif
