//! Tests of reading HAR.
