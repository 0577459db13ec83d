//! Networks that make something new: one file per method (COURSE G1–G8).
//!
//! [`Gan`] trains a generator against a discriminator on points of the line or the plane ([`Cloud`]); [`coverage`] says how many modes
//! it found. [`ImageGan`] does the same for images; [`frechet`] and [`neighbour`] say how good and how new its samples are.
//! [`Autoencoder`] learns a code of a few numbers for an image, and [`latent`] judges such codes. Everything is a graph, random numbers
//! included, so every device draws the same ones.

pub mod autoencoder;
mod cloud;
pub mod coverage;
pub mod eigen;
pub mod frechet;
pub mod gan;
pub mod image_gan;
pub mod latent;
mod mlp;
pub mod neighbour;

pub use autoencoder::{Autoencoder, AutoencoderOptions};
pub use cloud::Cloud;
pub use coverage::{Coverage, coverage};
pub use gan::{Gan, GanLoss, GanOptions, Turn};
pub use image_gan::{ImageGan, ImageGanOptions};
pub use mlp::Mlp;
