/* Ends a guest that computes without end, on a Cortex-M: its code has no instructions for that, so an interrupt takes the processor out
   of it. */

#include "aot_runtime.h"
#include "busbar_platform.h"

#include <setjmp.h>

/* Places in the frame of an exception. */
#define PC 6
#define XPSR 7
/* Of xPSR: Thumb state, and what goes on of an instruction or a block of conditional ones that was interrupted (ICI, IT). */
#define XPSR_T (1u << 24)
#define XPSR_ICI_IT (0x0600fc00u)

/* A call of a guest. */
struct call {
    jmp_buf end;
    /* Its code. */
    uint32_t first, last;
    /* That which it was called in, by way of the host. */
    struct call *outer;
};

/* The innermost; none while no guest is called. The interrupt handler reads it. */
static struct call *volatile running;
static volatile bool is_ending;

bool
busbar_call_wasm(wasm_exec_env_t exec_env, wasm_function_inst_t function, uint32_t count, uint32_t *cells)
{
    wasm_module_inst_t instance = wasm_runtime_get_module_inst(exec_env);
    AOTModule *module = (AOTModule *)((AOTModuleInstance *)instance)->module;
    struct call call;
    bool ended_well;

    call.first = (uint32_t)(uintptr_t)module->code;
    call.last = call.first + module->code_size;
    call.outer = running;
    if (!call.outer)
        is_ending = false;
    if (setjmp(call.end)) {
        /* In the words of wasm_runtime_terminate. What is left behind is frames of the guest and of WAMR's calling it, which keep
           nothing that anybody waits for; the instance is not called any more. */
        running = call.outer;
        wasm_runtime_set_exception(instance, "terminated by user");
        return false;
    }
    running = &call;
    ended_well = wasm_runtime_call_wasm(exec_env, function, count, cells);
    running = call.outer;
    return ended_well;
}

/* Where the processor goes on instead of in the guest. */
static void
leave(void)
{
    longjmp(running->end, 1);
}

void
busbar_end_guest(uint32_t frame[8])
{
    struct call *call = running;

    if (!call)
        return;
    is_ending = true;
    if (frame[PC] < call->first || frame[PC] >= call->last)
        return;
    /* The frame has addresses without the bit that says Thumb. */
    frame[PC] = (uint32_t)(uintptr_t)leave & ~1u;
    frame[XPSR] = (frame[XPSR] & ~XPSR_ICI_IT) | XPSR_T;
}

bool
busbar_is_ending(void)
{
    return is_ending;
}
