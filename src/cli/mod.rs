//! Tools for operators on the command line; what they print is for operators and in English.

pub mod city;
