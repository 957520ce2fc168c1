/*
 * The global names that a driver finds: those of the engine's own command, without what asks for a clock, a terminal or the
 * parser, and with the class of the host's resources (see resources.c).
 *
 * This is a program for the machine that builds: it prints the tables that the engine is compiled with.
 */

#define main engine_main
#define js_global_object engine_global_object
#define js_c_function_decl engine_c_function_decl
#include "mqjs_stdlib.c"
#undef main
#undef js_global_object
#undef js_c_function_decl

/* Function("...") would need the parser, which knows no way out of a text with an error (include/setjmp.h). */
static const JSClassDef function_class =
    JS_CLASS_DEF("Function", 1, refuse_construction, JS_CLASS_CLOSURE, NULL, js_function_proto, NULL, NULL);

static const JSPropDef json[] = {
    JS_CFUNC_DEF("stringify", 3, js_json_stringify),
    JS_PROP_END,
};

static const JSClassDef json_object = JS_OBJECT_DEF("JSON", json);

static const JSClassDef handle_class =
    JS_CLASS_DEF("Handle", 0, refuse_construction, JS_CLASS_HANDLE, NULL, NULL, NULL, finalize_handle);

static const JSPropDef js_global_object[] = {
    JS_PROP_CLASS_DEF("Object", &js_object_class),
    JS_PROP_CLASS_DEF("Function", &function_class),
    JS_PROP_CLASS_DEF("Number", &js_number_class),
    JS_PROP_CLASS_DEF("Boolean", &js_boolean_class),
    JS_PROP_CLASS_DEF("String", &js_string_class),
    JS_PROP_CLASS_DEF("Array", &js_array_class),
    JS_PROP_CLASS_DEF("Math", &js_math_obj),
    JS_PROP_CLASS_DEF("JSON", &json_object),
    JS_PROP_CLASS_DEF("RegExp", &js_regexp_class),

    JS_PROP_CLASS_DEF("Error", &js_error_class),
    JS_PROP_CLASS_DEF("EvalError", &js_eval_error_class),
    JS_PROP_CLASS_DEF("RangeError", &js_range_error_class),
    JS_PROP_CLASS_DEF("ReferenceError", &js_reference_error_class),
    JS_PROP_CLASS_DEF("SyntaxError", &js_syntax_error_class),
    JS_PROP_CLASS_DEF("TypeError", &js_type_error_class),
    JS_PROP_CLASS_DEF("URIError", &js_uri_error_class),
    JS_PROP_CLASS_DEF("InternalError", &js_internal_error_class),

    JS_PROP_CLASS_DEF("ArrayBuffer", &js_array_buffer_class),
    JS_PROP_CLASS_DEF("Uint8ClampedArray", &js_Uint8ClampedArray_class),
    JS_PROP_CLASS_DEF("Int8Array", &js_Int8Array_class),
    JS_PROP_CLASS_DEF("Uint8Array", &js_Uint8Array_class),
    JS_PROP_CLASS_DEF("Int16Array", &js_Int16Array_class),
    JS_PROP_CLASS_DEF("Uint16Array", &js_Uint16Array_class),
    JS_PROP_CLASS_DEF("Int32Array", &js_Int32Array_class),
    JS_PROP_CLASS_DEF("Uint32Array", &js_Uint32Array_class),
    JS_PROP_CLASS_DEF("Float32Array", &js_Float32Array_class),
    JS_PROP_CLASS_DEF("Float64Array", &js_Float64Array_class),

    JS_CFUNC_DEF("parseInt", 2, js_number_parseInt),
    JS_CFUNC_DEF("parseFloat", 1, js_number_parseFloat),
    JS_CFUNC_DEF("isNaN", 1, js_global_isNaN),
    JS_CFUNC_DEF("isFinite", 1, js_global_isFinite),

    JS_PROP_DOUBLE_DEF("Infinity", 1.0 / 0.0, 0),
    JS_PROP_DOUBLE_DEF("NaN", NAN, 0),
    JS_PROP_UNDEFINED_DEF("undefined", 0),
    /* Stands for the object itself. */
    JS_PROP_NULL_DEF("globalThis", 0),

    /* No name of the language: reached through the engine's own tables alone. */
    JS_PROP_CLASS_DEF("Handle", &handle_class),
    JS_PROP_END,
};

/* The order is that of the numbers in resources.c; "bound" is the engine's. */
static const JSPropDef js_c_function_decl[] = {
    JS_CFUNC_SPECIAL_DEF("bound", 0, generic_params, js_function_bound),
    JS_CFUNC_SPECIAL_DEF("call", 0, generic_params, call_import),
    JS_CFUNC_SPECIAL_DEF("drop", 0, generic_params, drop_handle),
    JS_PROP_END,
};

int main(int argc, char **argv)
{
    return build_atoms("js_stdlib", js_global_object, js_c_function_decl, argc, argv);
}
