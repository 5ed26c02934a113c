//! The catalogue of products with their prices.
