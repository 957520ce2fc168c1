//! The settings of Wasmtime. Code that was compiled ahead of time is bound to them: the command that runs it and the one
//! that compiles it both take them from here.

use crate::error::HostError;
use crate::locked::locked;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, Once, Weak};
use std::time::Duration;
use wasmtime::{Config, Engine, EngineWeak, WasmFeatures};

/// How much address space a memory may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// 4 GiB for each memory, of which the processor checks the bounds: the quick way where there are 47 bits or more.
    Plenty,
    /// 16 MiB for each memory, and bounds that the code checks: for kernels with 39 bits, and under `ulimit -v`.
    Scarce,
}

impl Addresses {
    /// That of a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Plenty, Self::Scarce].into_iter().find(|each| each.name() == name)
    }

    /// "plenty" or "scarce".
    pub fn name(self) -> &'static str {
        match self {
            Self::Plenty => "plenty",
            Self::Scarce => "scarce",
        }
    }
}

/// Which of the two halves of the component model's ABI there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Abi {
    /// Calls that return. The asynchronous half would cost each of them, and nothing of the command uses it.
    Synchronous,
    /// Functions that are asynchronous, streams and futures, too.
    #[cfg(feature = "streams")]
    Asynchronous,
}

impl Abi {
    fn is_asynchronous(self) -> bool {
        self != Self::Synchronous
    }
}

const SCARCE_RESERVATION: u64 = 16 << 20;
const SCARCE_GUARD: u64 = 64 << 10;

/// How deep a guest's calls may go, in bytes; a driver in JavaScript needs a tenth of it.
const GUEST_STACK: usize = 512 << 10;
/// That, once more for a model that answers within a transaction, and what the host needs for its functions.
const FIBER_STACK: usize = 2 << 20;

/// How long a guest computes before others may.
const SLICE: Duration = Duration::from_millis(1_000 / SLICES_PER_SECOND);
/// So many ticks of the epoch make a second in which guests run.
pub(crate) const SLICES_PER_SECOND: u64 = 200;

/// The version in Cargo.toml.
const WASMTIME: &str = "48.0.8";
/// To be counted up where `config` changes what code is compiled to.
const SETTINGS: u32 = 3;

/// Wasmtime's settings of a machine with the synchronous ABI, for running and for compiling.
pub fn config(addresses: Addresses) -> Config {
    config_of(addresses, Abi::Synchronous)
}

fn config_of(addresses: Addresses, abi: Abi) -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    config.epoch_interruption(true);
    config.max_wasm_stack(GUEST_STACK);
    config.async_stack_size(FIBER_STACK);
    // A trap's sentence needs no names of the guest's functions.
    config.wasm_backtrace_max_frames(None);
    config.generate_address_map(false);
    config.concurrency_support(abi.is_asynchronous());
    // What no driver needs is not there. (Wasmtime is built without threads, garbage collection and exceptions.)
    config.wasm_memory64(false);
    // What is copied from one component of a composed one into another is, by code that Wasmtime makes with both memories. A
    // module of a guest with two is refused before it is compiled.
    config.wasm_multi_memory(true);
    let unneeded = WasmFeatures::FUNCTION_REFERENCES | WasmFeatures::GC;
    config.wasm_features(unneeded, false);
    if addresses == Addresses::Scarce {
        config.memory_reservation(SCARCE_RESERVATION);
        config.memory_reservation_for_growth(SCARCE_RESERVATION);
        config.memory_guard_size(SCARCE_GUARD);
        config.guard_before_linear_memory(false);
    }
    config
}

/// An engine, and the clock that makes its guests give way.
#[derive(Clone)]
pub struct Machine {
    pub engine: Engine,
    addresses: Addresses,
    abi: Abi,
    ticker: Arc<Ticker>,
}

impl Machine {
    /// One for the synchronous ABI.
    ///
    /// # Errors
    ///
    /// Where the processor or the kernel lacks something.
    pub fn new(addresses: Addresses) -> Result<Self, HostError> {
        Self::with_abi(addresses, Abi::Synchronous)
    }

    /// One for drivers of the asynchronous ABI as well.
    ///
    /// # Errors
    ///
    /// As for `new`.
    #[cfg(feature = "streams")]
    pub fn with_streams(addresses: Addresses) -> Result<Self, HostError> {
        Self::with_abi(addresses, Abi::Asynchronous)
    }

    fn with_abi(addresses: Addresses, abi: Abi) -> Result<Self, HostError> {
        let engine = Engine::new(&config_of(addresses, abi))
            .map_err(|cause| HostError::backend(format!("Wasmtime cannot start here: {cause:#}.")))?;
        let ticker = Arc::new(Ticker::new());
        Ok(Self { engine, addresses, abi, ticker })
    }

    /// A name for Wasmtime's version and all that code is compiled with: part of a file's name.
    pub fn settings_name(&self) -> String {
        let name = Self::settings_of(self.addresses, std::env::consts::ARCH);
        if self.has_streams() { format!("{name}-streams") } else { name }
    }

    /// Whether it runs drivers of the asynchronous ABI.
    pub fn has_streams(&self) -> bool {
        self.abi.is_asynchronous()
    }

    /// [`Self::settings_name`] of a machine with another processor, or with other memories.
    pub fn settings_of(addresses: Addresses, processor: &str) -> String {
        format!("{processor}-{}-wasmtime{WASMTIME}-{SETTINGS}", addresses.name())
    }

    /// How much address space its memories take.
    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Lets the clock tick as long as the result lives: while a guest runs.
    pub fn running(&self) -> Running<'_> {
        self.ticker.begin(&self.engine);
        Running { ticker: &self.ticker }
    }
}

impl Machine {
    /// A guest's work, during which the clock ticks only while the guest computes: what waits for the host, or lets others
    /// run, is not being polled.
    pub async fn running_while_polled<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        std::future::poll_fn(|context| {
            let _running = self.running();
            work.as_mut().poll(context)
        })
        .await
    }
}

/// A guest runs.
pub struct Running<'a> {
    ticker: &'a Ticker,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.ticker.running.fetch_sub(1, Ordering::Release);
    }
}

/// Increments the engine's epoch while a guest runs, in a thread that sleeps where none has run for a while: an idle
/// machine is not woken, and a busy one wakes it rarely.
struct Ticker {
    running: AtomicUsize,
    sleeps: AtomicBool,
    started: Once,
    lock: Mutex<()>,
    wake: Condvar,
}

/// So many slices without a guest, and the thread sleeps.
const IDLE_SLICES: u32 = 40;

impl Ticker {
    fn new() -> Self {
        Self {
            running: AtomicUsize::new(0),
            sleeps: AtomicBool::new(false),
            started: Once::new(),
            lock: Mutex::new(()),
            wake: Condvar::new(),
        }
    }

    fn begin(self: &Arc<Self>, engine: &Engine) {
        self.running.fetch_add(1, Ordering::SeqCst);
        if self.sleeps.load(Ordering::SeqCst) {
            drop(locked(&self.lock));
            self.wake.notify_one();
        }
        self.started.call_once(|| {
            let (ticker, engine) = (Arc::downgrade(self), engine.weak());
            std::thread::spawn(move || tick(&ticker, &engine));
        });
    }

    /// Sleeps until a guest runs; not for ever, so that the thread notices when the engine is gone.
    fn sleep(&self) {
        const LONGEST: Duration = Duration::from_secs(10);
        let guard = locked(&self.lock);
        self.sleeps.store(true, Ordering::SeqCst);
        if self.running.load(Ordering::SeqCst) == 0 {
            drop(self.wake.wait_timeout(guard, LONGEST));
        }
        self.sleeps.store(false, Ordering::SeqCst);
    }
}

fn tick(ticker: &Weak<Ticker>, engine: &EngineWeak) {
    let mut idle = 0;
    while let (Some(ticker), Some(engine)) = (ticker.upgrade(), engine.upgrade()) {
        if ticker.running.load(Ordering::Acquire) > 0 {
            idle = 0;
        } else if idle < IDLE_SLICES {
            idle += 1;
        } else {
            ticker.sleep();
            continue;
        }
        drop(ticker);
        std::thread::sleep(SLICE);
        engine.increment_epoch();
    }
}
