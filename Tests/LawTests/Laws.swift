import Testing

/// The laws of docs/architecture.md, and what follows from them, on a whole hub. One after another: each test has a hub, servers and clocks of its own.
@Suite(.serialized) enum Laws {}
