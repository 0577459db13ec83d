//! Saved runs.

use crate::device::Store;
use crate::error::{Error, Result};
use crate::named::Named;
use crate::tensor::{Data, Tensor};

/// Prefixes of the states that make a run: everything but the data set and working memory.
const PREFIXES: [&str; 3] = ["model/", "optimizer/", "train/"];

/// Everything that a run needs to continue as if it had not stopped: weights, running statistics, moments, clock, seed, rate.
/// Batch size and optimiser are options of the trainer and not in here.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Steps done.
    pub step: u32,
    /// By name.
    pub states: Named<Tensor>,
}

impl Checkpoint {
    pub(super) async fn take(store: &Store, step: u32) -> Result<Self> {
        let mut states = Named::new();
        for (name, _) in store.types().into_iter().filter(|(name, _)| belongs(name)) {
            let tensor = store.get(&name).await?;
            states.insert(name, tensor);
        }
        Ok(Self { step, states })
    }

    /// Puts the states that `wanted` accepts into `store`. Nothing changes where names or types differ from the store's.
    pub(super) fn put(&self, store: &mut Store, wanted: impl Fn(&str) -> bool) -> Result<()> {
        let theirs: Named<_> = store.types().into_iter().filter(|(name, _)| belongs(name)).collect();
        let ours: Named<_> = self.states.iter().map(|(name, t)| (name, (t.shape().clone(), t.dtype()))).collect();
        if ours != theirs {
            return Err(Error::Run("the checkpoint is of another model or optimiser".into()));
        }
        self.states.iter().filter(|(name, _)| wanted(name)).try_for_each(|(name, tensor)| store.set(name, tensor))
    }

    /// Whether every weight and moment is a finite number.
    pub(super) fn is_finite(&self) -> bool {
        self.states.values().all(is_finite)
    }
}

/// Whether `name` is part of a run.
fn belongs(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether all values are finite numbers.
pub(super) fn is_finite(tensor: &Tensor) -> bool {
    match tensor.data() {
        Data::F32(values) => values.iter().all(|v| v.is_finite()),
        Data::U32(_) => true,
    }
}
