//! What `wit/` says, as Rust: made by Wasmtime's macro when this crate is compiled. Without Wasmtime's asynchronous half the
//! macro refuses a folder in which one file has a stream or a future; so the folders that have one are here once more, as
//! links to all other files.

pub use crate::interfaces::board_uart::UartHandle;
pub use crate::interfaces::component_usb::{DeviceHandle, TransferHandle, UsbDeviceHandle};
pub use crate::interfaces::wasi_gpio::{EdgesHandle, InOutPin, InPin, OutPin};
pub use crate::interfaces::wasi_i2c::{DelayHandle, I2cHandle};
pub use crate::interfaces::wasi_spi::SpiHandle;
pub use busbar_core::app::Pollable;

wasmtime::component::bindgen!({
    path: [
        "../../../wit/deps/wasi-io",
        "../../../wit/deps/wasi-clocks",
        "../../../wit/deps/wasi-random",
        "../../../wit/deps/wasi-filesystem",
        "../../../wit/deps/wasi-cli",
        "../../../wit/deps/wasi-io-0.2.4",
        "../../../wit/deps/wasi-gpio",
        "../../../wit/deps/wasi-i2c",
        "../../../wit/deps/wasi-spi",
        "../../../wit/deps/component-usb",
        "wit/board",
        "wit/device",
    ],
    inline: "
        package busbar:native;

        world drivers {
            import wasi:i2c/i2c@0.2.0-draft;
            import wasi:i2c/delay@0.2.0-draft;
            import wasi:spi/spi;
            import wasi:io/poll@0.2.4;
            import wasi:gpio/general@0.2.0;
            import wasi:gpio/digital@0.2.0;
            import wasi:gpio/delay@0.2.0;
            import busbar:board/gpio@0.1.0;
            import busbar:board/uart@0.1.0;
            import busbar:board/i2c@0.1.0;
            import busbar:board/settings@0.1.0;
            import busbar:board/time@0.1.0;
            import busbar:board/log@0.1.0;
            import component:usb/device@0.2.1;
            import component:usb/transfers@0.2.1;
            import component:usb/usb-hotplug@0.2.1;
            export busbar:device/sensor@0.1.0;
            export busbar:device/text-display@0.1.0;
            export busbar:device/hid@0.1.0;
            export busbar:device/serial-port@0.1.0;
            export busbar:device/block-device@0.1.0;
            export busbar:device/camera@0.1.0;
            export busbar:device/usb-echo@0.1.0;
            export busbar:device/switch@0.1.0;
            export busbar:device/contact@0.1.0;
            export busbar:device/i2c-controller@0.1.0;
            export busbar:device/spi-controller@0.1.0;
            export busbar:device/gpio-controller@0.1.0;
        }
    ",
    world: "busbar:native/drivers",
    with: {
        "wasi:i2c/i2c.i2c": I2cHandle,
        "wasi:i2c/delay.delay": DelayHandle,
        "wasi:spi/spi.spi-device": SpiHandle,
        "wasi:io/poll.pollable": Pollable,
        "wasi:gpio/digital.digital-in-pin": InPin,
        "wasi:gpio/digital.digital-out-pin": OutPin,
        "wasi:gpio/digital.digital-in-out-pin": InOutPin,
        "busbar:board/gpio.edges": EdgesHandle,
        "busbar:board/uart.port": UartHandle,
        "component:usb/device.usb-device": UsbDeviceHandle,
        "component:usb/device.device-handle": DeviceHandle,
        "component:usb/transfers.transfer": TransferHandle,
    },
    imports: {
        "wasi:i2c/delay.[method]delay.delay-ns": async | trappable,
        "busbar:board/time.wait-ms": async | trappable,
        "busbar:board/gpio.[method]edges.wait": async | trappable,
        "busbar:board/uart.open": async | trappable,
        "busbar:board/uart.[method]port.read": async | trappable,
        "busbar:board/uart.[method]port.write": async | trappable,
        "busbar:board/uart.[method]port.drain": async | trappable,
        "busbar:board/uart.[method]port.set-baud-rate": async | trappable,
        "wasi:gpio/delay.delay-ns": async | trappable,
        "wasi:gpio/delay.delay-us": async | trappable,
        "wasi:gpio/delay.delay-ms": async | trappable,
        "wasi:io/poll.poll": async | trappable,
        "wasi:io/poll.[method]pollable.block": async | trappable,
        default: trappable,
    },
    exports: { default: async },
});
