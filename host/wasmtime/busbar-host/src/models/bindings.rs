//! `packages/models/wit`, as Rust: made by Wasmtime's macro when this crate is compiled.

wasmtime::component::bindgen!({
    path: "../../../packages/models/wit",
    world: "busbar:model/models",
    imports: { default: trappable },
});
