//! Who becomes a customer, learnt from who did: a logistic regression over features that are one-hot (categories) or cut at quantiles
//! (numbers), with an L2 penalty. A prediction is a sum of log-odds, one part for each feature, so that its explanation is exact. Pure: no
//! database, no clock.

mod bins;
mod fit;
mod model;
mod quality;
mod train;

pub use bins::{Bins, Feature, Kind, Value};
pub use model::{Contribution, Explanation, Model};
pub use quality::{Quality, ReliabilityBin};
pub use train::{Example, MIN_OF_EACH, Refusal, Trained, train};
