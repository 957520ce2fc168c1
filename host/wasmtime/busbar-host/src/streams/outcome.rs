use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;
use wasmtime::component::{FutureConsumer, FutureReader, Lift, Source};
use wasmtime::{AsContextMut, Result, StoreContextMut};

/// The value that a guest says once, some time. Dropping it is no loss for the guest.
///
/// It comes only while the event loop of the guest's store runs.
pub(crate) struct Outcome<Value> {
    told: oneshot::Receiver<Value>,
}

impl<Value> Outcome<Value> {
    /// Takes over a future of a guest.
    ///
    /// # Errors
    ///
    /// Where it is closed already.
    pub(crate) fn new(reader: FutureReader<Value>, store: impl AsContextMut) -> Result<Self>
    where
        Value: Lift + Send + Sync + 'static,
    {
        let (tell, told) = oneshot::channel();
        reader.pipe(store, Consumer { tell: Some(tell) })?;
        Ok(Self { told })
    }

    /// The value; none where the guest ended without saying one.
    pub(crate) async fn value(&mut self) -> Option<Value> {
        (&mut self.told).await.ok()
    }
}

/// What the store asks to take the value.
struct Consumer<Value> {
    tell: Option<oneshot::Sender<Value>>,
}

impl<Value: Lift + Send + Sync + 'static, State: 'static> FutureConsumer<State> for Consumer<Value> {
    type Item = Value;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        store: StoreContextMut<'_, State>,
        mut source: Source<'_, Value>,
        _finish: bool,
    ) -> Poll<Result<()>> {
        let mut value = None;
        source.read(store, &mut value)?;
        if let (Some(value), Some(tell)) = (value, self.tell.take()) {
            // Nobody may want to know any more.
            let _ = tell.send(value);
        }
        Poll::Ready(Ok(()))
    }
}
