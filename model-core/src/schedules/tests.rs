//! Schedules beside Keras.
