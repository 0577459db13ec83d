//! The root object: a device, and what can be made on it.

use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

#[cfg(feature = "generate")]
use super::autoencoder::Autoencoder;
#[cfg(feature = "generate")]
use super::convert::floats;
use super::convert::{Answer, explain_methods, from_js, object, parse_message, property, to_js};
use super::dataset::Dataset;
#[cfg(feature = "generate")]
use super::gan::Gan;
#[cfg(feature = "generate")]
use super::image_gan::ImageGan;
use super::model::Model;
#[cfg(feature = "programs")]
use super::program::Program;
use super::resident::Shared;
use crate::device::Device;
use crate::error::{Error, Result};
#[cfg(feature = "generate")]
use crate::generate::ImageGanOptions;
#[cfg(feature = "generate")]
use crate::generate::latent::factorise;
use crate::nn::{self, Architecture};

#[wasm_bindgen]
pub struct Engine(Rc<Shared>);

#[wasm_bindgen]
impl Engine {
    /// `choice` is a `DeviceChoice`; `on_device` is called with a `DeviceInfo` when a lost GPU was replaced by
    /// the CPU, and with `auto` when a model's device was chosen by measurement; `on_panic` with a
    /// message when the engine met a bug, after which no call may be made.
    pub async fn create(choice: String, on_device: Function, on_panic: Function) -> Answer<Engine> {
        report_panics(on_panic);
        let (device, reason) = match choice.as_str() {
            "auto" => Device::auto(false).await,
            "auto-software" => Device::auto(true).await,
            "cpu" => (Device::cpu(), "The CPU was asked for.".to_string()),
            "gpu" => (gpu(false).await?, "WebGPU was asked for.".to_string()),
            "gpu-software" => (gpu(true).await?, "A WebGPU adapter was asked for, software or not.".to_string()),
            _ => {
                return Err(
                    Error::option("device", format!("`{choice}` is none of auto, auto-software, cpu, gpu, gpu-software")).into()
                );
            }
        };
        Ok(Engine(Shared::new(device, reason, choice.starts_with("auto"), on_device)))
    }

    pub fn info(&self) -> JsValue {
        self.0.info()
    }

    pub fn presets(&self) -> JsValue {
        to_js(&nn::PRESETS)
    }

    pub fn preset(&self, id: String, shape: Vec<usize>, classes: usize) -> Answer<JsValue> {
        let shape = <[usize; 3]>::try_from(shape).map_err(|_| Error::option("shape", "must be [channels, height, width]"))?;
        match nn::preset(&id, shape, classes) {
            Some(architecture) => Ok(to_js(&architecture)),
            None => Err(Error::option("preset", format!("there is no preset `{id}`")).into()),
        }
    }

    /// `ExplainMethodInfo[]`.
    #[wasm_bindgen(js_name = explainMethods)]
    pub fn explain_methods(&self) -> Array {
        explain_methods()
    }

    pub fn describe(&self, architecture: JsValue) -> JsValue {
        let model = parse_architecture(&architecture).and_then(nn::Model::new);
        match model {
            Ok(model) => object([("summary", to_js(model.summary())), ("problem", JsValue::NULL)]),
            Err(error) => {
                let (layer, message) = match error {
                    Error::Layer { layer, message, .. } => (to_js(&layer), message),
                    other => (JsValue::NULL, other.to_string()),
                };
                let problem = object([("layer", layer), ("message", message.into())]);
                object([("summary", JsValue::NULL), ("problem", problem)])
            }
        }
    }

    pub fn dataset(&self, source: JsValue, options: JsValue) -> Answer<Dataset> {
        Ok(Dataset::open(&source, &options)?)
    }

    pub async fn model(&self, architecture: JsValue, seed: u32) -> Answer<Model> {
        Ok(Model::create(self.0.clone(), parse_architecture(&architecture)?, seed).await?)
    }

    /// GFLOP/s that one core of the CPU could do.
    #[cfg(feature = "programs")]
    #[wasm_bindgen(js_name = simdPeak)]
    pub fn simd_peak(&self) -> f64 {
        crate::device::cpu::peak(&mut super::convert::seconds)
    }

    #[cfg(feature = "programs")]
    pub fn program(&self, instructions: JsValue) -> Answer<Program> {
        Ok(Program::create(self.0.clone(), &instructions)?)
    }

    /// `cloud` is a `Cloud`, `options` a `GanOptions`.
    #[cfg(feature = "generate")]
    pub async fn gan(&self, cloud: JsValue, options: JsValue) -> Answer<Gan> {
        Ok(Gan::create(self.0.clone(), &cloud, options).await?)
    }

    /// `options` is an `AutoencoderOptions`.
    #[cfg(feature = "generate")]
    pub async fn autoencoder(&self, dataset: &Dataset, options: JsValue) -> Answer<Autoencoder> {
        Ok(Autoencoder::create(self.0.clone(), dataset, options).await?)
    }

    /// A `Factorisation` of `x`, whose sides are `shape`.
    #[cfg(feature = "generate")]
    pub async fn factorise(
        &self,
        x: Vec<f32>,
        shape: Vec<usize>,
        rank: usize,
        steps: usize,
        rate: f32,
        seed: u32,
    ) -> Answer<JsValue> {
        let shape = <[usize; 2]>::try_from(shape).map_err(|_| Error::option("x", "must have two sides"))?;
        let found = factorise(&self.0.device(), &x, shape, rank, (steps, rate), seed).await?;
        let (steps, losses): (Vec<f64>, Vec<f64>) = found.losses.iter().map(|&(step, loss)| (step as f64, loss)).unzip();
        Ok(object([
            ("a", floats(&found.a)),
            ("b", floats(&found.b)),
            ("steps", to_js(&steps)),
            ("losses", to_js(&losses)),
            ("best", found.best.into()),
        ]))
    }

    /// `options` is an `ImageGanOptions`.
    #[cfg(feature = "generate")]
    #[wasm_bindgen(js_name = imageGan)]
    pub async fn image_gan(&self, dataset: &Dataset, options: JsValue) -> Answer<ImageGan> {
        Ok(ImageGan::create(self.0.clone(), dataset, options).await?)
    }

    /// The `ImageGanOptions` with which the game fails as `failure`, an `ImageGanFailure`, says.
    #[cfg(feature = "generate")]
    #[wasm_bindgen(js_name = imageGanFailure)]
    pub fn image_gan_failure(&self, failure: JsValue) -> Answer<JsValue> {
        Ok(to_js(&ImageGanOptions::failing(from_js("failure", failure)?)))
    }

    #[wasm_bindgen(js_name = simulateDeviceLoss)]
    pub fn simulate_device_loss(&self) {
        #[cfg(feature = "webgpu")]
        if let Device::Gpu(gpu) = self.0.device() {
            gpu.lose();
        }
    }
}

/// An `Architecture`, layer by layer, so that a malformed layer is named.
fn parse_architecture(value: &JsValue) -> Result<Architecture> {
    let layers = property(value, "layers").dyn_into::<Array>().map_err(|_| Error::option("layers", "must be a list"))?;
    let parse_layer = |(layer, value): (usize, JsValue)| {
        serde_wasm_bindgen::from_value(value.clone()).map_err(|error| {
            let kind = property(&value, "type").as_string().unwrap_or_else(|| "unknown".into());
            Error::Layer { layer, kind, message: parse_message(&error) }
        })
    };
    Ok(Architecture {
        input: from_js("input", property(value, "input"))?,
        mean: from_js::<Option<_>>("mean", property(value, "mean"))?.unwrap_or_default(),
        std: from_js::<Option<_>>("std", property(value, "std"))?.unwrap_or_default(),
        layers: layers.iter().enumerate().map(parse_layer).collect::<Result<_>>()?,
    })
}

#[cfg(feature = "webgpu")]
async fn gpu(software: bool) -> Result<Device> {
    Device::gpu(software).await
}

#[cfg(not(feature = "webgpu"))]
async fn gpu(_software: bool) -> Result<Device> {
    Err(Error::Device { device: "WebGPU", message: "this build has none".into() })
}

/// A panic aborts the wasm instance: promises never settle. So it is told to the console and, with its message, to `listener`.
fn report_panics(listener: Function) {
    thread_local!(static LISTENER: std::cell::RefCell<Option<Function>> = const { std::cell::RefCell::new(None) });
    LISTENER.set(Some(listener));
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        LISTENER.with_borrow(|listener| {
            if let Some(listener) = listener {
                let _ = listener.call1(&JsValue::NULL, &panic.to_string().into());
            }
        });
    }));
}
