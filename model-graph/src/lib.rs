//! The graph of a network as data. It knows no syntax and no kernel.
