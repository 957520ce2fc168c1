/* Included first where WAMR's compiler is built: what of it compile.c replaces. */
#pragma weak check_suspend_flags
