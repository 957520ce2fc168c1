use super::context::AppState;
use super::devices::{DeviceShape, link_devices};
use super::wasi::bindings::wasi::{cli, clocks, filesystem, io, random};
use crate::bindings::{busbar, wasi};
use crate::components::LoadedComponent;
use crate::engine::Machine;
use crate::error::HostError;
use crate::interfaces::bridged_gpio::add_digital;
use crate::interfaces::component_usb::add_usb;
use crate::interfaces::wasi_i2c::add_i2c;
use crate::interfaces::wasi_spi::add_spi;
use crate::interfaces::{Buses, HasBuses};
use crate::link::{AppLink, parse_interface_name};
use busbar_core::guest_end::start_failure;
use wasmtime::Result;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{HasSelf, InstancePre, Linker};

/// The functions of exactly what was granted: what is not in the linker cannot be called. `is_bridged` says whether a bus that it drives may
/// be behind a bridge.
///
/// # Errors
///
/// [`HostError`] with code "component" where the app imports a function that is not there, or in another form.
pub fn link_imports(
    machine: &Machine,
    app: &str,
    link: &AppLink,
    loaded: &LoadedComponent,
    is_bridged: bool,
) -> std::result::Result<InstancePre<AppState>, HostError> {
    let failure = |cause: wasmtime::Error| start_failure(app, &loaded.label, &cause.root_cause().to_string());
    let mut linker = Linker::new(&machine.engine);
    for offer in &link.offers {
        if offer.path == "wasi:spi/spi" {
            add_spi(&mut linker, loaded.write_shape(machine, offer.path), is_bridged).map_err(failure)?;
        }
        if offer.path == "wasi:i2c/i2c" {
            add_i2c(&mut linker, is_bridged).map_err(failure)?;
        }
        if offer.path == "wasi:gpio/digital" {
            add_digital(&mut linker, is_bridged).map_err(failure)?;
        }
        add(&mut linker, offer.path).map_err(failure)?;
        add_usb(&mut linker, offer, || loaded.transfer_shape(machine, offer.path)).map_err(failure)?;
    }
    let component = loaded.component.component_type();
    for (tag, (name, item)) in (0..).zip(component.imports(&machine.engine)) {
        let ComponentItem::ComponentInstance(imported) = item.ty else { continue };
        if parse_interface_name(name).path.starts_with("busbar:device/") {
            let shape = DeviceShape::of(app, &loaded.label, name, &imported, &machine.engine)?;
            link_devices(&mut linker, shape, tag).map_err(failure)?;
        }
    }
    linker.instantiate_pre(&loaded.component).map_err(failure)
}

fn add(linker: &mut Linker<AppState>, path: &str) -> Result<()> {
    type State = HasSelf<AppState>;
    match path {
        "wasi:i2c/delay" => wasi::i2c::delay::add_to_linker::<_, HasBuses>(linker, |state| Buses(state)),
        "wasi:gpio/delay" => wasi::gpio::delay::add_to_linker::<_, HasBuses>(linker, |state| Buses(state)),
        "busbar:board/gpio" => busbar::board::gpio::add_to_linker::<_, HasBuses>(linker, |state| Buses(state)),
        "busbar:board/uart" => busbar::board::uart::add_to_linker::<_, HasBuses>(linker, |state| Buses(state)),
        "busbar:board/i2c" => busbar::board::i2c::add_to_linker::<_, State>(linker, |state| state),
        "busbar:board/settings" => busbar::board::settings::add_to_linker::<_, State>(linker, |state| state),
        "busbar:board/time" => busbar::board::time::add_to_linker::<_, State>(linker, |state| state),
        "busbar:board/log" => busbar::board::log::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/stdin" => cli::stdin::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/stdout" => cli::stdout::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/stderr" => cli::stderr::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/environment" => cli::environment::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/exit" => cli::exit::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/terminal-input" => cli::terminal_input::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/terminal-output" => cli::terminal_output::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/terminal-stdin" => cli::terminal_stdin::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/terminal-stdout" => cli::terminal_stdout::add_to_linker::<_, State>(linker, |state| state),
        "wasi:cli/terminal-stderr" => cli::terminal_stderr::add_to_linker::<_, State>(linker, |state| state),
        "wasi:filesystem/preopens" => filesystem::preopens::add_to_linker::<_, State>(linker, |state| state),
        "wasi:filesystem/types" => filesystem::types::add_to_linker::<_, State>(linker, |state| state),
        "wasi:io/error" => io::error::add_to_linker::<_, State>(linker, |state| state),
        "wasi:io/poll" => io::poll::add_to_linker::<_, State>(linker, |state| state),
        "wasi:io/streams" => io::streams::add_to_linker::<_, State>(linker, |state| state),
        "wasi:clocks/monotonic-clock" => clocks::monotonic_clock::add_to_linker::<_, State>(linker, |state| state),
        "wasi:clocks/wall-clock" => clocks::wall_clock::add_to_linker::<_, State>(linker, |state| state),
        "wasi:random/random" => random::random::add_to_linker::<_, State>(linker, |state| state),
        "wasi:random/insecure" => random::insecure::add_to_linker::<_, State>(linker, |state| state),
        "wasi:random/insecure-seed" => random::insecure_seed::add_to_linker::<_, State>(linker, |state| state),
        // Devices go through the forwarder, USB, I2C, SPI and pins have adders of their own; the rest are types only, or not there, and
        // Wasmtime then says which function is missing.
        _ => Ok(()),
    }
}
