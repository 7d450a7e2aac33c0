//! What regularises a model while it trains, and is not there when it predicts.

use super::handed_on;

handed_on!(
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
);
