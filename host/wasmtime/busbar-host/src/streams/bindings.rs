//! What `wit/` says of the asynchronous interfaces, as Rust. Their plain types are those of the synchronous ones.

wasmtime::component::bindgen!({
    path: [
        "../../../wit/deps/wasi-io",
        "../../../wit/deps/wasi-io-0.2.4",
        "../../../wit/deps/wasi-clocks",
        "../../../wit/deps/wasi-random",
        "../../../wit/deps/wasi-filesystem",
        "../../../wit/deps/wasi-cli",
        "../../../wit/deps/wasi-gpio",
        "../../../wit/deps/wasi-i2c",
        "../../../wit/deps/wasi-spi",
        "../../../wit/deps/component-usb",
        "../../../wit/board",
        "../../../wit/device",
    ],
    inline: "
        package busbar:native;

        world streams {
            import busbar:board/timer@0.1.0;
            export busbar:device/sensor-stream@0.1.0;
        }
    ",
    world: "busbar:native/streams",
    with: {
        "busbar:device/errors": crate::bindings::busbar::device::errors,
        "busbar:device/sensor": super::sensor_types,
    },
    imports: { default: trappable | store },
    exports: { default: async | store },
});
