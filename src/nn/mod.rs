//! Networks: layers, initialisers, losses, optimisers, schedules and a small model zoo, all as functions that build graphs.
//!
//! An [`Architecture`] (a list of [`Layer`]s, plain JSON) becomes a [`Model`] (checked shapes, named parameters); a model builds its
//! forward pass into any graph. What happens with it (training, explaining, attacking) is for other modules. Nothing here runs or
//! keeps numbers: parameters are states of the store, named `model/<layer>/<weight|bias|scale|shift|mean|variance>`.

pub mod clip;
mod forward;
pub mod init;
pub mod layer;
pub mod loss;
mod model;
pub mod optimizer;
mod presets;
pub mod schedule;

pub use clip::Clip;
pub use forward::{Forward, Mode};
pub use init::Init;
pub use layer::{Activation, Layer, Padding};
pub use model::{Architecture, LayerInfo, MAX_PARAMETERS, Model, Parameter, ParameterKind, Summary};
pub use optimizer::Optimizer;
pub use presets::{PRESETS, Preset, preset};
pub use schedule::Schedule;
