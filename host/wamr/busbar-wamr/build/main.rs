//! Describes the host's own functions, from wit/, in the form in which a flattened component describes its own.

mod encode;

use encode::{encode_package, encode_shape, encode_source};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use wit_parser::Resolve;

/// What drivers get of every host of this kind.
const HOST: &str = "
package busbar:wamr;

world host {
    import wasi:i2c/i2c@0.2.0-draft;
    import wasi:i2c/delay@0.2.0-draft;
    import busbar:board/i2c@0.1.0;
    import busbar:board/settings@0.1.0;
    import busbar:board/time@0.1.0;
    import busbar:board/log@0.1.0;
}
";

/// What needs an operating system: USB, SPI, GPIO, and what apps get.
const SYSTEM: &str = "
package busbar:wamr;

world system {
    import component:usb/device@0.2.1;
    import component:usb/transfers@0.2.1;
    import component:usb/usb-hotplug@0.2.1;
    import wasi:usb/device@0.2.1;
    import wasi:usb/transfers@0.2.1;
    import wasi:usb/hotplug@0.2.1;
    import wasi:spi/spi;
    import wasi:gpio/digital@0.2.0;
    import wasi:gpio/delay@0.2.0;
    import busbar:board/gpio@0.1.0;
    import busbar:device/sensor@0.1.0;
    import busbar:device/text-display@0.1.0;
    import busbar:device/hid@0.1.0;
    import busbar:device/serial-port@0.1.0;
    import busbar:device/block-device@0.1.0;
    import busbar:device/camera@0.1.0;
    import busbar:device/switch@0.1.0;
    import busbar:device/contact@0.1.0;
    import wasi:cli/stdin@0.2.0;
    import wasi:cli/stdout@0.2.0;
    import wasi:cli/stderr@0.2.0;
    import wasi:cli/environment@0.2.0;
    import wasi:cli/exit@0.2.0;
    import wasi:cli/terminal-input@0.2.0;
    import wasi:cli/terminal-output@0.2.0;
    import wasi:cli/terminal-stdin@0.2.0;
    import wasi:cli/terminal-stdout@0.2.0;
    import wasi:cli/terminal-stderr@0.2.0;
    import wasi:random/random@0.2.0;
    import wasi:random/insecure@0.2.0;
    import wasi:random/insecure-seed@0.2.0;
    import wasi:clocks/monotonic-clock@0.2.0;
    import wasi:clocks/wall-clock@0.2.0;
    import wasi:io/error@0.2.0;
    import wasi:io/poll@0.2.0;
    import wasi:io/streams@0.2.0;
    import wasi:filesystem/preopens@0.2.0;
    import wasi:filesystem/types@0.2.0;
}
";

/// The kinds of devices that drivers export.
const DEVICES: &str = "
package busbar:wamr;

world devices {
    export busbar:device/sensor@0.1.0;
    export busbar:device/text-display@0.1.0;
    export busbar:device/hid@0.1.0;
    export busbar:device/serial-port@0.1.0;
    export busbar:device/block-device@0.1.0;
    export busbar:device/camera@0.1.0;
    export busbar:device/usb-echo@0.1.0;
    export busbar:device/switch@0.1.0;
    export busbar:device/contact@0.1.0;
}
";

/// What there are other shapes of: wit/shapes.
const TRANSFERS: &str = "
package busbar:wamr;

world transfers {
    import component:usb/transfers@0.2.1;
    import wasi:usb/transfers@0.2.1;
}
";

/// Likewise.
const SPI: &str = "
package busbar:wamr;

world spi {
    import wasi:spi/spi;
}
";

/// The folders of wit/shapes, each with a world that has what is other there.
const SHAPES: [(&str, &str, &str); 3] = [
    ("transfer-result", TRANSFERS, "transfers"),
    ("borrowed-transfer", TRANSFERS, "transfers"),
    ("write-error", SPI, "spi"),
];

/// What gives a simulated bus its targets: the world of packages/models.
const MODELS: &str = "../../../packages/models/wit";

fn main() {
    println!("cargo::rerun-if-changed=build");
    // The places to correct when it is loaded take a tenth of it otherwise. glibc has known these since 2.36.
    if env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|libc| libc == "gnu") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let (wit, models) = (here.join("../../../wit"), here.join(MODELS));
    for folder in [&wit, &models] {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    let described = encode_source(&wit, HOST, "host")
        .and_then(|bytes| write("host.interface", &bytes))
        .and_then(|()| encode_source(&wit, SYSTEM, "system"))
        .and_then(|bytes| write("system.interface", &bytes))
        .and_then(|()| encode_source(&wit, DEVICES, "devices"))
        .and_then(|bytes| write("devices.interface", &bytes))
        .and_then(|()| {
            SHAPES.iter().try_for_each(|(shape, source, world)| {
                let bytes = encode_shape(&wit, shape, source, world)?;
                write(&format!("{shape}.interface"), &bytes)
            })
        })
        .and_then(|()| models_interface(&models))
        .and_then(|bytes| write("models.interface", &bytes));
    if let Err(problem) = described {
        println!("cargo::error=the interfaces of wit/ cannot be described: {problem}");
    }
}

fn models_interface(models: &Path) -> Result<Vec<u8>, String> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(models).map_err(|cause| format!("{cause:#}"))?;
    encode_package(&resolve, package, "models")
}

fn write(name: &str, bytes: &[u8]) -> Result<(), String> {
    let file = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join(name);
    fs::write(file, bytes).map_err(|cause| cause.to_string())
}
