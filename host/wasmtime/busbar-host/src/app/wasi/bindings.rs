//! What `wit/deps` says of WASI, as Rust: made by Wasmtime's macro when this crate is compiled.

pub use super::failure::{FilesystemFailure, IoFailure, StreamFailure};
pub use super::filesystem::{Descriptor, DirectoryEntryStream};
pub use super::poll::Pollable;
pub use super::streams::{InputStream, OutputStream};

wasmtime::component::bindgen!({
    path: [
        "../../../wit/deps/wasi-io",
        "../../../wit/deps/wasi-clocks",
        "../../../wit/deps/wasi-random",
        "../../../wit/deps/wasi-filesystem",
        "../../../wit/deps/wasi-cli",
    ],
    inline: "
        package busbar:native-apps;

        world apps {
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
            import wasi:filesystem/preopens@0.2.0;
            import wasi:filesystem/types@0.2.0;
            import wasi:io/error@0.2.0;
            import wasi:io/poll@0.2.0;
            import wasi:io/streams@0.2.0;
            import wasi:clocks/monotonic-clock@0.2.0;
            import wasi:clocks/wall-clock@0.2.0;
            import wasi:random/random@0.2.0;
            import wasi:random/insecure@0.2.0;
            import wasi:random/insecure-seed@0.2.0;
        }
    ",
    world: "busbar:native-apps/apps",
    with: {
        "wasi:io/error.error": IoFailure,
        "wasi:io/poll.pollable": Pollable,
        "wasi:io/streams.input-stream": InputStream,
        "wasi:io/streams.output-stream": OutputStream,
        "wasi:filesystem/types.descriptor": Descriptor,
        "wasi:filesystem/types.directory-entry-stream": DirectoryEntryStream,
    },
    imports: {
        "wasi:io/poll.poll": async | trappable,
        "wasi:io/poll.[method]pollable.block": async | trappable,
        "wasi:io/streams.[method]input-stream.blocking-read": async | trappable,
        "wasi:io/streams.[method]input-stream.blocking-skip": async | trappable,
        "wasi:io/streams.[method]output-stream.blocking-flush": async | trappable,
        "wasi:io/streams.[method]output-stream.blocking-write-and-flush": async | trappable,
        "wasi:io/streams.[method]output-stream.blocking-write-zeroes-and-flush": async | trappable,
        "wasi:io/streams.[method]output-stream.blocking-splice": async | trappable,
        default: trappable,
    },
    trappable_error_type: {
        "wasi:filesystem/types.error-code" => FilesystemFailure,
        "wasi:io/streams.stream-error" => StreamFailure,
    },
});
