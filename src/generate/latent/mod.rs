//! What a code is worth: against PCA ([`pca`]), against known factors ([`information`]), as features ([`features`]); and the
//! factorisation of which a linear autoencoder is a case ([`low_rank`]). In f64 on the host but for training.

pub mod features;
pub mod information;
pub mod low_rank;
pub mod pca;

pub use features::{Classified, Labelled, few, knn, logistic, nearest};
pub use information::{Disentanglement, disentanglement};
pub use low_rank::{Factorisation, factorise};
pub use pca::{Pca, principal_angles};
