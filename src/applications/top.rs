//! What stands behind the convolutions of most applications.

use crate::functional_model;

functional_model! {
    #![crate = crate]

    /// Scores of classes, or the features that they would be made of.
    pub(crate) fn classified(x, include_top, pooling, classes, classifier_activation) {
        if include_top {
            let x = GlobalAveragePooling2D(name = "avg_pool")(x);
            Dense(classes, activation = classifier_activation, name = "predictions")(x)
        } else {
            pooled(x, pooling, average = "avg_pool", maximum = "max_pool")
        }
    }

    /// Features as they are, or one of each kind: the mean of all places, or the largest.
    pub(crate) fn pooled(x, pooling, average = None, maximum = None) {
        if pooling == "avg" {
            GlobalAveragePooling2D(name = average)(x)
        } else if pooling == "max" {
            GlobalMaxPooling2D(name = maximum)(x)
        } else {
            x
        }
    }
}
