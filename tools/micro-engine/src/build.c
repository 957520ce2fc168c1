/* What is only called while a driver is built. */

/* Forgets lines, columns and the names of variables: what nobody can be told any more. How many variables there are stays. */
static void forget_places(void)
{
    for (uint8_t *block = ctx->heap_base; block < ctx->heap_free; block += get_mblock_size(block)) {
        JSFunctionBytecode *function = (JSFunctionBytecode *)block;
        JSValueArray *names;

        if (function->mtag != JS_MTAG_FUNCTION_BYTECODE)
            continue;
        function->pc2line = JS_NULL;
        if (JS_IsNull(function->vars))
            continue;
        names = JS_VALUE_TO_PTR(function->vars);
        for (uint32_t index = 0; index < names->size; index += 1)
            names->arr[index] = JS_NULL;
    }
}

/* Keeps what a driver needs when it runs, and tells where that ends: all behind it is free. */
EXPORT(collect)
uint8_t *collect(void)
{
    forget_places();
    JS_GC(ctx);
    return ctx->heap_free;
}

/* The heap ends here from now on, and behind it is what crosses the boundary. No script may run. */
EXPORT(end_heap)
void end_heap(uint8_t *end)
{
    ctx->stack_top = end;
    ctx->sp = ctx->fp = ctx->stack_bottom = (JSValue *)end;
    arena_base = arena_top = end;
}

/* What went wrong, and where, as text that ends with a zero. */
char message[1024];

static void append(void *opaque, const void *text, size_t length)
{
    static size_t used;

    if (length > sizeof(message) - 1 - used)
        length = sizeof(message) - 1 - used;
    memcpy(message + used, text, length);
    used += length;
}

static const char *thrown_text(void)
{
    JSValue thrown = JS_GetException(ctx);
    JSGCRef thrown_ref;

    JS_SetLogFunc(ctx, append);
    JS_PUSH_VALUE(ctx, thrown);
    JS_PrintValueF(ctx, thrown_ref.val, JS_DUMP_NOQUOTE | JS_DUMP_LONG);
    JS_POP_VALUE(ctx, thrown);
    return message;
}

static const char *script_name;

/* The parser has found an error, and knows no other way out: the message tells it, and this instance is thrown away. */
_Noreturn void longjmp(jmp_buf place, int value)
{
    JSParseState *state = ctx->parse_state;
    int column, line = get_line_col(&column, state->source_buf, state->token.source_pos);

    JS_SetLogFunc(ctx, append);
    js_printf(ctx, "SyntaxError: %s\n    at %s:%d:%d", state->error_msg, script_name, line + 1, column + 1);
    __builtin_trap();
}

static JSValue array_of_functions(int kind, uint32_t count)
{
    JSGCRef array_ref;
    JSValue array = JS_NewArray(ctx, count);

    JS_PUSH_VALUE(ctx, array);
    for (uint32_t index = 0; index < count; index += 1)
        JS_SetPropertyUint32(ctx, array_ref.val, index, JS_NewCFunctionParams(ctx, kind, JS_NewInt32(ctx, index)));
    JS_POP_VALUE(ctx, array);
    return array;
}

/* Begins with an empty heap between two addresses. */
EXPORT(begin)
void begin(const struct interface *described, uint8_t *heap, uint8_t *heap_end)
{
    interface = described;
    ctx = JS_NewContext(heap, heap_end - heap, &js_stdlib);
    *JS_AddGCRef(ctx, &objects) = JS_NewArray(ctx, 0);
    *JS_AddGCRef(ctx, &prototypes) = JS_UNDEFINED;
    *JS_AddGCRef(ctx, &exports) = JS_UNDEFINED;
}

/* Evaluates a script that ends with a zero, and keeps the value of its last expression. Returns NULL, or what went wrong. */
EXPORT(evaluate)
const char *evaluate(const char *name, const char *script, uint32_t length)
{
    script_name = name;
    prototypes.val = exports.val;
    exports.val = JS_Eval(ctx, script, length, name, JS_EVAL_RETVAL);
    return JS_IsException(exports.val) ? thrown_text() : NULL;
}

/*
 * Calls the value of the last script, a function, with that of the script before, the functions of the host, and those that drop
 * its resources. It returns an array of the driver's exports and one of the prototypes of the host's resources, in the order of
 * the interface. Returns NULL, or what went wrong.
 */
EXPORT(start)
const char *start(void)
{
    JSValue made;

    JS_StackCheck(ctx, 5);
    JS_PushArg(ctx, array_of_functions(FUNCTION_DROP, interface->resource_count));
    JS_PushArg(ctx, array_of_functions(FUNCTION_CALL, interface->import_count));
    JS_PushArg(ctx, prototypes.val);
    JS_PushArg(ctx, exports.val);
    JS_PushArg(ctx, JS_UNDEFINED);
    made = JS_Call(ctx, 3);
    if (JS_IsException(made))
        return thrown_text();
    exports.val = made;
    prototypes.val = JS_GetPropertyUint32(ctx, exports.val, 1);
    exports.val = JS_GetPropertyUint32(ctx, exports.val, 0);
    return NULL;
}
