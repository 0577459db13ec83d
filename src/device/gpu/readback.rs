//! Reading from the device: copy into a mappable buffer, map it, wait for the map.
//!
//! The copy is enqueued when the future is first polled, so what it reads is what was enqueued before. Mappable buffers are used
//! again; as many exist as reads were ever under way together. Natively somebody must poll the device: the reader does. A map that
//! a lost device never resolves is woken by [`super::adapter::Health`].

use std::sync::{Arc, Mutex};

use futures_channel::oneshot;

use super::adapter::{Context, take};
use crate::error::{Error, Result};

/// The `bytes` bytes of `source` from `offset` on, after everything that was enqueued before.
pub(super) async fn read(context: &Context, source: &wgpu::Buffer, offset: u64, bytes: u64) -> Result<Vec<u8>> {
    context.health.check()?;
    if bytes == 0 {
        return Ok(Vec::new());
    }
    let staging = staging(context, bytes);
    let mut encoder = context.device.create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(source, offset, &staging, 0, bytes);
    context.queue.submit([encoder.finish()]);

    let (sender, receiver) = oneshot::channel();
    let pending = Arc::new(Mutex::new(Some(sender)));
    context.health.watch(&pending);
    staging.map_async(wgpu::MapMode::Read, 0..bytes, move |result| {
        // A failed map drops the sender, which the reader sees as a lost device.
        if let (Some(sender), Ok(())) = (take(&pending), result) {
            let _ = sender.send(());
        }
    });
    #[cfg(not(target_arch = "wasm32"))]
    let _ = context.device.poll(wgpu::PollType::wait_indefinitely());
    let lost = || Error::DeviceLost("a read-back did not finish".into());
    let mapped = receiver.await;
    context.health.check()?;
    mapped.map_err(|_| lost())?;
    let copy = staging.get_mapped_range(0..bytes).map_err(|_| lost())?.to_vec();
    staging.unmap();
    context.staging.borrow_mut().push(staging);
    Ok(copy)
}

/// A free mappable buffer of at least `bytes` bytes; sizes are powers of two, so that buffers fit again.
fn staging(context: &Context, bytes: u64) -> wgpu::Buffer {
    let mut free = context.staging.borrow_mut();
    match free.iter().position(|b| b.size() >= bytes && b.size() <= 4 * bytes.max(1024)) {
        Some(i) => free.swap_remove(i),
        None => context.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("read-back"),
            size: bytes.next_power_of_two().max(1024),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }),
    }
}
