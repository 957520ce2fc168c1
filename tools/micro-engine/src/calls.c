/* Calls in both directions. */

/* The functions that the driver exports: an array of JavaScript's. */
static JSGCRef exports;

static int lower_params(const struct function *function, JSValue *this_val, JSValue *argv)
{
    const struct type *params = function->params;
    int is_flat = !function->has_params_in_memory;
    /* A property can be computed, and call the host meanwhile: so the slots are only written when all is lowered. */
    uint64_t flat[SLOT_COUNT] = { 0 };
    uint8_t *to = is_flat ? (uint8_t *)flat : arena_allocate(params->align, params->size);

    for (uint32_t index = 0; index < params->count; index += 1) {
        const struct field *field = &params->of.fields[index];
        JSValue *value = !function->is_method ? &argv[index] : index == 0 ? this_val : &argv[index - 1];

        if (lower(field->type, value, (uint8_t *)place_of(field, to, is_flat), is_flat))
            return -1;
    }
    if (!is_flat)
        flat[0] = (uintptr_t)to;
    memcpy(slots, flat, sizeof(slots));
    return 0;
}

/* An error of the host's: an Error with the value of the component model as its payload. */
static JSValue throw_payload(const struct alternative *error, const uint8_t *from, int is_flat)
{
    JSGCRef made_ref;
    JSValue made, payload, done;

    JS_ThrowError(ctx, JS_CLASS_ERROR, "the host answers with an error");
    made = JS_GetException(ctx);
    JS_PUSH_VALUE(ctx, made);
    payload = error->type == NULL ? JS_UNDEFINED : lift(error->type, from, is_flat);
    done = JS_IsException(payload) ? payload : JS_SetPropertyStr(ctx, made_ref.val, "payload", payload);
    JS_POP_VALUE(ctx, made);
    return JS_IsException(done) ? done : JS_Throw(ctx, made);
}

/* A result by itself is what the call returns or throws. */
static JSValue lift_result(const struct type *type, const uint8_t *from, int is_flat)
{
    const struct alternative *which;

    if (type->kind != KIND_RESULT)
        return lift(type, from, is_flat);
    which = &type->of.alternatives[read_discriminant(type, from)];
    from = payload_of(type, from, is_flat);
    if (which != type->of.alternatives)
        return throw_payload(which, from, is_flat);
    return which->type == NULL ? JS_UNDEFINED : lift(which->type, from, is_flat);
}

/* A function that the driver imports. */
static JSValue call_import(JSContext *ctx, JSValue *this_val, int argc, JSValue *argv, JSValue params)
{
    uint32_t index = JS_VALUE_GET_INT(params);
    const struct function *function = &interface->imports[index];
    uint8_t *mark = arena_top;
    uint8_t *result = (uint8_t *)slots;
    JSValue lifted = JS_UNDEFINED;

    if ((uint32_t)argc + function->is_method < function->params->count)
        return JS_ThrowTypeError(ctx, "too few arguments");
    if (lower_params(function, this_val, argv)) {
        arena_top = mark;
        return JS_EXCEPTION;
    }
    if (function->has_result_in_memory) {
        result = arena_allocate(function->result->align, function->result->size);
        write((uint8_t *)&slots[function->param_slots], (uintptr_t)result, 4, 1);
    }
    call_host(index);
    if (function->result != NULL)
        lifted = lift_result(function->result, result, !function->has_result_in_memory);
    arena_top = mark;
    return lifted;
}

static int has_payload(JSValue *error)
{
    JSValue name = JS_NewString(ctx, "payload");

    return !JS_IsException(name) && js_object_hasOwnProperty(ctx, error, 1, &name) == JS_TRUE;
}

/* What a function threw, as the error of its type. */
static int lower_thrown(const struct type *type, JSValue *thrown, uint8_t *to, int is_flat)
{
    const struct type *error = type->of.alternatives[1].type;

    if (!JS_IsError(ctx, *thrown))
        return lower_alternative(type, 1, thrown, to, is_flat);
    if (has_payload(thrown))
        *thrown = JS_GetPropertyStr(ctx, *thrown, "payload");
    else if (error != NULL && error->kind == KIND_STRING)
        *thrown = JS_GetPropertyStr(ctx, *thrown, "message");
    else
        return -1;
    return JS_IsException(*thrown) ? -1 : lower_alternative(type, 1, thrown, to, is_flat);
}

static int lower_returned(const struct type *type, JSValue *returned, uint8_t *to, int is_flat)
{
    if (JS_IsException(*returned)) {
        *returned = JS_GetException(ctx);
        return type->kind == KIND_RESULT ? lower_thrown(type, returned, to, is_flat) : -1;
    }
    if (type->kind == KIND_RESULT)
        return lower_alternative(type, 0, returned, to, is_flat);
    return lower(type, returned, to, is_flat);
}

/* Calls a function of the driver's. The parameters are in the slots, and the result is then in the first. */
EXPORT(enter)
void enter(uint32_t index)
{
    const struct function *function = &interface->exports[index];
    const struct type *params = function->params;
    int is_flat = !function->has_params_in_memory;
    uint8_t *from = is_flat ? (uint8_t *)slots : (uint8_t *)(uintptr_t)slots[0];
    JSGCRef returned_ref;
    JSValue returned;
    uint8_t *result;

    if (JS_StackCheck(ctx, params->count + 2))
        __builtin_trap();
    for (uint32_t left = params->count; left > 0; left -= 1) {
        const struct field *field = &params->of.fields[left - 1];
        JSValue param = lift(field->type, place_of(field, from, is_flat), is_flat);

        if (JS_IsException(param))
            __builtin_trap();
        JS_PushArg(ctx, param);
    }
    JS_PushArg(ctx, JS_GetPropertyUint32(ctx, exports.val, index));
    JS_PushArg(ctx, JS_UNDEFINED);
    /* The parameters are read: nothing in there is needed any more. */
    arena_top = arena_base;
    returned = JS_Call(ctx, params->count);
    if (function->result == NULL) {
        if (JS_IsException(returned))
            __builtin_trap();
        return;
    }
    result = (uint8_t *)slots;
    if (function->has_result_in_memory)
        result = arena_allocate(function->result->align, function->result->size);
    memset(slots, 0, sizeof(slots));
    JS_PUSH_VALUE(ctx, returned);
    /* What is no value of its type is a bug of the driver. */
    if (lower_returned(function->result, &returned_ref.val, result, !function->has_result_in_memory))
        __builtin_trap();
    JS_POP_VALUE(ctx, returned);
    if (function->has_result_in_memory)
        write((uint8_t *)slots, (uintptr_t)result, 4, 1);
}

/* The host has read the result of a call. */
EXPORT(finish)
void finish(void)
{
    arena_top = arena_base;
}

/*
 * The destructor of the driver's own resources: nobody uses the object any more. It disposes of itself, for its handles would
 * otherwise stay until garbage is collected.
 */
EXPORT(destroy)
void destroy(uint32_t representation)
{
    JSGCRef object_ref, method_ref;
    JSValue object, method;

    object = object_of(representation);
    if (!JS_IsObject(ctx, object))
        return;
    JS_PUSH_VALUE(ctx, object);
    forget_object(representation);
    method = JS_GetPropertyStr(ctx, object_ref.val, DISPOSE);
    if (JS_IsFunction(ctx, method)) {
        JS_PUSH_VALUE(ctx, method);
        if (JS_StackCheck(ctx, 2))
            __builtin_trap();
        JS_PushArg(ctx, method_ref.val);
        JS_PushArg(ctx, object_ref.val);
        if (JS_IsException(JS_Call(ctx, 0)))
            __builtin_trap();
        JS_POP_VALUE(ctx, method);
    }
    JS_POP_VALUE(ctx, object);
}
