//! Opening the GPU: adapter, device, and what happens when it fails or goes away.
//!
//! A software adapter (`DeviceType::Cpu`: SwiftShader in Chromium, lavapipe natively) is refused unless asked for. The limits are
//! WebGPU's defaults, except for the sizes of buffers, where the adapter's own are taken. Errors that nobody waits for arrive by
//! callback; they are kept in [`Health`], and the next call returns them.

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use futures_channel::oneshot;

use super::pipelines::Pipelines;
use crate::error::{Error, Result};

pub(super) const NAME: &str = "WebGPU";

/// An open device with what all its stores and programs share.
pub(super) struct Context {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    pub adapter: wgpu::AdapterInfo,
    /// The adapter is a program on the CPU.
    pub software: bool,
    /// Largest buffer that can be bound, in bytes.
    pub max_binding: u64,
    pub health: Arc<Health>,
    pub pipelines: RefCell<Pipelines>,
    /// Mappable buffers waiting for their next read-back.
    pub staging: RefCell<Vec<wgpu::Buffer>>,
}

impl Drop for Context {
    /// In the browser dropping a handle frees nothing before the next garbage collection, which may never see the memory.
    fn drop(&mut self) {
        self.device.destroy();
    }
}

/// What went wrong behind the caller's back, and who must be told.
#[derive(Default)]
pub(super) struct Health(Mutex<Condition>);

#[derive(Default)]
struct Condition {
    lost: Option<String>,
    error: Option<String>,
    /// Maps under way. A lost device may never resolve them: dropping the senders wakes the readers.
    maps: Vec<Pending>,
}

/// A map under way: whoever comes first, its callback or the loss of the device, takes the sender.
pub(super) type Pending = Arc<Mutex<Option<oneshot::Sender<()>>>>;

impl Health {
    fn with<T>(&self, f: impl FnOnce(&mut Condition) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// The loss of the device, for good; or the first error that a callback brought since the last check, once.
    pub fn check(&self) -> Result<()> {
        self.with(|c| match (&c.lost, c.error.take()) {
            (Some(message), _) => Err(Error::DeviceLost(message.clone())),
            (None, Some(message)) => Err(Error::Device { device: NAME, message }),
            (None, None) => Ok(()),
        })
    }

    fn lose(&self, message: String) {
        let maps = self.with(|c| {
            c.lost.get_or_insert(message);
            std::mem::take(&mut c.maps)
        });
        for map in maps {
            take(&map);
        }
    }

    /// Registers a map, to be woken when the device is lost.
    pub fn watch(&self, map: &Pending) {
        self.with(|c| {
            c.maps.retain(|m| m.lock().is_ok_and(|sender| sender.is_some()));
            c.maps.push(map.clone());
        });
    }
}

/// The sender of `map`, if nobody took it yet.
pub(super) fn take(map: &Pending) -> Option<oneshot::Sender<()>> {
    map.lock().ok().and_then(|mut sender| sender.take())
}

/// Largest buffer asked for: more than any model of a playground, little enough for every browser's allocator.
const MAX_BUFFER: u64 = 1 << 30;

/// Devices are opened one at a time: the layers that Vulkan's loader puts between us and the driver may crash otherwise (seen once
/// in many runs of tests that open three at once).
#[cfg(not(target_arch = "wasm32"))]
static OPENING: Mutex<()> = Mutex::new(());

#[cfg_attr(not(target_arch = "wasm32"), allow(clippy::await_holding_lock))] // natively nothing here waits for other tasks
pub(super) async fn open(software: bool) -> Result<Context> {
    #[cfg(not(target_arch = "wasm32"))]
    let _one_at_a_time = OPENING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let refuse = |message: String| Error::Device { device: NAME, message };
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    let options = wgpu::RequestAdapterOptions { power_preference: wgpu::PowerPreference::HighPerformance, ..Default::default() };
    let adapter = match instance.request_adapter(&options).await {
        Err(_) if software => {
            instance.request_adapter(&wgpu::RequestAdapterOptions { force_fallback_adapter: true, ..options }).await
        }
        adapter => adapter,
    }
    .map_err(|_| refuse("there is no adapter".into()))?;

    let info = adapter.get_info();
    let is_software = info.device_type == wgpu::DeviceType::Cpu;
    if is_software && !software {
        return Err(refuse(format!("the only adapter ({}) is a program on the CPU, slower than our own", name(&info))));
    }

    let offered = adapter.limits();
    let limits = wgpu::Limits {
        max_buffer_size: offered.max_buffer_size.min(MAX_BUFFER),
        max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size.min(MAX_BUFFER),
        ..wgpu::Limits::default()
    };
    let max_binding = limits.max_buffer_size.min(limits.max_storage_buffer_binding_size);
    let descriptor = wgpu::DeviceDescriptor { required_limits: limits, ..Default::default() };
    let (device, queue) = adapter.request_device(&descriptor).await.map_err(|e| refuse(format!("no device: {e}")))?;

    let health = Arc::new(Health::default());
    let told = health.clone();
    device.set_device_lost_callback(move |_, message| told.lose(message));
    let told = health.clone();
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        told.with(|c| c.error.get_or_insert(error.to_string()).len());
    }));
    Ok(Context {
        pipelines: RefCell::new(Pipelines::new(&device)),
        device,
        queue,
        adapter: info,
        software: is_software,
        max_binding,
        health,
        staging: RefCell::default(),
    })
}

/// The adapter's name, or what is known instead: browsers may hide it.
pub(super) fn name(info: &wgpu::AdapterInfo) -> String {
    [&info.name, &info.driver].into_iter().find(|s| !s.is_empty()).map_or("an unnamed adapter".into(), |s| s.clone())
}
