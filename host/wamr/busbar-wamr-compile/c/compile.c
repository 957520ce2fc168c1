/*
 * Machine code of a module, by WAMR's own compiler (core/iwasm/compilation). What it is told is here and not in Rust, for its
 * options are structures of C that change from version to version.
 */

#include "aot.h"
#include "aot_compiler.h"
#include "aot_emit_aot_file.h"
#include "wasm_export.h"

#include <stdio.h>
#include <string.h>

/* The oldest processor of each kind: code is then the same for all of them, and nothing has to be found out about this one. */
#if defined(BUILD_TARGET_AARCH64)
#define ARCHITECTURE "aarch64"
#define PROCESSOR "generic"
#define FEATURES ""
#elif defined(BUILD_TARGET_RISCV64_LP64D)
#define ARCHITECTURE "riscv64"
#define PROCESSOR "generic-rv64"
#define FEATURES "+m,+a,+f,+d,+c"
#else
#define ARCHITECTURE "x86_64"
#define PROCESSOR "x86-64"
#define FEATURES ""
#endif

/* A microcontroller without an operating system, as busbar-wamr-sys/build/bare_metal.rs builds WAMR for it. */
#define BARE_ARCHITECTURE "thumbv7em"
/*
 * Code in flash has no addresses that are put in when it is loaded, so what the processor has no instructions for it calls by a table.
 * With constants in that table, as WAMR chooses by itself for a Cortex-M, code is a quarter larger, and the table takes RAM.
 */
#define BARE_INTRINSICS "i64.common,fp.common,fpxint,f32_demote_f64,f64_promote_f32"
/* No registers of floating point: one without them runs it, and the others need not keep them in interrupts. */
#define BARE_FEATURES "-fpregs"
/* There size counts: of the values 1, 2 and 3 this one gives the least. */
#define BARE_LEVEL 2

/*
 * What LLVM does with the code: values out of the stack, and what is plainly needless away. All that it can do takes three times as
 * long for an engine of JavaScript, makes the code no smaller, and a reading one per cent quicker.
 */
#define PASSES "function(sroa,early-cse,instcombine<no-verify-fixpoint>,simplifycfg)"
/* Of the choice of instructions and registers. */
#define CODE_LEVEL 2
#define NO_MORE_PASSES 0
/* Small addresses. */
#define SIZE_LEVEL 3

/* Where in its structure a thread of WAMR is told to end (core/iwasm/aot/aot_runtime.c), in pointers. */
#define SUSPEND_FLAGS 5
/* How much more often than not it goes on. */
#define GOES_ON 100000

/*
 * In place of WAMR's own (aot_emit_control.c), which is built as a weak one: code at a jump back that looks whether
 * wasm_runtime_terminate told it to end. WAMR's does so only where the memory is shared, for it has other threads of the guest in
 * mind; and it returns from a place of its own each time, where one for each function makes smaller code, and a quicker one.
 */
bool
check_suspend_flags(AOTCompContext *context, AOTFuncContext *function, bool check_terminate_and_suspend)
{
    LLVMBuilderRef builder = context->builder;
    LLVMTypeRef flags_type = LLVMInt32TypeInContext(context->context);
    LLVMTypeRef pointer_type = LLVMPointerTypeInContext(context->context, 0);
    LLVMValueRef offset = LLVMConstInt(flags_type, SUSPEND_FLAGS, false);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(builder), on;
    LLVMValueRef address, flags, goes_on, branch, weights[3];

    (void)check_terminate_and_suspend;
    if (!function->func_return_block) {
        function->func_return_block = LLVMAppendBasicBlockInContext(context->context, function->func, "func_ret");
        LLVMPositionBuilderAtEnd(builder, function->func_return_block);
        if (!aot_build_zero_function_ret(context, function, function->aot_func->func_type))
            return false;
        LLVMPositionBuilderAtEnd(builder, here);
    }
    address = LLVMBuildInBoundsGEP2(builder, pointer_type, function->exec_env, &offset, 1, "suspend_flags_address");
    flags = LLVMBuildLoad2(builder, flags_type, address, "suspend_flags");
    /* Another thread writes it. */
    LLVMSetVolatile(flags, true);
    goes_on = LLVMBuildICmp(builder, LLVMIntEQ, flags, LLVMConstInt(flags_type, 0, false), "goes_on");
    on = LLVMAppendBasicBlockInContext(context->context, function->func, "goes_on");
    LLVMMoveBasicBlockAfter(on, here);
    branch = LLVMBuildCondBr(builder, goes_on, on, function->func_return_block);
    weights[0] = LLVMMDStringInContext(context->context, "branch_weights", strlen("branch_weights"));
    weights[1] = LLVMConstInt(flags_type, GOES_ON, false);
    weights[2] = LLVMConstInt(flags_type, 1, false);
    LLVMSetMetadata(branch, LLVMGetMDKindIDInContext(context->context, "prof", strlen("prof")),
                    LLVMMDNodeInContext(context->context, weights, 3));
    LLVMPositionBuilderAtEnd(builder, on);
    return true;
}

/*
 * What aot_emit_function.c is built to call instead: no check at calls. After each it is looked whether there is an exception, which
 * to be told to end is, and nothing calls for ever without a call that returns.
 */
bool
busbar_check_at_call(AOTCompContext *context, AOTFuncContext *function, bool before)
{
    (void)context;
    (void)function;
    (void)before;
    return true;
}

/* What WAMR's compiler is built to call instead of os_printf. */
int
busbar_say_nothing(const char *format, ...)
{
    (void)format;
    return 0;
}

static void
say(char *error, uint32 length, const char *what)
{
    snprintf(error, length, "%s", what ? what : "it says not why");
}

static uint8 *
compile(AOTCompData *data, const char *stack_usage_file, const char *microcontroller, bool can_be_ended, uint32 *code_size)
{
    AOTCompOption option;
    AOTCompContext *context;
    uint8 *code = NULL;

    memset(&option, 0, sizeof(option));
    option.output_format = AOT_FORMAT_FILE;
    if (microcontroller) {
        option.target_arch = BARE_ARCHITECTURE;
        option.target_abi = "gnu";
        option.target_cpu = (char *)microcontroller;
        option.cpu_features = BARE_FEATURES;
        option.builtin_intrinsics = BARE_INTRINSICS;
        option.is_indirect_mode = true;
        option.disable_llvm_intrinsics = true;
        option.opt_level = BARE_LEVEL;
    } else {
        option.target_arch = ARCHITECTURE;
        option.target_cpu = PROCESSOR;
        option.cpu_features = FEATURES;
        option.llvm_passes = PASSES;
        option.opt_level = CODE_LEVEL;
    }
    option.size_level = SIZE_LEVEL;
    option.enable_bulk_memory = true;
    option.enable_bulk_memory_opt = true;
    /* By the code itself, so that the host handles no signals. */
    option.bounds_checks = 1;
    option.stack_bounds_checks = 1;
    option.stack_usage_file = stack_usage_file;
    option.enable_thread_mgr = can_be_ended;
    context = aot_create_comp_context(data, &option);
    if (!context)
        return NULL;
    if (!microcontroller)
        context->opt_level = NO_MORE_PASSES;
    if (aot_compile_wasm(context))
        code = aot_emit_aot_file_buf(context, data, code_size);
    aot_destroy_comp_context(context);
    return code;
}

/*
 * Makes machine code of a valid module, whose bytes it changes. Gives NULL and says why where it cannot. `stack_usage_file` is
 * the name of a file that it writes and reads. `microcontroller` is the processor of one, as LLVM calls it; NULL for this processor.
 */
uint8 *
busbar_compile(uint8 *module, uint32 size, const char *stack_usage_file, const char *microcontroller, bool can_be_ended,
               uint32 *code_size, char *error, uint32 error_size)
{
    wasm_module_t loaded;
    AOTCompData *data;
    uint8 *code = NULL;

    if (!wasm_runtime_init() || !aot_compiler_init()) {
        say(error, error_size, "it does not start");
        return NULL;
    }
    wasm_runtime_set_log_level(WASM_LOG_LEVEL_FATAL);
    loaded = wasm_runtime_load(module, size, error, error_size);
    if (!loaded)
        return NULL;
    data = aot_create_comp_data((WASMModule *)loaded, microcontroller ? BARE_ARCHITECTURE : ARCHITECTURE, false);
    if (data)
        code = compile(data, stack_usage_file, microcontroller, can_be_ended, code_size);
    if (!code)
        say(error, error_size, aot_get_last_error());
    if (data)
        aot_destroy_comp_data(data);
    wasm_runtime_unload(loaded);
    return code;
}

/* Gives back what `busbar_compile` gave. */
void
busbar_free_code(uint8 *code)
{
    wasm_runtime_free(code);
}
