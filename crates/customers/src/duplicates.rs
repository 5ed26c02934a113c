//! Duplicates: records that may be of one and the same customer. Records that share a match key ([`keys`]) are compared ([`score`]); those
//! likely to be the same stand in a queue ([`queue`]) that follows every change, and a draft is asked about before it is kept ([`check`]).

pub mod candidates;
pub mod check;
pub mod facts;
pub mod http;
pub mod keys;
pub mod queue;
pub mod scan;
pub mod score;
