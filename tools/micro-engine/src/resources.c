/* Resources: of the host as objects with a handle, and the driver's own as places in a list of objects. */

/* As library.c counts its classes and functions. */
#define JS_CLASS_HANDLE JS_CLASS_USER
#define JS_CLASS_COUNT (JS_CLASS_USER + 1)
#define FUNCTION_CALL (JS_CFUNCTION_USER + 0)
#define FUNCTION_DROP (JS_CFUNCTION_USER + 1)

/* An object has one word for both: the handle, and which resource it is of. */
#define HANDLE_BITS 24
#define HANDLE_MASK ((1u << HANDLE_BITS) - 1)

/* An array of prototypes, by the index of the resource; and the objects that the driver's own resources stand for. */
static JSGCRef prototypes, objects;

/* A canonical function of a resource. Collecting garbage can call one while the arguments of another call are laid out. */
static uint32_t call_resource(uint32_t index, uint32_t value)
{
    uint64_t saved = slots[0];
    uint32_t result;

    slots[0] = value;
    call_host(index);
    result = (uint32_t)slots[0];
    slots[0] = saved;
    return result;
}

static void drop_word(uintptr_t word)
{
    if ((word & HANDLE_MASK) != 0)
        call_resource(interface->resources[word >> HANDLE_BITS].drop, word & HANDLE_MASK);
}

/* The driver let go of it without disposing of it. */
static void finalize_handle(JSContext *ctx, void *word)
{
    drop_word((uintptr_t)word);
}

/* Objects with handles are small, and hosts limit the number of handles: so many may wait for the collector. */
#define MOST_WAITING 256

static JSValue lift_handle(uint32_t resource, uint32_t handle)
{
    static uint32_t made;
    JSValue prototype, object;

    if (handle > HANDLE_MASK || resource > UINT32_MAX >> HANDLE_BITS)
        __builtin_trap();
    made += 1;
    if (made % MOST_WAITING == 0)
        JS_GC(ctx);
    prototype = JS_GetPropertyUint32(ctx, prototypes.val, resource);
    object = JS_NewObjectProtoClass(ctx, prototype, JS_CLASS_HANDLE, sizeof(JSObjectUserData));
    if (!JS_IsException(object))
        JS_SetOpaque(ctx, object, (void *)(uintptr_t)(handle | resource << HANDLE_BITS));
    return object;
}

/* The handle of an object; 0 where it has none, or is of another resource. */
static uint32_t handle_of(uint32_t resource, JSValue object)
{
    uintptr_t word;

    if (JS_GetClassID(ctx, object) != JS_CLASS_HANDLE)
        return 0;
    word = (uintptr_t)JS_GetOpaque(ctx, object);
    return word >> HANDLE_BITS == resource ? word & HANDLE_MASK : 0;
}

/* [Symbol.dispose] of an object of the host's: twice is legal. */
static JSValue drop_handle(JSContext *ctx, JSValue *this_val, int argc, JSValue *argv, JSValue params)
{
    uintptr_t word;

    if (JS_GetClassID(ctx, *this_val) != JS_CLASS_HANDLE)
        return JS_ThrowTypeError(ctx, "this is no resource");
    word = (uintptr_t)JS_GetOpaque(ctx, *this_val);
    JS_SetOpaque(ctx, *this_val, NULL);
    drop_word(word);
    return JS_UNDEFINED;
}

static JSValue refuse_construction(JSContext *ctx, JSValue *this_val, int argc, JSValue *argv)
{
    return JS_ThrowTypeError(ctx, "this cannot be constructed");
}

/* Keeps one of the driver's own objects. Returns what stands for it, which is never 0; 0 is an exception. */
static uint32_t keep_object(JSValue object)
{
    JSGCRef object_ref;
    JSValue done;
    uint32_t length = js_get_array(ctx, objects.val)->u.array.len;
    uint32_t place = 0;

    while (place < length && !JS_IsNull(JS_GetPropertyUint32(ctx, objects.val, place)))
        place += 1;
    JS_PUSH_VALUE(ctx, object);
    done = JS_SetPropertyUint32(ctx, objects.val, place, object_ref.val);
    JS_POP_VALUE(ctx, object);
    return JS_IsException(done) ? 0 : place + 1;
}

static JSValue object_of(uint32_t representation)
{
    return JS_GetPropertyUint32(ctx, objects.val, representation - 1);
}

static void forget_object(uint32_t representation)
{
    JS_SetPropertyUint32(ctx, objects.val, representation - 1, JS_NULL);
}
