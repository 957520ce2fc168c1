/*
 * Values of the component model become values of JavaScript: CanonicalABI.md, "Loading" and "Flat Lifting", in the forms that
 * docs/engines.md has.
 *
 * A core value lies in a slot of 8 bytes, its bits at the front and zeros behind: so a number is read alike from a slot and
 * from memory, and what the alternatives of a variant have in common needs no rules.
 */

#define SLOT_SIZE 8

/* What objects move for is allocation: so what is half made lies where the collector finds it. */
static JSValue lift(const struct type *type, const uint8_t *from, int is_flat);

static uint32_t read_u32(const uint8_t *from)
{
    uint32_t value;

    memcpy(&value, from, sizeof(value));
    return value;
}

static const uint8_t *place_of(const struct field *field, const uint8_t *from, int is_flat)
{
    return from + (is_flat ? field->slot * SLOT_SIZE : field->offset);
}

static const uint8_t *payload_of(const struct type *type, const uint8_t *from, int is_flat)
{
    return from + (is_flat ? SLOT_SIZE : type->payload);
}

static uint32_t read_discriminant(const struct type *type, const uint8_t *from)
{
    uint32_t value = 0;

    memcpy(&value, from, type->discriminant);
    if (value >= type->count)
        __builtin_trap();
    return value;
}

static JSValue lift_code_point(uint32_t code)
{
    char text[4];

    return JS_NewStringLen(ctx, text, unicode_to_utf8((uint8_t *)text, code));
}

/* The class of a typed array for elements of a kind; 0 for what lies in a plain array. */
static int array_class(uint32_t kind)
{
    switch (kind) {
    case KIND_S8: return JS_CLASS_INT8_ARRAY;
    case KIND_U8: return JS_CLASS_UINT8_ARRAY;
    case KIND_S16: return JS_CLASS_INT16_ARRAY;
    case KIND_U16: return JS_CLASS_UINT16_ARRAY;
    case KIND_S32: return JS_CLASS_INT32_ARRAY;
    case KIND_U32: return JS_CLASS_UINT32_ARRAY;
    case KIND_F32: return JS_CLASS_FLOAT32_ARRAY;
    case KIND_F64: return JS_CLASS_FLOAT64_ARRAY;
    default: return 0;
    }
}

/* Where the elements of a typed array are, until the next allocation. */
static uint8_t *elements_of(JSObject *array)
{
    JSObject *buffer = JS_VALUE_TO_PTR(array->u.typed_array.buffer);
    JSByteArray *bytes = JS_VALUE_TO_PTR(buffer->u.array_buffer.byte_buffer);
    int size_log2 = typed_array_size_log2[array->class_id - JS_CLASS_UINT8C_ARRAY];

    return bytes->buf + (array->u.typed_array.offset << size_log2);
}

static JSValue lift_numbers(int class_id, const uint8_t *from, uint32_t length, uint32_t size)
{
    JSValue made, argument = JS_NewUint32(ctx, length);

    made = js_typed_array_constructor(ctx, NULL, 1 | FRAME_CF_CTOR, &argument, class_id);
    if (!JS_IsException(made))
        memcpy(elements_of(JS_VALUE_TO_PTR(made)), from, length * size);
    return made;
}

static JSValue lift_list(const struct type *element, const uint8_t *from, uint32_t length)
{
    JSGCRef array_ref;
    JSValue array, each, done;
    int class_id = array_class(element->kind);

    if (class_id != 0)
        return lift_numbers(class_id, from, length, element->size);
    array = JS_NewArray(ctx, length);
    for (uint32_t index = 0; index < length && !JS_IsException(array); index += 1) {
        JS_PUSH_VALUE(ctx, array);
        each = lift(element, from + index * element->size, 0);
        done = JS_IsException(each) ? each : JS_SetPropertyUint32(ctx, array_ref.val, index, each);
        JS_POP_VALUE(ctx, array);
        if (JS_IsException(done))
            return done;
    }
    return array;
}

static JSValue lift_tuple(const struct type *type, const uint8_t *from, int is_flat)
{
    JSGCRef array_ref;
    JSValue array, each, done;

    array = JS_NewArray(ctx, type->count);
    for (uint32_t index = 0; index < type->count && !JS_IsException(array); index += 1) {
        const struct field *field = &type->of.fields[index];
        JS_PUSH_VALUE(ctx, array);
        each = lift(field->type, place_of(field, from, is_flat), is_flat);
        done = JS_IsException(each) ? each : JS_SetPropertyUint32(ctx, array_ref.val, index, each);
        JS_POP_VALUE(ctx, array);
        if (JS_IsException(done))
            return done;
    }
    return array;
}

static JSValue lift_record(const struct type *type, const uint8_t *from, int is_flat)
{
    JSGCRef object_ref;
    JSValue object, each, done;

    object = JS_NewObject(ctx);
    for (uint32_t index = 0; index < type->count && !JS_IsException(object); index += 1) {
        const struct field *field = &type->of.fields[index];
        JS_PUSH_VALUE(ctx, object);
        each = lift(field->type, place_of(field, from, is_flat), is_flat);
        done = JS_IsException(each) ? each : JS_SetPropertyStr(ctx, object_ref.val, field->name, each);
        JS_POP_VALUE(ctx, object);
        if (JS_IsException(done))
            return done;
    }
    return object;
}

static JSValue lift_flags(const struct type *type, const uint8_t *from)
{
    JSGCRef object_ref;
    JSValue object, done;
    uint32_t bits = 0;

    memcpy(&bits, from, type->size);
    object = JS_NewObject(ctx);
    for (uint32_t index = 0; index < type->count && !JS_IsException(object); index += 1) {
        JS_PUSH_VALUE(ctx, object);
        done = JS_SetPropertyStr(ctx, object_ref.val, type->of.alternatives[index].name, JS_NewBool(bits >> index & 1));
        JS_POP_VALUE(ctx, object);
        if (JS_IsException(done))
            return done;
    }
    return object;
}

/* { tag, val }. */
static JSValue lift_tagged(const struct alternative *alternative, const uint8_t *payload, int is_flat)
{
    JSGCRef object_ref;
    JSValue object, each, done;

    object = JS_NewObject(ctx);
    if (JS_IsException(object))
        return object;
    JS_PUSH_VALUE(ctx, object);
    each = JS_NewString(ctx, alternative->name);
    done = JS_IsException(each) ? each : JS_SetPropertyStr(ctx, object_ref.val, "tag", each);
    if (!JS_IsException(done) && alternative->type != NULL) {
        each = lift(alternative->type, payload, is_flat);
        done = JS_IsException(each) ? each : JS_SetPropertyStr(ctx, object_ref.val, "val", each);
    }
    JS_POP_VALUE(ctx, object);
    return JS_IsException(done) ? done : object;
}

static JSValue lift_own(uint32_t index, uint32_t handle)
{
    const struct resource *resource = &interface->resources[index];
    uint32_t representation;
    JSGCRef object_ref;
    JSValue object;

    if (!resource->is_own)
        return lift_handle(index, handle);
    representation = call_resource(resource->represent, handle);
    object = object_of(representation);
    JS_PUSH_VALUE(ctx, object);
    /* Its destructor must not find what the driver has got back. */
    forget_object(representation);
    call_resource(resource->drop, handle);
    JS_POP_VALUE(ctx, object);
    return object;
}

static JSValue lift(const struct type *type, const uint8_t *from, int is_flat)
{
    union { uint64_t u64; int64_t s64; double f64; float f32; } bits;
    uint32_t which;

    switch (type->kind) {
    case KIND_BOOL: return JS_NewBool(*from);
    case KIND_S8: return JS_NewInt32(ctx, (int8_t)*from);
    case KIND_U8: return JS_NewInt32(ctx, *from);
    case KIND_S16: return JS_NewInt32(ctx, (int16_t)(from[0] | from[1] << 8));
    case KIND_U16: return JS_NewInt32(ctx, from[0] | from[1] << 8);
    case KIND_S32: return JS_NewInt32(ctx, (int32_t)read_u32(from));
    case KIND_U32: return JS_NewUint32(ctx, read_u32(from));
    case KIND_S64: memcpy(&bits, from, 8); return JS_NewFloat64(ctx, (double)bits.s64);
    case KIND_U64: memcpy(&bits, from, 8); return JS_NewFloat64(ctx, (double)bits.u64);
    case KIND_F32: memcpy(&bits, from, 4); return JS_NewFloat64(ctx, (double)bits.f32);
    case KIND_F64: memcpy(&bits, from, 8); return JS_NewFloat64(ctx, bits.f64);
    case KIND_CHAR: return lift_code_point(read_u32(from));
    case KIND_STRING:
    case KIND_LIST: {
        const uint8_t *start = (const uint8_t *)(uintptr_t)read_u32(from);
        uint32_t length = read_u32(from + (is_flat ? SLOT_SIZE : 4));

        if (type->kind == KIND_STRING)
            return JS_NewStringLen(ctx, (const char *)start, length);
        return lift_list(type->of.element, start, length);
    }
    case KIND_RECORD: return lift_record(type, from, is_flat);
    case KIND_TUPLE: return lift_tuple(type, from, is_flat);
    case KIND_FLAGS: return lift_flags(type, from);
    case KIND_OWN: return lift_own(type->of.resource, read_u32(from));
    /* Of the driver's own: the host gives what stands for the object. Others are refused when the driver is built. */
    case KIND_BORROW: return object_of(read_u32(from));
    }
    which = read_discriminant(type, from);
    switch (type->kind) {
    case KIND_ENUM: return JS_NewString(ctx, type->of.alternatives[which].name);
    case KIND_OPTION: {
        const struct type *some = type->of.alternatives[1].type;

        /* An option in an option would not be told from none. */
        if (some->kind != KIND_OPTION)
            return which == 0 ? JS_UNDEFINED : lift(some, payload_of(type, from, is_flat), is_flat);
    }
    }
    return lift_tagged(&type->of.alternatives[which], payload_of(type, from, is_flat), is_flat);
}
