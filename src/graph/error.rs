//! The one error type of the crate.
//!
//! A message says what was wrong, where, and what to do about it; [`Error::code`] is a stable word that the page and
//! programs may match on. User input never panics: it ends up here.

use thiserror::Error;

/// `Result` with the crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, by the part of the house that noticed it.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Error {
    /// An operation was given shapes, types or attributes that it cannot work with.
    #[error("{op}: {message}{}", at(.label))]
    Shape { op: &'static str, message: String, label: String },
    /// A graph broke one of its own rules (reported by the verifier; a bug in a pass or a hand-made graph).
    #[error("invalid graph: {0}")]
    Graph(String),
    /// A layer of an architecture cannot be built. `layer` counts from 0.
    #[error("layer {} ({kind}): {message}", .layer + 1)]
    Layer { layer: usize, kind: String, message: String },
    /// An option is outside its range.
    #[error("{name}: {message}")]
    Option { name: &'static str, message: String },
    /// A file or byte stream is not what it should be.
    #[error("{what}: {message}")]
    Data { what: String, message: String },
    /// A program was run with missing or ill-shaped inputs or state.
    #[error("{0}")]
    Run(String),
    /// The device cannot hold or run this program.
    #[error("{device}: {message}")]
    Device { device: &'static str, message: String },
    /// The GPU went away; the caller continues on the CPU.
    #[error("the GPU was lost: {0}")]
    DeviceLost(String),
    /// Long work was stopped on request.
    #[error("stopped")]
    Cancelled,
}

fn at(label: &str) -> String {
    if label.is_empty() { String::new() } else { format!(" (at {label})") }
}

impl Error {
    /// A stable word for programs: `shape`, `graph`, `layer`, `option`, `data`, `run`, `device`, `device-lost`, `cancelled`.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Shape { .. } => "shape",
            Error::Graph(_) => "graph",
            Error::Layer { .. } => "layer",
            Error::Option { .. } => "option",
            Error::Data { .. } => "data",
            Error::Run(_) => "run",
            Error::Device { .. } => "device",
            Error::DeviceLost(_) => "device-lost",
            Error::Cancelled => "cancelled",
        }
    }

    /// Shorthand for [`Error::Data`].
    pub fn data(what: impl Into<String>, message: impl Into<String>) -> Self {
        Error::Data { what: what.into(), message: message.into() }
    }

    /// Shorthand for [`Error::Option`].
    pub fn option(name: &'static str, message: impl Into<String>) -> Self {
        Error::Option { name, message: message.into() }
    }
}
