//! The JavaScript surface: the only place that knows JavaScript.
//!
//! Thin classes over the crate, one file each. Options come in as plain objects and are parsed; arrays are copied on the way in and on
//! the way out, because a view into wasm memory dangles when the memory grows. Errors go out as `{ code, message, layer? }`
//! ([`crate::Error::code`]). No call holds a borrow across an await: what a call works on is taken out of its [`resident::Slot`] and
//! put back. The client in `www/engine` gives all this its types and its documentation.

#[cfg(feature = "generate")]
mod autoencoder;
mod convert;
mod dataset;
mod engine;
#[cfg(feature = "generate")]
mod fine_tune;
#[cfg(feature = "generate")]
mod gan;
#[cfg(feature = "generate")]
mod image_gan;
#[cfg(feature = "generate")]
mod latent;
#[cfg(feature = "explain")]
mod measure;
mod model;
mod network;
#[cfg(feature = "programs")]
mod program;
mod resident;
mod trainer;

#[cfg(feature = "generate")]
pub use autoencoder::Autoencoder;
pub use dataset::Dataset;
pub use engine::Engine;
#[cfg(feature = "generate")]
pub use fine_tune::FineTuning;
#[cfg(feature = "generate")]
pub use gan::Gan;
#[cfg(feature = "generate")]
pub use image_gan::ImageGan;
#[cfg(feature = "explain")]
pub use measure::Measurement;
pub use model::Model;
#[cfg(feature = "programs")]
pub use program::Program;
pub use trainer::Trainer;
