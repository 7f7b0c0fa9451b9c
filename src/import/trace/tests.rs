//! Whole traces, small and odd.
